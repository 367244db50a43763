"""What a kind gives to documents: plain data that can be written as JSON, read from the database when it is asked for.

Documents know no kind. They take this data, and the templates that stand in the kind's own folder show it:
`activities/<kind>/print/chapter.html` in a proposal, `…/<paper>.html` as a paper of its own, `…/kit.html` in the print
kit; their style is `static/css/print/<kind>.css`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypedDict


class Figure(TypedDict):
    """A number that was counted, and what it counts in both languages."""

    key: str
    """Of letters, digits and dashes: `evidence(key)` shows what it was counted from."""
    value: int
    zh: str
    en: str


class Part(TypedDict):
    """A chapter of a proposal, or what a paper of a kind's own is made of."""

    title: str
    title_en: str
    figures: list[Figure]
    photos: list[str]
    """Names of the files that it shows; they are laid ready for the process that prints."""
    content: dict[str, Any]
    """What the kind's own template shows."""


class Where(TypedDict):
    """Where in the room something was said, in a few words: 第3桌 · 第2轮."""

    zh: str
    en: str


class Formula(TypedDict):
    """A cell of a workbook that is reckoned there. Text that people type stays text, whatever it begins with.

    `[column]` is the cell of that column in the same row, `[table.column]` that column of another table or of this one,
    without its head.
    """

    formula: str
    """Written in code alone: `=2*[points]`."""
    value: float | str | None
    """What it comes to, for programs that don't reckon."""


class Trace(NamedTuple):
    """What a figure was counted from: one row for each."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Scheme(NamedTuple):
    """A statement that answers themes, as far as the room may read of it by now."""

    number: int
    title: str
    title_en: str
    by: str
    """Whose it is; empty while that is hidden."""
    rank: int
    """Its place, once the room has seen the whole result; else 0."""
    is_chosen: bool
    """Was it chosen to be built?"""


@dataclass(frozen=True)
class Offer:
    """A paper of its own that a kind can be asked for; words may be lazy text."""

    label: Any
    about: Any = ""
    icon: str = "file-text"
    switches: Mapping[str, Any] = field(default_factory=dict)
    """What may be in it and isn't unless asked for: name → words."""


class Paperwork:
    """Part of every `Activity`; a kind answers what it has something for.

    What leaves the room names nobody: names are masked (`mask_name`), telephone and identity numbers too (`mask`).
    """

    offers: ClassVar[Mapping[str, Offer]] = {}
    """By name, which is also that of its template."""
    is_heard: ClassVar[bool] = True
    """Are its statements what residents said? Else papers count none of them as ideas, and its votes stand in the
    kind's own chapter alone."""

    def refusal(self, name: str) -> str:  # noqa: ARG002
        """Why the paper of this name can't be made (yet), in the reader's language; empty where it can."""
        return ""

    def chapter(self, place: str = "") -> Part | None:  # noqa: ARG002
        """The kind's own section of a proposal; None where there is nothing to tell (yet).

        `place` stands before the numbers of statements where several activities each count from 1.
        """
        return None

    def wheres(self) -> Mapping[str, Where]:
        """By the id of a statement: where it was said."""
        return {}

    def evidence(self, key: str) -> Trace | None:  # noqa: ARG002
        """What stands behind a figure of the kind's own papers; None for a key that it doesn't know."""
        return None

    def schemes(self) -> Mapping[str, Scheme]:
        """By the id of a statement: what answers themes and may be read. Nobody's private draft is among them."""
        return {}

    def sheets(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Tables for the workbook beside the common ones: name → rows of the same keys. People are numbers.

        A cell may be a `Formula`.
        """
        return {}

    def paper(self, name: str, switches: frozenset[str]) -> Part:
        """What the paper of this name is made of (one of `offers`), with the switches that are on."""
        raise NotImplementedError(f"{name} {sorted(switches)}")

    def prints(self) -> Part | None:
        """What is printed for the room before the start; None where the kind needs nothing.

        It stays in the room, so names stand in full, personal codes and links too. Its figures say how many pieces
        there are of what; `content["lacks"]`, where it is given, says in the reader's language what is still missing.
        """
        return None
