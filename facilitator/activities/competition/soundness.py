"""What can't be true of a competition, in plain SQL: see `workshop/soundness.py`."""

from __future__ import annotations

from collections.abc import Iterator

from facilitator.workshop.soundness import WRONG, Ask, Finding


def findings(ask: Ask) -> Iterator[Finding]:
    for query, sentence in _NEVER.items():
        for row in ask(query):
            yield Finding(WRONG, sentence.format(*row))


_NEVER = {
    "SELECT j.activity_id, count(*) FROM competition_score c JOIN competition_judge j ON j.id = c.judge_id "
    "JOIN statement s ON s.id = c.entry_id WHERE s.activity_id <> j.activity_id GROUP BY j.activity_id": (
        "Competition {0}: {1} scores of judges of another one."
    ),
    "SELECT j.activity_id, count(*) FROM competition_score c JOIN competition_judge j ON j.id = c.judge_id "
    "JOIN competition_criterion k ON k.id = c.criterion_id WHERE k.activity_id <> j.activity_id "
    "GROUP BY j.activity_id": "Competition {0}: {1} scores for criteria of another one.",
    "SELECT j.activity_id, count(*) FROM competition_score c JOIN competition_judge j ON j.id = c.judge_id "
    "WHERE j.locked_at IS NOT NULL AND c.given_at > j.locked_at GROUP BY j.activity_id": (
        "Competition {0}: {1} scores were given after their judge was locked."
    ),
}
