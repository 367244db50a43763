"""The statements behind one proposal, in plain SQL like those behind a dot (queries.py).

Of the idea proposed for, none of them looks at more rows than one person's; only COUNTED and HELPERS, which the
screens ask once for all, read everybody's.
"""

from __future__ import annotations

from sqlalchemy import Boolean, bindparam, column, text

from facilitator.extensions import Moment
from facilitator.synthesis.models import SHOWN
from facilitator.voting import queries

# An idea is loose while it hangs on the wall, stands for itself, and no living theme holds it.
_LOOSE = f"""statement.activity_id = :activity AND statement.status = '{SHOWN}' AND statement.deleted_at IS NULL
    AND statement.merged_into_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM theme WHERE theme.id = statement.theme_id AND theme.deleted_at IS NULL)"""
# A phone that was away may still name a theme that was merged since: that counts for the heir.
_STANDS = """EXISTS (SELECT 1 FROM theme WHERE theme.id = :theme AND theme.activity_id = :activity
    AND (theme.deleted_at IS NULL OR theme.merged_into_id IS NOT NULL))"""

WHO = queries.who("state", queries.BY_TOKEN)
WHO_IS = queries.who("state", queries.BY_ID)

INSERT = (
    text(f"""
    INSERT INTO idea_placing (id, activity_id, participant_id, statement_id, theme_id, skipped, placed_at)
    SELECT CAST(:placing_id AS VARCHAR), :activity, :person, statement.id, CAST(:theme AS INTEGER), :skipped, :moment
    FROM statement WHERE {_LOOSE}
      AND statement.id = (SELECT coalesce(said.merged_into_id, said.id) FROM statement said
                          WHERE said.activity_id = :activity AND said.number = :number)
      AND (CAST(:theme AS INTEGER) IS NULL OR {_STANDS})
      AND {queries.OPEN}
      AND NOT EXISTS (SELECT 1 FROM idea_placing WHERE id = :placing_id)
    """)
    .bindparams(queries.MOMENT, bindparam("skipped", type_=Boolean))
    .execution_options(preserve_rowcount=True)
)

REPLACE = text("""
    UPDATE idea_placing SET withdrawn_at = :moment
    WHERE activity_id = :activity AND participant_id = :person AND id <> :placing_id AND withdrawn_at IS NULL
      AND statement_id = (SELECT statement_id FROM idea_placing WHERE id = :placing_id)
    """).bindparams(queries.MOMENT)
"""What the person had proposed for the same idea before."""

WITHDRAW = text(f"""
    UPDATE idea_placing SET withdrawn_at = :moment
    WHERE id = :placing_id AND activity_id = :activity AND participant_id = :person AND withdrawn_at IS NULL
      AND {queries.OPEN}
    """).bindparams(queries.MOMENT)

MINE = text("""
    SELECT statement.number FROM idea_placing mine JOIN statement ON statement.id = mine.statement_id
    WHERE mine.id = :placing_id AND mine.participant_id = :person
    """)

IS_OPEN = text(f"SELECT 1 WHERE {queries.OPEN}")
STANDS = text(f"SELECT 1 WHERE {_STANDS}")

LOOSE = text(f"""
    SELECT statement.id, statement.number, statement.text, statement.photo, mine.id AS placing_id, mine.placed_at
    FROM statement LEFT JOIN idea_placing mine ON mine.activity_id = :activity AND mine.statement_id = statement.id
      AND mine.participant_id = :person AND mine.withdrawn_at IS NULL
    WHERE {_LOOSE}
    """).columns(
    column("id"), column("number"), column("text"), column("photo"), column("placing_id"), column("placed_at", Moment)
)
"""Every loose idea, and what the person proposed for it."""

# Ideas that say the same: the few that were merged, and those that stand for them.
_FAMILIES = """SELECT id FROM statement WHERE activity_id = :activity AND merged_into_id IS NOT NULL
    UNION SELECT merged_into_id FROM statement WHERE activity_id = :activity AND merged_into_id IS NOT NULL"""
# Of all others, which are most, an index holds what is counted; to look for each person's last word takes ten times
# as long, and this is asked at every tick.
COUNTED = text(f"""
    SELECT statement_id AS head, theme_id, count(*) FROM idea_placing
    WHERE activity_id = :activity AND withdrawn_at IS NULL AND NOT skipped AND statement_id NOT IN ({_FAMILIES})
    GROUP BY statement_id, theme_id
    UNION ALL
    SELECT head, theme_id, count(*) FROM (
        SELECT coalesce(statement.merged_into_id, statement.id) AS head, idea_placing.theme_id, row_number() OVER (
            PARTITION BY coalesce(statement.merged_into_id, statement.id), idea_placing.participant_id
            ORDER BY idea_placing.placed_at DESC, idea_placing.id) AS place
        FROM idea_placing JOIN statement ON statement.id = idea_placing.statement_id
        WHERE idea_placing.activity_id = :activity AND idea_placing.withdrawn_at IS NULL AND NOT idea_placing.skipped
          AND idea_placing.statement_id IN ({_FAMILIES})
    ) AS said WHERE place = 1 GROUP BY head, theme_id
    """)
"""(idea, theme, people) of everything that was proposed; of two that were merged, what each person said last."""

HELPERS = text("SELECT count(DISTINCT participant_id) FROM idea_placing WHERE activity_id = :activity")
