"""A column's value as JSON, and back: what doesn't fit the column is refused before it comes near the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, String

from facilitator.extensions import Moment
from facilitator.web.errors import Refused

LONGEST_TEXT = 20_000
Plain = Any
"""What JSON can hold."""


class Damaged(Refused):
    """Something in the file can't be what this program wrote."""

    def __init__(self, where: str) -> None:
        super().__init__(
            _("Something in this file doesn't fit together (%(where)s). Nothing was imported.", where=where), 422
        )


def to_plain(value: Any) -> Plain:
    return value.isoformat() if isinstance(value, datetime) else value


def from_plain(column: Column[Any], plain: Plain) -> Any:
    """The value for the database. Raises Damaged unless the column could have held it."""
    if plain is None:
        return _nothing(column)
    known = column.info.get("one_of")
    if known is not None and plain not in known:
        raise Damaged(str(column))
    return _reader(column)(column, plain)


def _nothing(column: Column[Any]) -> None:
    if not column.nullable:
        raise Damaged(str(column))


@cache
def _reader(column: Column[Any]) -> Callable[[Column[Any], Plain], Any]:
    for kind, reader in READERS:
        if isinstance(column.type, kind):
            return reader
    raise TypeError(f"No parcel can hold {column}: {column.type!r}")


def _moment(column: Column[Any], plain: Plain) -> datetime:
    try:
        moment = datetime.fromisoformat(plain)
    except (TypeError, ValueError):
        raise Damaged(str(column)) from None
    if moment.utcoffset() is None:
        raise Damaged(str(column))
    return moment


def _truth(column: Column[Any], plain: Plain) -> bool:
    if not isinstance(plain, bool):
        raise Damaged(str(column))
    return plain


def _whole(column: Column[Any], plain: Plain) -> int:
    bits = 63 if isinstance(column.type, BigInteger) else 31
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 2**bits:
        raise Damaged(str(column))
    return plain


def _number(column: Column[Any], plain: Plain) -> float:
    if not isinstance(plain, int | float) or isinstance(plain, bool):
        raise Damaged(str(column))
    return plain


def _text(column: Column[Any], plain: Plain) -> str:
    if not isinstance(plain, str) or len(plain) > LONGEST_TEXT or "\0" in plain or not _is_writable(plain):
        raise Damaged(str(column))
    return plain


def _structure(column: Column[Any], plain: Plain) -> Plain:
    if not isinstance(plain, dict | list) or not _is_writable(json.dumps(plain, ensure_ascii=False)):
        raise Damaged(str(column))
    return plain


def _is_writable(text: str) -> bool:
    """Half a surrogate pair can be said in JSON and in no database."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


READERS: tuple[tuple[type[Any], Callable[[Column[Any], Plain], Any]], ...] = (
    (Moment, _moment),
    (Boolean, _truth),
    (Integer, _whole),
    (Float, _number),
    (JSON, _structure),
    (String, _text),
)
