"""What can't be true of questions, in plain SQL: see `workshop/soundness.py`."""

from __future__ import annotations

from collections.abc import Iterator

from facilitator.workshop.soundness import WRONG, Ask, Finding


def findings(ask: Ask) -> Iterator[Finding]:
    for query, sentence in _NEVER.items():
        for row in ask(query):
            yield Finding(WRONG, sentence.format(*row))


_NEVER = {
    "SELECT activity_id, count(*) FROM question WHERE status = 'speaking' AND deleted_at IS NULL "
    "GROUP BY activity_id HAVING count(*) > 1": "Activity {0}: {1} questions are at the microphone at once.",
    "SELECT q.activity_id, count(*) FROM question q JOIN activity a ON a.id = q.activity_id "
    "JOIN participant p ON p.id = q.participant_id WHERE p.workshop_id <> a.workshop_id GROUP BY q.activity_id": (
        "Activity {0}: {1} questions of people from another workshop."
    ),
    "SELECT q.activity_id, count(*) FROM question q JOIN statement s ON s.id = q.subject_id "
    "WHERE s.activity_id <> q.activity_id GROUP BY q.activity_id": (
        "Activity {0}: {1} questions about something in another activity."
    ),
    "SELECT q.activity_id, count(*) FROM question_vote v JOIN question q ON q.id = v.question_id "
    "JOIN activity a ON a.id = q.activity_id JOIN participant p ON p.id = v.participant_id "
    "WHERE p.workshop_id <> a.workshop_id GROUP BY q.activity_id": (
        "Activity {0}: {1} voices of people from another workshop."
    ),
}
