"""What stands behind the figures of a competition's papers, one row for each that was counted.

People are pseudonyms, judges numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.record import Record, short, shown
from facilitator.voting.dots import HandCount
from facilitator.workshop.paperwork import Trace

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

SOURCES = {
    "phone": lambda: _("phone"),
    "helper": lambda: _("helper"),
    "paper": lambda: _("paper"),
    "hands": lambda: _("hands"),
}


def evidence(competition: Competition, key: str) -> Trace | None:
    """None for a key that isn't known, and for every one before the room has seen the whole result."""
    if not competition.is_awarded:
        return None
    record = Record.of(competition)
    whole: dict[str, Callable[[Record], Trace | None]] = {
        "entries": _entries,
        "judges": _judges,
        "scores": lambda record: _scores(record, _("Every score that counts"), record.entries),
        "recusals": _recusals,
        "dots": lambda record: _dots(record, _("Every dot of the public vote"), record.entries),
    }
    return whole[key](record) if key in whole else _of_entry(record, key)


def _of_entry(record: Record, key: str) -> Trace | None:
    """Keys of one entry: `jury-3`, `dots-3` by its number."""
    found = re.fullmatch(r"(jury|dots)-([0-9]{1,6})", key)
    entry = next((each for each in record.entries if found and each.number == int(found[2])), None)
    if not found or entry is None:
        return None
    if found[1] == "dots":
        return _dots(record, _("Dots on “%(entry)s”", entry=entry.title), [entry])
    return _scores(record, _("Scores of “%(entry)s”", entry=entry.title), [entry])


def _entries(record: Record) -> Trace:
    rows = [
        (place.entry.number, place.entry.title, shown(place.jury) or "—", place.dots, place.rank or "—")
        for place in record.standing.places
    ]
    columns = (_("Number"), _("Entry"), _("Points of the jury"), _("Dots"), _("Rank"))
    return Trace(_("Entries of the competition"), columns, rows)


def _judges(record: Record) -> Trace:
    by_judge = {judge.id: 0 for judge in record.judges}
    for mark in record.panel.marks():
        by_judge[mark.judge] += 1
    rows = [(_judge(judge), by_judge[judge.id]) for judge in record.judges]
    return Trace(_("Judges of the competition"), (_("Judge"), _("Scores that count")), rows)


def _scores(record: Record, title: str, entries: Iterable[Entry]) -> Trace:
    rows = [
        (_judge(judge), f"#{entry.number} {entry.title}", criterion.said, float(short(points)))
        for entry in entries
        for judge in record.judges
        for criterion in record.criteria
        if (points := record.points(judge, entry, criterion)) is not None
    ]
    return Trace(title, (_("Judge"), _("Entry"), _("Criterion"), _("Points")), rows)


def _recusals(record: Record) -> Trace:
    rows = [(_judge(judge), f"#{entry.number} {entry.title}") for judge, entry in record.recused]
    return Trace(_("Recusals"), (_("Judge"), _("Entry")), rows)


def _dots(record: Record, title: str, entries: Iterable[Entry]) -> Trace | None:
    """A row for each dot, those that were counted by hand too."""
    if record.standing.round is None:
        return None
    wanted = {entry.id: f"#{entry.number} {entry.title}" for entry in entries}
    dots = [(record.people[person].number, target) for person, target in record.ballots if target in wanted]
    rows = [(_("Participant %(number)02d", number=number), wanted[target]) for number, target in sorted(dots)]
    for count in HandCount.of(record.competition, 1):
        if count.target in wanted:
            rows += [(_("counted: %(source)s", source=SOURCES[count.source]()), wanted[count.target])] * count.dots
    return Trace(title, (_("Person"), _("Entry")), rows)


def _judge(judge: Judge) -> str:
    return str(_("Judge %(number)d", number=judge.number))
