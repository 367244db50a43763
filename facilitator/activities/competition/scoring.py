"""What judges do, each act checked, logged, and safe to repeat. Locked means locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select

from facilitator.activities.competition import audit
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Assignment, Judge, Judgement, Score
from facilitator.activities.competition.rubric import Criterion
from facilitator.extensions import db, now
from facilitator.web.errors import Refused
from facilitator.web.text import clean

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

LONGEST_NOTE = 1000


def give(competition: Competition, judge: Judge, entry: Entry, criterion: Criterion, text: str) -> None:
    """Give a score, or take it back with an empty text. Raises Refused."""
    check_may_judge(competition, judge, entry)
    points = competition.scale.read(text) if text.strip() else None
    row = _score(judge, entry, criterion)
    before = row.points if row else None
    if points == before:
        return
    if row is None:
        _open(competition)
        row = Score(judge_id=judge.id, entry_id=entry.id, criterion_id=criterion.id)
        db.session.add(row)
    row.points, row.given_at = points, now()
    said = {"before": before, "after": points}
    audit.note(competition, "score", judge_id=judge.id, entry_id=entry.id, criterion_id=criterion.id, said=said)
    # Whoever scores takes part: a score and an abstention can't stand side by side.
    judgement = Judgement.one(judge, entry)
    if judgement.abstained_at:
        judgement.abstained_at = None
        audit.note(competition, "judged-again", judge_id=judge.id, entry_id=entry.id)


def recuse(competition: Competition, judge: Judge, entry: Entry, on: bool) -> None:
    """Declare a conflict of interest, or take it back. What was scored before stays, and doesn't count."""
    check_open(competition, judge)
    judgement = Judgement.one(judge, entry)
    if on != bool(judgement.recused_at):
        judgement.recused_at = now() if on else None
        audit.note(competition, "recused" if on else "took-part", judge_id=judge.id, entry_id=entry.id)


def abstain(competition: Competition, judge: Judge, entry: Entry, on: bool) -> None:
    check_may_judge(competition, judge, entry)
    judgement = Judgement.one(judge, entry)
    if on != bool(judgement.abstained_at):
        judgement.abstained_at = now() if on else None
        audit.note(competition, "abstained" if on else "judged-again", judge_id=judge.id, entry_id=entry.id)


def write_note(competition: Competition, judge: Judge, entry: Entry, text: str) -> None:
    """A private note: no part of the log, since nobody but the judge reads it."""
    check_open(competition, judge)
    lines = "\n".join(map(clean, text.splitlines()))
    Judgement.one(judge, entry).note = lines.strip()[:LONGEST_NOTE]


def lock(competition: Competition, judge: Judge, staff_id: int | None = None) -> None:
    """From now on nothing of this judge's changes."""
    if judge.locked_at is None:
        judge.locked_at = now()
        audit.note(competition, "locked", judge_id=judge.id, staff_id=staff_id)


def lock_all(competition: Competition, staff_id: int) -> None:
    """Lock every judge and fix the rules by which the result is reckoned."""
    for judge in Judge.of(competition):
        lock(competition, judge, staff_id)
    if not competition.rules_stand:
        competition.fix_rules()
        audit.note(competition, "rules", staff_id=staff_id, said=competition.state["rules"])


def unlock(competition: Competition, judge: Judge, reason: str, staff_id: int) -> None:
    """Let one judge correct something; the reason stands in the log. Raises Refused."""
    if not clean(reason):
        raise Refused(_("Please say why: the reason stands in the log."))
    if competition.revealed:
        raise Refused(_("The result is being shown. Hide it again before anybody changes a score."), 409)
    if judge.locked_at is not None:
        judge.locked_at = None
        audit.note(competition, "unlocked", judge_id=judge.id, staff_id=staff_id, said={"reason": clean(reason)[:400]})


def check_open(competition: Competition, judge: Judge) -> None:
    """Raise Refused once this judge's scores are locked."""
    if judge.locked_at is not None or competition.revealed:
        raise Refused(_("Your scores are locked. Ask the facilitator if something must be corrected."), 409)


def check_may_judge(competition: Competition, judge: Judge, entry: Entry) -> None:
    """Raise Refused where this judge has nothing to give to this entry."""
    check_open(competition, judge)
    judgement = db.session.scalar(
        select(Judgement).where(Judgement.judge_id == judge.id, Judgement.entry_id == entry.id)
    )
    if judgement is not None and judgement.recused_at:
        raise Refused(_("You have declared a conflict of interest for this entry."), 409)
    if not is_theirs(competition, judge, entry):
        raise Refused(_("This entry is judged by others."), 409)


def is_theirs(competition: Competition, judge: Judge, entry: Entry) -> bool:
    """Does this judge judge this entry? Without panels everybody judges everything."""
    return not competition.has_panels or (judge.id, entry.id) in Assignment.pairs(competition)


def _score(judge: Judge, entry: Entry, criterion: Criterion) -> Score | None:
    own = (Score.judge_id == judge.id, Score.entry_id == entry.id, Score.criterion_id == criterion.id)
    return db.session.scalar(select(Score).where(*own))


def _open(competition: Competition) -> None:
    """The first score fixes the rubric."""
    if not Score.is_begun(competition):
        audit.note(competition, "opened")
