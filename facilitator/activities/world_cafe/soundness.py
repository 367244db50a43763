"""What can't be true of a World Café, in plain SQL: see `workshop/soundness.py`."""

from __future__ import annotations

from collections.abc import Iterator

from facilitator.workshop.soundness import WRONG, Ask, Finding


def findings(ask: Ask) -> Iterator[Finding]:
    for query, sentence in _NEVER.items():
        for row in ask(query):
            yield Finding(WRONG, sentence.format(*row))


_NEVER = {
    "SELECT s.activity_id, count(*) FROM cafe_seat s JOIN cafe_table t ON t.id = s.cafe_table_id "
    "WHERE t.activity_id <> s.activity_id GROUP BY s.activity_id": (
        "World Café {0}: {1} seats at tables of another one."
    ),
    "SELECT s.activity_id, count(*) FROM cafe_seat s JOIN activity a ON a.id = s.activity_id "
    "JOIN participant p ON p.id = s.participant_id WHERE p.workshop_id <> a.workshop_id GROUP BY s.activity_id": (
        "World Café {0}: {1} seats of people from another workshop."
    ),
    "SELECT s.activity_id, count(*) FROM cafe_note n JOIN statement s ON s.id = n.id "
    "JOIN cafe_table t ON t.id = n.cafe_table_id WHERE t.activity_id <> s.activity_id GROUP BY s.activity_id": (
        "World Café {0}: {1} notes at tables of another one."
    ),
    "SELECT t.activity_id, count(*) FROM cafe_note n JOIN cafe_pile p ON p.id = n.pile_id "
    "JOIN cafe_table t ON t.id = n.cafe_table_id WHERE p.cafe_table_id <> n.cafe_table_id GROUP BY t.activity_id": (
        "World Café {0}: {1} notes in piles of another table."
    ),
}
