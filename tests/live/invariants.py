"""What must hold in every database whatever happened to it: each query gives the rows that break a rule."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from tests.postgres import rows

_JSON = re.compile(r"json_extract\(settings, '\$\.(\w+)'\)")
_LIES = """
    dot JOIN statement ON statement.id = dot.statement_id
    WHERE dot.withdrawn_at IS NULL AND statement.deleted_at IS NULL AND statement.status = 'shown'
"""
RULES = {
    "the file is whole": "SELECT * FROM pragma_integrity_check WHERE integrity_check != 'ok'",
    "every row that is pointed at is there": "SELECT * FROM pragma_foreign_key_check",
    "people are numbered from 1 without a gap": """
        SELECT workshop_id FROM participant GROUP BY workshop_id
        HAVING max(number) != count(*) OR count(DISTINCT number) != count(*) OR min(number) != 1""",
    "personal codes are unique": """
        SELECT workshop_id, personal_code FROM participant GROUP BY 1, 2 HAVING count(*) > 1""",
    "tokens are unique": "SELECT token FROM participant GROUP BY 1 HAVING count(*) > 1",
    "ideas are numbered from 1 without a gap": """
        SELECT activity_id FROM statement GROUP BY activity_id
        HAVING max(number) != count(*) OR count(DISTINCT number) != count(*) OR min(number) != 1""",
    "nobody has more ideas than the board allows": """
        SELECT activity_id, participant_id FROM statement JOIN activity ON activity.id = activity_id
        WHERE statement.deleted_at IS NULL AND participant_id IS NOT NULL
        AND json_extract(settings, '$.most_ideas') > 0
        GROUP BY 1, 2 HAVING count(*) > max(json_extract(settings, '$.most_ideas'))""",
    "nobody has more dots than the board gives": f"""
        SELECT d.activity_id, participant_id, round FROM
        (SELECT dot.activity_id, dot.participant_id, round FROM {_LIES}) d JOIN activity ON activity.id = d.activity_id
        GROUP BY 1, 2, 3 HAVING count(*) > max(coalesce(json_extract(settings, '$.budget'), 5))""",
    "nobody has more dots on one idea than the board allows": f"""
        SELECT d.activity_id, participant_id, round, statement_id FROM
        (SELECT dot.activity_id, dot.participant_id, round, statement_id FROM {_LIES}) d
        JOIN activity ON activity.id = d.activity_id
        GROUP BY 1, 2, 3, 4 HAVING count(*) > max(coalesce(json_extract(settings, '$.cap'), 2))""",
    "a dot lies on its own board": """
        SELECT dot.id FROM dot JOIN statement ON statement.id = statement_id
        WHERE dot.activity_id != statement.activity_id""",
    "a dot is given by somebody of its own room": """
        SELECT dot.id FROM dot JOIN activity ON activity.id = activity_id
        JOIN participant ON participant.id = participant_id
        WHERE activity.workshop_id != participant.workshop_id""",
    "a timer runs or stands, not both": """
        SELECT id FROM workshop WHERE timer_ends_at IS NOT NULL AND timer_left IS NOT NULL""",
}


def broken(database):
    """rule → rows that break it, of a SQLite file."""
    with closing(sqlite3.connect(database)) as connection:
        found = {rule: connection.execute(query).fetchall() for rule, query in RULES.items()}
    return {rule: rows for rule, rows in found.items() if rows}


def broken_on_postgres(address):
    """The same of a PostgreSQL database, which looks after its files and references itself."""
    rules = {
        rule: _JSON.sub(r"(settings->>'\1')::int", query) for rule, query in RULES.items() if "pragma" not in query
    }
    found = {rule: rows(address, query) for rule, query in rules.items()}
    return {rule: broken for rule, broken in found.items() if broken}
