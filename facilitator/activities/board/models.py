"""The board: a question, ideas on a wall, themes, dots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities.board.ideas import Idea
from facilitator.extensions import db
from facilitator.synthesis.models import HELD, SHOWN, Statement
from facilitator.voting.dots import VOTES
from facilitator.voting.models import RESULTS, VotingActivity
from facilitator.voting.placings import SORTING
from facilitator.web.errors import Refused
from facilitator.workshop.models import Participant, Step

WRITING = ("silent", "collect")


class Board(VotingActivity):
    __mapper_args__ = {"polymorphic_identity": "board"}
    label = _l("Board")
    icon = "layout-grid"
    unseen = ("silent",)

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {
            "minutes": 10,
            "silent": False,
            "held": False,
            "photos": True,
            "most_ideas": 0,
            "themes": True,
            "vote_on": "ideas",
            "budget": 5,
            "cap": 2,
            "rounds": 1,
            "places": 8,
        }

    def steps(self) -> list[Step]:
        minutes = self.setting("minutes")
        writing = [Step("silent", _l("Write in silence"), minutes)] if self.setting("silent") else []
        collect = Step("collect", _l("Share and add") if writing else _l("Collect ideas"), minutes)
        return [*writing, collect, *self.sorting_and_votes()]

    @property
    def votes_twice(self) -> bool:
        return bool(self.setting("rounds") == 2)

    def view(self, step: str, audience: str) -> Mapping[str, Any]:
        return self.wall_and_votes(step, audience)

    def personal(self, step: str, participant: Participant, page: int = 1) -> Mapping[str, Any]:
        if step in VOTES:
            return self.own_ballot(step, participant, page)
        if step in RESULTS:
            return {}
        mine = Idea.by(self, participant)
        own = self.own_pile(participant) if step == SORTING else {}
        return {"mine": mine, "left": self._ideas_left(mine), **own}

    def _ideas_left(self, mine: list[Idea]) -> int | None:
        most = self.setting("most_ideas")
        return max(0, most - len(mine)) if most else None

    # What people may do now.

    def check_open_for_ideas(self) -> None:
        """Raise Refused unless ideas may be posted now."""
        if not self.is_here(*WRITING, SORTING):
            raise Refused(_("The time for ideas is over here. Your text is kept on this phone."), 409)
        self._check_running()
        if self.workshop.locked:
            raise Refused(_("The facilitator has closed posting for now. Your text is kept on this phone."), 409)

    def _check_running(self) -> None:
        if self.workshop.paused:
            raise Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)

    def first_status(self) -> str:
        return HELD if self.setting("held") else SHOWN

    def post(self, participant: Participant, idea_id: str, text: str, photo: str = "") -> Idea:
        """Add one person's idea; sent twice under the same id it is still one, also when posting has closed since."""
        known = Idea.known(self, participant, idea_id)
        if known:
            return known
        self.check_open_for_ideas()
        if db.session.get(Statement, idea_id):
            raise Refused(_("This page is out of date. Please reload it; your text is kept."), 409)
        if self._ideas_left(Idea.by(self, participant)) == 0:
            raise Refused(_("You have posted all your ideas. Withdraw one to make room."), 409)
        return Idea.add(self, idea_id, text, participant_id=participant.id, photo=photo, status=self.first_status())
