"""What can't be true of dots, in plain SQL: see `workshop/soundness.py`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from facilitator.voting.ballot import defaults_of
from facilitator.workshop.soundness import LOOK, WRONG, Ask, Finding

Hands = dict[tuple[int, int, int], list[Any]]
"""(activity, round, person) → what each of the person's dots lies on."""


def findings(ask: Ask) -> Iterator[Finding]:
    for query, sentence in _NEVER.items():
        for row in ask(query):
            yield Finding(WRONG, sentence.format(*row))
    yield from _budgets(ask)


_NEVER = {
    "SELECT d.activity_id, count(*) FROM dot d JOIN activity a ON a.id = d.activity_id "
    "JOIN participant p ON p.id = d.participant_id WHERE p.workshop_id <> a.workshop_id GROUP BY d.activity_id": (
        "Board {0}: {1} dots of people from another workshop."
    ),
    "SELECT d.activity_id, count(*) FROM dot d JOIN statement s ON s.id = d.statement_id "
    "WHERE s.activity_id <> d.activity_id GROUP BY d.activity_id": "Board {0}: {1} dots on ideas of another board.",
    "SELECT d.activity_id, count(*) FROM dot d JOIN theme t ON t.id = d.theme_id "
    "WHERE t.activity_id <> d.activity_id GROUP BY d.activity_id": "Board {0}: {1} dots on themes of another board.",
    "SELECT activity_id, count(*) FROM dot WHERE (statement_id IS NULL) = (theme_id IS NULL) GROUP BY activity_id": (
        "Board {0}: {1} dots lie on nothing, or on two things."
    ),
    "SELECT g.activity_id, count(*) FROM idea_placing g JOIN activity a ON a.id = g.activity_id "
    "JOIN participant p ON p.id = g.participant_id JOIN statement s ON s.id = g.statement_id "
    "LEFT JOIN theme t ON t.id = g.theme_id WHERE p.workshop_id <> a.workshop_id OR s.activity_id <> g.activity_id "
    "OR t.activity_id <> g.activity_id GROUP BY g.activity_id": (
        "Board {0}: {1} proposals of people, for ideas or themes from elsewhere."
    ),
    "SELECT activity_id, count(*) FROM (SELECT activity_id, participant_id, statement_id FROM idea_placing "
    "WHERE withdrawn_at IS NULL GROUP BY activity_id, participant_id, statement_id HAVING count(*) > 1) twice "
    "GROUP BY activity_id": "Board {0}: on {1} ideas somebody has two voices at once.",
}
_ACTIVITIES = "SELECT id, kind, settings FROM activity"
# A dot counts while its idea or the one that stands for it hangs on the wall, or its theme stands or was merged.
_LYING = """
    SELECT d.activity_id, d.round, d.participant_id, d.statement_id, d.theme_id FROM dot d
    LEFT JOIN statement o ON o.id = d.statement_id
    LEFT JOIN statement s ON s.id = coalesce(o.merged_into_id, o.id) LEFT JOIN theme t ON t.id = d.theme_id
    WHERE d.withdrawn_at IS NULL AND ((s.status = 'shown' AND s.deleted_at IS NULL)
        OR (t.id IS NOT NULL AND (t.deleted_at IS NULL OR t.merged_into_id IS NOT NULL)))
"""
# Hidden and shown again, or with another budget than before: then somebody may rightly hold more.
_DONE = "SELECT workshop_id, rows FROM deed"
_WORKSHOPS = "SELECT id, workshop_id FROM activity"
_SHIFTING = {"statement", "theme", "activity"}


def _budgets(ask: Ask) -> Iterator[Finding]:
    hands: Hands = defaultdict(list)
    for board, number, person, idea, theme in ask(_LYING):
        hands[board, number, person].append(idea or theme)
    every = {number: {**defaults_of(kind), **_read(kept)} for number, kind, kept in ask(_ACTIVITIES)}
    settings = {number: known for number, known in every.items() if "budget" in known}
    shifted = _shifted(ask)
    for what, limit in (("dots", "budget"), ("dots on the same one", "cap")):
        over = Counter(
            (board, number)
            for (board, number, _person), dots in hands.items()
            if board in settings and _most(dots, limit) > settings[board][limit]
        )
        for (board, number), people in sorted(over.items()):
            allowed = settings[board][limit]
            sentence = f"Board {board}, vote {number}: {people} of the people have more than {allowed} {what}"
            yield _said(sentence, board in shifted)


def _most(dots: list[Any], limit: str) -> int:
    return len(dots) if limit == "budget" else max(Counter(dots).values())


def _said(sentence: str, explained: bool) -> Finding:
    if explained:
        return Finding(LOOK, f"{sentence}; ideas, themes or settings were changed meanwhile, which explains it.")
    return Finding(WRONG, f"{sentence}.")


def _shifted(ask: Ask) -> set[int]:
    """Boards of workshops in which staff changed what dots lie on, or how many there may be."""
    workshops = {workshop for workshop, rows in ask(_DONE) if any(row["table"] in _SHIFTING for row in _read(rows))}
    return {activity for activity, workshop in ask(_WORKSHOPS) if workshop in workshops}


def _read(kept: Any) -> Any:
    """SQLite keeps JSON as text; PostgreSQL's driver has read it already."""
    return json.loads(kept) if isinstance(kept, str) else kept
