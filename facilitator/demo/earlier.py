"""The first evening of the same project, four weeks before: what came back since, and what was answered to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from facilitator.accounts.models import Staff
from facilitator.demo.board import Evening
from facilitator.demo.plan import Plan
from facilitator.documents.evidence.replies import Reply
from facilitator.extensions import db, now
from facilitator.synthesis.models import Theme
from facilitator.workshop import agenda
from facilitator.workshop.forms import TOWN_TIME

AGO = timedelta(days=28)
VOTED_AFTER = timedelta(minutes=50)


def add(plan: Plan, staff: Staff) -> None:
    """Put the evening into the database: it is over, its proposal was answered."""
    _First(plan, staff, now() - AGO).add()


class _First(Evening):
    def _voted_at(self, number: int) -> datetime:  # noqa: ARG002  it voted once
        return self.began + VOTED_AFTER

    def _go_on(self) -> None:
        agenda.move(self.workshop, "0-closing", self.workshop.moves)
        proposal = self._draft_proposal()
        db.session.flush()
        themes = {theme.name: theme.id for theme in Theme.of(self.workshop.activities[-1])}
        for row in self.plan["replies"]:
            said = {name: row[name] for name in ("who", "decision", "text", "text_en")}
            day = (self.began + timedelta(days=row["days"])).astimezone(TOWN_TIME).date().isoformat()
            about = {"proposal_id": proposal.id, "theme_id": themes.get(row["theme"]), "created_by_id": self.staff.id}
            db.session.add(Reply(said_on=day, **about, **said))
