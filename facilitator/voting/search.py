"""Looking through everything that was said: by words, theme, source, status and dots. What is empty narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from facilitator.extensions import read
from facilitator.methods.tally import Round
from facilitator.synthesis.models import SOURCES
from facilitator.voting.wall.hanging import EVERY, EVERY_CARD, Card, statement, theme
from facilitator.web.text import clean

LONGEST = 100
WITH, WITHOUT = "with", "without"


@dataclass(frozen=True)
class Search:
    """What is looked for, as the address says it."""

    words: str = ""
    theme: str = ""
    """Its id; 0 for what lies in none."""
    source: str = ""
    status: str = ""
    dots: str = ""

    @classmethod
    def asked(cls, arguments: Mapping[str, str]) -> Search:
        """What this address asks for, without what means nothing."""
        given = {field.name: clean(arguments.get(field.name, ""))[:LONGEST] for field in fields(cls)}
        meant = {
            "theme": given["theme"].isdecimal() and len(given["theme"]) < 10,
            "source": given["source"] in SOURCES,
            "status": given["status"] in EVERY,
            "dots": given["dots"] in (WITH, WITHOUT),
        }
        return cls(**{name: value for name, value in given.items() if meant.get(name, True)})

    @property
    def values(self) -> dict[str, str]:
        """The parts of the address that the next page keeps."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in every.items() if value}

    def cards(self, activity_id: int, rounds: Sequence[Round]) -> list[Card]:
        """The ideas that it finds, in the order they came; `rounds` are the results that the room has seen."""
        found = EVERY_CARD.where(*self._said(), *self._lies(), *self._counted(rounds))
        return [Card(*row) for row in read(found, activity=activity_id)]

    def _said(self) -> list[ColumnElement[bool]]:
        exact = {statement.c.source: self.source, statement.c.status: self.status}
        wanted: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
        return wanted + [self._contains(word) for word in self.words.split()]

    def _contains(self, word: str) -> ColumnElement[bool]:
        """Every word must be there, in any order; #12 is the idea of that number.

        What was merged is found in the one that stands for it.
        """
        merged = statement.alias()
        inside = select(merged.c.merged_into_id).where(_says(merged, word), merged.c.merged_into_id.is_not(None))
        return or_(_says(statement, word), statement.c.id.in_(inside))

    def _lies(self) -> list[ColumnElement[bool]]:
        if not self.theme:
            return []
        return [theme.c.id == int(self.theme) if int(self.theme) else theme.c.id.is_(None)]

    def _counted(self, rounds: Sequence[Round]) -> list[ColumnElement[bool]]:
        """In the last round: dots on the idea, or on the theme that it lies in."""
        if not self.dots or not rounds:
            return []
        column: Any = theme.c.id if rounds[-1].on == "themes" else statement.c.id
        marked = column.in_([line.target for line in rounds[-1].lines if line.dots])
        return [marked] if self.dots == WITH else [or_(column.is_(None), ~marked)]


def _says(table: Any, word: str) -> ColumnElement[bool]:
    number = word.removeprefix("#")
    said: ColumnElement[bool] = table.c.text.icontains(word, autoescape=True)
    if word.startswith("#") and number.isdecimal() and len(number) < 9:
        return or_(table.c.number == int(number), said)
    return said
