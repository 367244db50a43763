"""A World Café: rounds at small tables, a host at each, notes that stay, a harvest at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities.world_cafe import chapter, evidence, notes, papers, piles, seating, sheets, views
from facilitator.activities.world_cafe.stages import DIALOGUE, GATHER, HARVEST, MOVE, ROUND, round_of
from facilitator.extensions import db
from facilitator.questions.models import Questioned
from facilitator.voting.dots import VOTES
from facilitator.voting.models import RESULTS, VotingActivity
from facilitator.voting.placings import SORTING
from facilitator.web.errors import Refused
from facilitator.workshop import agenda
from facilitator.workshop.models import Activity, Participant, Step
from facilitator.workshop.paperwork import Offer, Part, Trace, Where

MOST_ROUNDS = 6


class WorldCafe(Questioned, VotingActivity):
    __mapper_args__ = {"polymorphic_identity": "world_cafe"}
    label = _l("World Café")
    icon = "coffee"
    desk = ("world_cafe.seats", "users", _l("People and seating"))
    deeds = {
        "seating": _l("the seating"),
        "guests": _l("who is here"),
        "tables": _l("the tables"),
        "last-minutes": _l("the last minutes"),
        "harvest": _l("a harvest card"),
        "piles": _l("a table's piles"),
    }
    question_label = _l("A question to the experts")
    question_call = _l("Ask the experts on your phone, and carry up what you want to hear too.")
    questions_closed = _l("The dialogue is not open. Your text is kept on this phone.")

    offers = {
        "booklet": Offer(
            _l("Harvest booklet"),
            _l("the cards of all tables, their notes, the dialogue"),
            "coffee",
            {"seats": _l("with who sat where")},
        )
    }

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {
            "questions": "",
            "rounds": 3,
            "minutes": 20,
            "move_minutes": 3,
            "tables": 0,
            "hosted": True,
            "welcome": "",
            "mix_neighbourhoods": True,
            "mix_ages": False,
            "mix_partners": False,
            "themes": True,
            "vote_on": "themes",
            "budget": 3,
            "cap": 1,
            "places": 5,
            "dialogue": True,
        }

    def steps(self) -> list[Step]:
        rounds = [step for number in self.numbers for step in self._round(number)]
        after = [Step(HARVEST, _l("Harvest")), *self.sorting_and_votes()]
        after += [Step(DIALOGUE, _l("Dialogue with the experts"), 20)] if self.setting("dialogue") else []
        return [Step(GATHER, _l("Set the tables")), *rounds, *after]

    def _round(self, number: int) -> list[Step]:
        return [
            Step(f"{MOVE}{number}", _l("Find your table %(number)d", number=number), self.setting("move_minutes")),
            Step(f"{ROUND}{number}", _l("Round %(number)d", number=number), self.setting("minutes")),
        ]

    @property
    def numbers(self) -> range:
        """The rounds: 1, 2, 3 and so on."""
        return range(1, max(1, min(MOST_ROUNDS, int(self.setting("rounds")))) + 1)

    @property
    def round_now(self) -> int:
        """The round at which the room is, or to which it moves; 0 before the first and after the last."""
        return round_of(self.workshop.step) if self.workshop.activity_id == self.id else 0

    def is_past(self) -> bool:
        """Are all rounds over?"""
        after = [step.key for step in self.steps() if step.key != GATHER and not round_of(step.key)]
        return self.is_here(*after) or (bool(self.state.get("seating")) and self._is_left_behind())

    def _is_left_behind(self) -> bool:
        """Has the room gone on to a later activity, or to the end?"""
        there = agenda.here(self.workshop)
        if there.activity is None:
            return there.step == agenda.CLOSING
        return (there.activity.position, there.activity.id) > (self.position, self.id)

    def question(self, number: int) -> str:
        """What the tables talk about in this round; where no line was written for it, the café's own question."""
        lines = [line.strip() for line in str(self.setting("questions")).splitlines()]
        written = [line for line in lines[number - 1 : number] if line]
        return written[0] if written else self.instruction

    def prompt(self, step: str) -> str:
        if step.startswith(MOVE):
            return str(_("Find your table."))
        return self.question(round_of(step)) if step.startswith(ROUND) else self.instruction

    def turn(self) -> int:
        return int(self.state.get("seating", 0)) + super().turn()

    def turned(self) -> None:
        """Seats have changed for many: every phone asks for its own part anew."""
        self.state = {**self.state, "seating": self.turn() + 1}

    def arrive(self, step: str) -> None:
        if step.startswith(MOVE):
            seating.complete(self, round_of(step))

    @property
    def in_last_minutes(self) -> bool:
        return bool(self.round_now and self.state.get("last") == self.round_now)

    # What people may do now.

    def check_open_for_notes(self, number: int) -> None:
        """Raise Refused unless notes of this round are taken: during it, and as long as the café goes on after it."""
        if number not in self.numbers or not (self.round_now >= number or self.is_here(HARVEST)):
            raise Refused(_("The time for notes of this round is over. Your text is kept on this phone."), 409)
        self._check_running()
        if self.workshop.locked:
            raise Refused(_("The facilitator has closed posting for now. Your text is kept on this phone."), 409)

    def check_open_for_card(self) -> None:
        """Raise Refused unless harvest cards are written: from the first round to the end of the harvest."""
        if not self.round_now and not self.is_here(HARVEST):
            raise Refused(_("The harvest is closed."), 409)
        self._check_running()

    @property
    def groups_at_tables(self) -> bool:
        """May the tables group their notes? After the last round, until the room votes."""
        return bool(self.setting("themes")) and self.is_here(HARVEST, SORTING)

    def check_open_for_piles(self, *, desk: bool = False) -> None:
        """Raise Refused unless tables group their notes; the desk may in a break too."""
        if not self.groups_at_tables:
            raise Refused(_("The tables no longer group their notes."), 409)
        if not desk:
            self._check_running()

    def asking(self) -> str | None:
        return "" if self.is_here(DIALOGUE) else None

    def _check_running(self) -> None:
        if self.workshop.paused:
            raise Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)

    # What the screens show: the same for everybody of one audience.

    def view(self, step: str, audience: str) -> Mapping[str, Any]:
        if step == SORTING:
            return {**self.wall_and_votes(step, audience), **(self._at_tables() if audience != "phone" else {})}
        if step in (*VOTES, *RESULTS):
            return self.wall_and_votes(step, audience)
        return views.shared(self, step, audience)

    def _at_tables(self) -> dict[str, Any]:
        """How far the tables are with grouping; nothing where none of them has notes."""
        found = self._kept("piles", lambda: piles.progress(piles.notes_of_all(self)))
        return {"at_tables": found} if found.tables else {}

    def origins(self) -> Mapping[str, str]:
        return notes.origins(self)

    # What one person sees.

    def personal(self, step: str, participant: Participant, page: int = 1) -> Mapping[str, Any]:
        if step in VOTES:
            return self.own_ballot(step, participant, page)
        if step == SORTING:
            return {**self.own_pile(participant), **piles.own(self, participant)}
        return views.personal(self, step, participant)

    # What papers tell of it.

    def chapter(self, place: str = "") -> Part | None:
        return chapter.chapter(self, place)

    def wheres(self) -> Mapping[str, Where]:
        return chapter.wheres(self)

    def evidence(self, key: str) -> Trace | None:
        return evidence.evidence(self, key)

    def sheets(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return sheets.sheets(self)

    def paper(self, name: str, switches: frozenset[str]) -> Part:  # noqa: ARG002  there is one
        return papers.booklet(self, switches)

    def prints(self) -> Part | None:
        return papers.prints(self)


def cafe(activity_id: int) -> WorldCafe | None:
    """The World Café of this id, unless it was taken away."""
    found = db.session.get(Activity, activity_id)
    return found if isinstance(found, WorldCafe) and found.deleted_at is None else None
