"""The log for people: every line in words. For whoever may see the workshop, the secretariat among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import request, send_file
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from facilitator.accounts.access import login_required
from facilitator.accounts.models import Staff
from facilitator.activities.competition import outcome, tables
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.audit import ACTS, AuditLine
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.office import page
from facilitator.activities.competition.routes import AT, competition
from facilitator.activities.competition.rubric import Criterion, written
from facilitator.extensions import db
from facilitator.workshop.forms import TOWN_TIME

AT_ONCE = 200


@dataclass(frozen=True)
class Told:
    """A line of the log in words."""

    number: int
    at: str
    who: str
    what: str
    judge: str
    entry: str
    criterion: str
    before: str
    after: str
    reason: str

    def cells(self) -> list[str | int]:
        return [
            self.number,
            self.at,
            self.who,
            self.what,
            self.judge,
            self.entry,
            self.criterion,
            self.before,
            self.after,
            self.reason,
        ]


@competition.get(f"{AT}/log")
@login_required
def log(activity_id: int) -> str:
    """The newest first, in pages. Scores are told only once all is locked: till then only that something was given."""
    here = staff_competition(activity_id)
    lines = list(reversed(told(here)))
    number = max(1, request.args.get("page", 1, type=int))
    shown = lines[(number - 1) * AT_ONCE : number * AT_ONCE]
    pages = -(-len(lines) // AT_ONCE)
    return page("log", here, lines=shown, heads=_heads(), number=number, pages=pages, sealed=not here.is_locked())


@competition.get(f"{AT}/log.xlsx")
@login_required
def export_log(activity_id: int) -> Response:
    here = staff_competition(activity_id)
    rows = [line.cells() for line in told(here)]
    content = tables.workbook(_("Log"), _heads(), rows, (8, 20, 18, 26, 18, 28, 24, 24, 24, 40))
    return send_file(BytesIO(content), tables.XLSX, as_attachment=True, download_name=f"{_('Log')}.xlsx", max_age=0)


def told(here: Competition) -> list[Told]:
    """The whole log, the oldest first."""
    names = _Names(here)
    sealed = not here.is_locked()
    return [names.tell(number, line, sealed) for number, line in enumerate(AuditLine.of(here), 1)]


class _Names:
    """Who and what the numbers in the log stand for, asked once."""

    def __init__(self, here: Competition) -> None:
        self._judges = {each.id: each.name for each in Judge.ever(here)}
        rows = db.session.scalars(select(Entry).where(Entry.activity_id == here.id))
        self._entries = {each.id: f"{each.number} {each.text}" for each in rows}
        criteria = db.session.scalars(select(Criterion).where(Criterion.activity_id == here.id))
        self._criteria = {each.id: each.said for each in criteria}
        ids = select(AuditLine.staff_id).where(AuditLine.activity_id == here.id)
        self._staff = {each.id: each.name for each in db.session.scalars(select(Staff).where(Staff.id.in_(ids)))}

    def tell(self, number: int, line: AuditLine, sealed: bool) -> Told:
        said = dict(line.said)
        before, after = self._sides(line, said, sealed)
        return Told(
            number=number,
            at=str(format_datetime(line.at.astimezone(TOWN_TIME), "yyyy-MM-dd HH:mm:ss", rebase=False)),
            who=self._who(line),
            what=str(ACTS[line.act]),
            judge=self._judges.get(line.judge_id or 0, ""),
            entry=self._entries.get(line.entry_id or "", ""),
            criterion=self._criteria.get(line.criterion_id or 0, ""),
            before=before,
            after=after,
            reason=str(said.get("reason", "")),
        )

    def _who(self, line: AuditLine) -> str:
        if line.staff_id:
            return self._staff.get(line.staff_id, "–")
        if line.judge_id:
            return self._judges.get(line.judge_id, "–")
        return _("the team") if line.said.get("by") == "team" else "–"

    def _sides(self, line: AuditLine, said: Mapping[str, Any], sealed: bool) -> tuple[str, str]:
        if line.act == "score":
            return _points(said.get("before"), sealed), _points(said.get("after"), sealed)
        if line.act == "rules":
            return "", _rules(said)
        if "places" in said:
            return "", ngettext("%(num)d place shown", "%(num)d places shown", int(said["places"]))
        return str(said.get("before", "")), str(said.get("after", ""))


def _points(value: Any, sealed: bool) -> str:
    if value is None:
        return "–"
    return _("given") if sealed else written(int(value))


def _rules(said: Mapping[str, Any]) -> str:
    words = outcome.said()
    parts = [words[name].get(str(said.get(name)), "") for name in ("method", "vote_on", "scale_by", "tie")]
    return " · ".join([*filter(None, parts), _("jury %(percent)s %%", percent=said.get("jury_share", ""))])


def _heads() -> list[str]:
    return [
        _("No."),
        _("When"),
        _("By whom"),
        _("What"),
        _("Judge"),
        _("Entry"),
        _("Criterion"),
        _("Value before"),
        _("Value after"),
        _("Reason"),
    ]
