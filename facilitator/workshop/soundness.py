"""What can't be true of a room: asked in plain SQL, so that it can be asked of a database that nobody serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Gives the rows of a query, in SQL that SQLite and PostgreSQL both understand."""
WELL, LOOK, WRONG = "well", "look", "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of a check. `look` is worth a look, and may be as somebody wanted it."""

    level: str
    text: str


def findings(ask: Ask) -> Iterator[Finding]:
    """What is wrong with the workshops, their people and what these said."""
    for query, sentence in _NEVER.items():
        for row in ask(query):
            yield Finding(WRONG, sentence.format(*row))


_NEVER = {
    "SELECT w.id, w.activity_id FROM workshop w JOIN activity a ON a.id = w.activity_id WHERE a.workshop_id <> w.id": (
        "Workshop {0} stands at activity {1}, which belongs to another."
    ),
    "SELECT a.id, count(*) FROM statement s JOIN activity a ON a.id = s.activity_id "
    "JOIN participant p ON p.id = s.participant_id WHERE p.workshop_id <> a.workshop_id GROUP BY a.id": (
        "Activity {0}: {1} statements of people from another workshop."
    ),
    "SELECT s.activity_id, count(*) FROM statement s JOIN theme t ON t.id = s.theme_id "
    "WHERE t.activity_id <> s.activity_id GROUP BY s.activity_id": (
        "Activity {0}: {1} statements in themes of another activity."
    ),
    "SELECT s.activity_id, count(*) FROM statement s JOIN statement h ON h.id = s.merged_into_id "
    "WHERE h.activity_id <> s.activity_id OR h.merged_into_id IS NOT NULL GROUP BY s.activity_id": (
        "Activity {0}: {1} ideas are merged into one that doesn't stand for itself there."
    ),
    "SELECT s.activity_id, count(*) FROM statement s JOIN statement h ON h.id = s.merged_into_id "
    "WHERE s.status = 'shown' AND s.deleted_at IS NULL AND (h.status <> 'shown' OR h.deleted_at IS NOT NULL) "
    "GROUP BY s.activity_id": "Activity {0}: {1} ideas are merged into one that is off the wall: nobody sees them.",
    "SELECT s.activity_id, count(*) FROM statement s JOIN statement h ON h.id = s.merged_into_id "
    "WHERE coalesce(s.theme_id, 0) <> coalesce(h.theme_id, 0) GROUP BY s.activity_id": (
        "Activity {0}: {1} ideas lie in another theme than the one that they are merged into."
    ),
}
