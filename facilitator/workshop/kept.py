"""What was worked out for one version of a workshop serves every screen until the next.

A tick draws the same figures for phones, projector and console, in each language; and when the room has moved on, a
thousand phones ask for the same page. What is kept is data alone: no row of a database session, nothing personal.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from facilitator.workshop import versions

T = TypeVar("T")
MOST = 256
"""Things kept; the largest, a console's view of a full wall, takes about 100 KB."""
_kept: OrderedDict[tuple[int, Hashable], tuple[int, Any]] = OrderedDict()


def at_version(workshop_id: int, what: Hashable, work_out: Callable[[], T], number: int | None = None) -> T:
    """The value that belongs to the workshop as it is now. It may be newer than its version, never older.

    `number`: its version, where that was asked for together with those of others.
    """
    version = versions.version(workshop_id) if number is None else number
    kept_at, value = _kept.get((workshop_id, what), (0, None))
    # A workshop that never changed has no version to tell it by.
    if not version or kept_at != version:
        value = work_out()
        _drop_older(workshop_id, version)
        _keep((workshop_id, what), (version, value))
    return value  # type: ignore[no-any-return]


def _drop_older(workshop_id: int, version: int) -> None:
    """What belongs to an older version is of no use again, and under its key nobody may ask any more."""
    for key in [key for key, (number, _) in _kept.items() if key[0] == workshop_id and number < version]:
        del _kept[key]


def _keep(key: tuple[int, Hashable], value: tuple[int, Any]) -> None:
    _kept[key] = value
    _kept.move_to_end(key)
    while len(_kept) > MOST:
        _kept.popitem(last=False)
