"""A design competition: entries in a gallery, lots, presentations, judges, a public vote, an award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, relationship

from facilitator.activities.competition import audit, chapter, evidence, papers, sheets, views
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.fixing import fixed_settings
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.rubric import POINT, Criterion, Scale
from facilitator.activities.competition.stages import AWARD, GALLERY, LOT, PRESENT, VOTE
from facilitator.activities.competition.standing import Standing, standing
from facilitator.extensions import db, now
from facilitator.methods import tally
from facilitator.questions.models import Questioned
from facilitator.synthesis.models import SHOWN
from facilitator.voting.dots import VOTES
from facilitator.voting.models import VotingActivity
from facilitator.voting.until import ends_at, is_over
from facilitator.web.errors import Refused
from facilitator.workshop import agenda
from facilitator.workshop.models import Activity, Participant, Step
from facilitator.workshop.paperwork import Offer, Part, Scheme, Trace

RULES = ("method", "vote_on", "jury_share", "scale_by", "tie")
"""Settings that make the result. They are declared before, and fixed when the scores are locked."""


class Competition(Questioned, VotingActivity):
    __mapper_args__ = {"polymorphic_identity": "competition"}
    label = _l("Design competition")
    icon = "trophy"
    desk = ("competition.entries", "images", _l("Entries and judges"))
    deeds = {
        "entry": _l("an entry"),
        "rubric": _l("the rubric"),
        "judges": _l("the judges"),
        "presenting": _l("who presents"),
        "lot": _l("the drawing of lots"),
    }

    is_heard = False
    offers: ClassVar[Mapping[str, Offer]] = {
        papers.SCORES: Offer(_l("Score sheet"), _l("every score, how the result came about, lines to sign"), "scale"),
        papers.FEEDBACK: Offer(_l("Feedback sheets"), _l("a page for each team, no judge's name in it"), "file-text"),
        papers.CERTIFICATE: Offer(_l("Certificates"), _l("a page for each team, ready to sign"), "medal"),
    }

    criteria: Mapped[list[Criterion]] = relationship(
        primaryjoin="and_(Competition.id == Criterion.activity_id, Criterion.deleted_at.is_(None))",
        order_by="Criterion.position, Criterion.id",
    )

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {
            "entries_until": "",
            "blind": False,
            "lot": True,
            "minutes": 5,
            "question_minutes": 3,
            "lowest": 1,
            "highest": 10,
            "half_points": True,
            "panel": 0,
            "method": "mean",
            "vote_on": "ideas",
            "vote_until": "",
            "budget": 3,
            "cap": 1,
            "jury_share": 70,
            "scale_by": "minmax",
            "tie": "public",
            "places": 3,
        }

    def steps(self) -> list[Step]:
        lot = [Step(LOT, _l("Draw lots"))] if self.setting("lot") else []
        vote = [Step(VOTE, _l("Public vote"))] if self.has_vote else []
        award = Step(AWARD, _l("Reveal the award"))
        return [Step(GALLERY, _l("The entries")), *lot, Step(PRESENT, _l("Presentations")), *vote, award]

    @property
    def has_vote(self) -> bool:
        return bool(self.setting("vote_on") != "none")

    @property
    def has_panels(self) -> bool:
        """Does each judge see only some of the entries?"""
        return int(self.setting("panel")) > 0

    @property
    def scale(self) -> Scale:
        lowest, highest = (int(self.setting(name)) * POINT for name in ("lowest", "highest"))
        return Scale(lowest, highest, POINT // 2 if self.setting("half_points") else POINT)

    def prompt(self, step: str) -> str:
        words = {
            LOT: _("The order is drawn now."),
            VOTE: _("Give your dots to the schemes you want to see built."),
            AWARD: _("And the award goes to…"),
        }
        return str(words.get(step, self.instruction))

    def turn(self) -> int:
        return int(self.state.get("turn", 0))

    def turned(self) -> None:
        """Something changed for every phone's own part: it is asked for anew."""
        self.state = {**self.state, "turn": self.turn() + 1}

    def duplicate(self) -> Activity:
        copy = super().duplicate()
        copy.criteria = [each.copy() for each in self.criteria]  # type: ignore[attr-defined]
        return copy

    def fixed(self) -> Mapping[str, str]:
        return fixed_settings(self, RULES)

    # Who presents.

    @property
    def presenting(self) -> Entry | None:
        found = Entry.by_id(self, str(self.state.get("presenting", "")))
        return found if found and found.status == SHOWN else None

    @property
    def presented(self) -> list[str]:
        """The ids of those who have presented, or do now."""
        return list(self.state.get("presented", []))

    def present(self, entry: Entry | None) -> None:
        begun = [entry.id] if entry and entry.id not in self.presented else []
        presented = [*self.presented, *begun]
        self.state = {**self.state, "presenting": entry.id if entry else "", "presented": presented}
        self.turned()

    def asking(self) -> str | None:
        """Questions are about the entry that is presented."""
        entry = self.presenting if self.is_here(PRESENT) else None
        return entry.id if entry else None

    # The public vote.

    @property
    def vote_until(self) -> datetime | None:
        return ends_at(self.settings) if self.has_vote else None

    def vote_is_over(self) -> bool:
        return is_over(self.settings, now())

    @property
    def is_hung(self) -> bool:
        """Has the room come to the entries? Before that they are the teams' own."""
        stop = agenda.here(self.workshop)
        if stop.activity is None:
            return self.is_awarded or stop.step == agenda.CLOSING
        return stop.activity.position >= self.position

    @property
    def names_are_shown(self) -> bool:
        """May the room read who made what? Judges sit in it: in blind mode not before the award."""
        return not self.setting("blind") or self.is_awarded

    # The result.

    @property
    def rules(self) -> dict[str, Any]:
        """By what the result is reckoned: as it was fixed, else as it is set now."""
        return {name: self.state.get("rules", {}).get(name, self.setting(name)) for name in RULES}

    @property
    def rules_stand(self) -> bool:
        return "rules" in self.state

    def fix_rules(self) -> None:
        self.state = {**self.state, "rules": self.rules}

    def is_locked(self) -> bool:
        """Has the facilitator locked all, and is nobody unlocked since? Judges who locked themselves fix no rules."""
        judges = Judge.of(self)
        return self.rules_stand and bool(judges) and all(judge.locked_at for judge in judges)

    def stands(self) -> bool:
        """May staff read the result? Not while the room votes: they would watch its dots."""
        return self.is_locked() and not self.is_here(VOTE)

    def check_unlocked(self) -> None:
        """Raise Refused while the result stands: who judges and what is judged are part of it."""
        if self.is_locked():
            raise Refused(_("All scores are locked, and the result stands. Unlock a judge first, with a reason."), 409)

    def standing(self) -> Standing:
        """The whole result: for staff once all is locked, for the room only as far as `revealed` says."""
        return standing(self)

    def prizes(self) -> views.Prizes:
        """The result as it is written, reckoned once for all screens."""
        return self._kept("prizes", lambda: views.prizes(self))

    @property
    def revealed(self) -> int:
        """How many places the room has seen, the last of them first."""
        return int(self.state.get("revealed", 0))

    def award_places(self) -> list[int]:
        """The ranks that are revealed one by one, in the order of revealing: third, second, first."""
        ranks = {place.rank for place in self.standing().places if 0 < place.rank <= int(self.setting("places"))}
        return sorted(ranks, reverse=True)

    def hidden_places(self, step: str) -> int | None:
        if step != AWARD or not self.is_locked():
            return None
        return max(0, len(self.award_places()) - self.revealed)

    def reveal(self, step: str, more: bool) -> None:
        if step != AWARD or not (self.is_locked() if more else self.revealed):
            return
        before = self.is_awarded
        self.state = {**self.state, "revealed": self.revealed + 1 if more else 0}
        if self.is_awarded != before:
            self.turned()
        audit.note(self, "revealed" if more else "hidden", said={"places": self.revealed})

    @property
    def is_awarded(self) -> bool:
        """Has the room seen the whole result?"""
        return bool(self.revealed) and self.is_locked() and self.revealed >= len(self.award_places())

    def rounds(self) -> list[tally.Round]:
        """The public vote, once the award is out: its dots are part of it."""
        return [self.round(1)] if self.has_vote and self.is_awarded else []

    # What papers tell.

    def chapter(self, place: str = "") -> Part | None:  # noqa: ARG002  entries keep the numbers of the competition
        return chapter.chapter(self)

    def evidence(self, key: str) -> Trace | None:
        return evidence.evidence(self, key)

    def schemes(self) -> Mapping[str, Scheme]:
        room = (self.workshop.activity_id, self.workshop.step)
        return self._kept(("schemes", room), lambda: views.schemes(self)) if self.is_hung else {}

    def sheets(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return sheets.sheets(self)

    def refusal(self, name: str) -> str:
        return papers.refusal(self, name)

    def paper(self, name: str, switches: frozenset[str]) -> Part:  # noqa: ARG002
        return papers.paper(self, name)

    def prints(self) -> Part | None:
        return papers.prints(self)

    # What the screens show: the same for everybody of one audience.

    def view(self, step: str, audience: str) -> Mapping[str, Any]:
        return self._kept((step, audience), lambda: views.shared(self, step, audience))

    # What one person sees.

    def personal(self, step: str, participant: Participant, page: int = 1) -> Mapping[str, Any]:
        if step in VOTES:
            return {**self.own_ballot(step, participant, page), **views.personal(self, step, participant)}
        return views.personal(self, step, participant)


def competition(activity_id: int) -> Competition | None:
    """The competition of this id, unless it was taken away."""
    found = db.session.get(Activity, activity_id)
    return found if isinstance(found, Competition) and found.deleted_at is None else None


__all__: Sequence[str] = ("Competition", "competition")
