"""The statements behind one dot, in plain SQL: put together anew each time, they would cost more than they do.

None of them looks at more rows than one person's dots, however many people and ideas there are. Each stands twice,
for dots on ideas (False) and on themes (True).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BindParameter, Boolean, ColumnClause, String, bindparam, column, text
from sqlalchemy.sql.selectable import TextualSelect

from facilitator.extensions import Moment
from facilitator.synthesis.models import SHOWN

KINDS = (False, True)
BY_TOKEN, BY_ID = "token IN :tokens", "id = :person"
MOMENT = bindparam("moment", type_=Moment)
_COLUMN = {False: "statement_id", True: "theme_id"}
# PostgreSQL takes a value's type from where it stands first.
_TYPE = {False: "VARCHAR", True: "INTEGER"}


def _head(idea: str) -> str:
    """The idea that stands for this one on the wall, since both say the same; for most it is the idea itself."""
    return f"(SELECT coalesce(merged_into_id, id) FROM statement WHERE id = {idea})"


def _hangs(idea: str) -> str:
    return f"""EXISTS (SELECT 1 FROM statement
               WHERE statement.id = {_head(idea)} AND statement.activity_id = :activity
               AND statement.status = '{SHOWN}' AND statement.deleted_at IS NULL)"""


# A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand. On an idea
# that was merged it counts for the one that stands for it.
_STANDS = {False: _hangs("dot.statement_id"), True: "dot.theme_id IN :standing"}
_CAN_BE_VOTED_FOR = {
    False: _hangs(":target"),
    True: "EXISTS (SELECT 1 FROM theme WHERE id = :target AND activity_id = :activity AND deleted_at IS NULL)",
}
_SAME = {False: f"{_head('dot.statement_id')} = {_head(':target')}", True: "dot.theme_id IN :same"}
_COUNTS_FOR = {False: _head("dot.statement_id"), True: "dot.theme_id"}
_LISTS: dict[bool, tuple[BindParameter[Any], ...]] = {False: (), True: (bindparam("standing", expanding=True),)}
_MINE = "dot.activity_id = :activity AND dot.participant_id = :person AND dot.round = :vote"
OPEN = """EXISTS (SELECT 1 FROM workshop
                  WHERE id = :room AND activity_id = :activity AND step = :step AND NOT paused)"""


def _lying(on_themes: bool) -> str:
    return f"FROM dot WHERE {_MINE} AND dot.withdrawn_at IS NULL AND {_STANDS[on_themes]}"


def who(kept: str, whose: str) -> TextualSelect:
    """Where the room is, what the activity keeps in `kept` (settings, state), and who of its people this is."""
    asked = f"""
    SELECT activity.kind, activity.{kept}, workshop.id AS workshop_id, workshop.code, workshop.step, workshop.paused,
           workshop.activity_id = activity.id AS is_here, participant.id AS participant_id
    FROM activity
    JOIN workshop ON workshop.id = activity.workshop_id AND workshop.deleted_at IS NULL
    JOIN participant ON participant.workshop_id = workshop.id
    WHERE activity.id = :activity AND activity.deleted_at IS NULL AND participant.{whose}
    """
    # In the order of the statement: else SQLAlchemy compares their names anew each time, which costs as much as asking.
    its_columns: list[ColumnClause[Any]] = [
        column("kind"),
        column(kept, JSON),
        column("workshop_id"),
        column("code"),
        column("step"),
        column("paused", Boolean),
        column("is_here", Boolean),
        column("participant_id"),
    ]
    lists = (bindparam("tokens", expanding=True, type_=String),) if whose == BY_TOKEN else ()
    return text(asked).bindparams(*lists).columns(*its_columns)


WHO = who("settings", BY_TOKEN)
"""Who holds one of these tokens, and where the room is."""

WHO_IS = who("settings", BY_ID)
"""The same of somebody whose socket is open."""

INSERT = {
    each: text(f"""
    INSERT INTO dot (id, activity_id, participant_id, round, {_COLUMN[each]}, placed_at)
    SELECT CAST(:dot_id AS VARCHAR), :activity, :person, :vote, CAST(:target AS {_TYPE[each]}), :moment
    WHERE (SELECT count(*) {_lying(each)}) < :budget
      AND (SELECT count(*) {_lying(each)} AND {_SAME[each]}) < :cap
      AND {_CAN_BE_VOTED_FOR[each]}
      AND {OPEN}
      AND NOT EXISTS (SELECT 1 FROM dot WHERE id = :dot_id)
    """)
    .bindparams(MOMENT, *_LISTS[each], *((bindparam("same", expanding=True),) if each else ()))
    # Was it inserted? PostgreSQL's driver forgets the count otherwise.
    .execution_options(preserve_rowcount=True)
    for each in KINDS
}

GIVEN = {
    each: text(f"SELECT {_COUNTS_FOR[each]}, dot.id {_lying(each)} ORDER BY placed_at")
    .bindparams(*_LISTS[each])
    .columns(column("target"), column("id"))
    for each in KINDS
}

WITHDRAW = text(f"""
    UPDATE dot SET withdrawn_at = :moment
    WHERE {_MINE} AND dot.id = :dot_id AND dot.withdrawn_at IS NULL AND {OPEN}
    """).bindparams(MOMENT)
"""A round that is over stays as it was counted."""

LAY_ON = {
    each: text(f"""
    SELECT {_COUNTS_FOR[each]} AS target, withdrawn_at FROM dot
    WHERE dot.id = :dot_id AND activity_id = :activity AND participant_id = :person
    """)
    for each in KINDS
}

HEAD = text(f"SELECT {_head(':target')}")

OWNER = text("SELECT participant_id FROM dot WHERE id = :dot_id")

THEMES = text("SELECT id, merged_into_id, deleted_at FROM theme WHERE activity_id = :activity")
