"""The board: a question, ideas on a wall, themes, dots."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from facilitator.activities.board import targets, wall
from facilitator.activities.board.dots import VOTES, Dot, HandCount, placed
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.voting import given_by
from facilitator.extensions import db
from facilitator.methods import tally
from facilitator.synthesis.models import HELD, SHOWN, Statement, Theme
from facilitator.web.errors import Refused
from facilitator.web.pages import page_of
from facilitator.workshop.kept import at_version
from facilitator.workshop.models import Activity, Participant, Step

T = TypeVar("T")
NEWEST = {"phone": 24, "projector": 18}
"""Ideas on the wall of each screen while there are no themes."""
IN_THEME = {"phone": 12, "projector": 5}
"""Ideas shown of each theme."""
ON_CONSOLE, LOOSE_ON_CONSOLE = 30, 60
"""Ideas of each theme, and without one, that lie ready to be moved; all of them stand on a page of their own."""
ON_BALLOT = 100
"""Ideas on one page of a phone's ballot."""
LINES = 30
"""Lines of a result on phones and console."""
RESULTS = {"result": 1, "result-again": 2}
WRITING = ("silent", "collect")
SORTING = "sort"


class Board(Activity):
    __mapper_args__ = {"polymorphic_identity": "board"}
    label = _l("Board")
    icon = "layout-grid"

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
        sort = [Step(SORTING, _l("Group into themes"))] if self.setting("themes") else []
        return [*writing, collect, *sort, *self._votes()]

    def _votes(self) -> list[Step]:
        if self.setting("vote_on") == "none":
            return []
        first = [Step("vote", _l("Place dots"), 5), Step("result", _l("Reveal the result"))]
        again = [Step("vote-again", _l("Place dots again"), 5), Step("result-again", _l("Reveal the shift"))]
        return first + (again if self.setting("rounds") == 2 else [])

    # What the screens show: the same for everybody of one audience.

    def view(self, step: str, audience: str) -> Mapping[str, Any]:
        return self._kept((step, audience), lambda: self._view(step, audience))

    def _view(self, step: str, audience: str) -> dict[str, Any]:
        have = wall.tally_of(self.id)
        context = {
            "posts": have.get(SHOWN, 0),
            "held": have.get(HELD, 0),
            "nothing": wall.NONE,
            **self._ideas_for(step, audience),
        }
        if step in VOTES:
            number = VOTES[step]
            context["voted"] = self._kept(("placed", number), lambda: placed(self, number))
        if step in RESULTS:
            context.update(self._result_view(RESULTS[step], audience))
        return context

    def _ideas_for(self, step: str, audience: str) -> dict[str, Any]:
        """The console sees all; the room sees what is let through, and nothing of others while it writes in silence."""
        if audience == "console":
            lists = wall.last_of_each(self.id, ON_CONSOLE, loose=LOOSE_ON_CONSOLE, statuses=wall.EVERY)
            return {"themes": wall.headings(self.id), "lists": lists}
        if step in ("silent", *VOTES, *RESULTS):
            return {}
        themes = [] if audience == "phone" and step in WRITING else wall.headings(self.id)
        if themes:
            return {"themes": themes, "lists": wall.last_of_each(self.id, IN_THEME[audience])}
        return {"themes": [], "newest": wall.newest(self.id, NEWEST[audience])}

    def _result_view(self, number: int, audience: str) -> dict[str, Any]:
        counted = self._kept(("round", number), lambda: self.round(number))
        every = tally.places(counted.lines, self.setting("places"))
        shown = self.state.get(f"revealed-{number}", 0)
        open_ranks = set(every[:shown])
        complete = shown >= len(every)
        # What lost all its dots in the second round is part of the shift.
        lines = [line for line in counted.lines if (line.dots or line.shift) and (complete or line.rank in open_ranks)]
        listed = [line for line in lines if line.rank in every] if audience == "projector" else lines[:LINES]
        return {
            "round": counted,
            "lines": listed,
            "more_lines": 0 if audience == "projector" else len(lines) - len(listed),
            "places": len(every),
            "shown_places": shown,
            "hidden_places": max(0, len(every) - shown),
            "complete": complete,
            "latest_rank": every[shown - 1] if 0 < shown <= len(every) else None,
            "targets": self._named(listed),
            # Of what is shown: bars drawn against a hidden winner would give its dots away.
            "top": max((line.dots for line in lines), default=0),
        }

    def _named(self, lines: Sequence[tally.Line]) -> dict[Any, targets.Target]:
        chosen = targets.chosen(self.id, self.on_themes, [line.target for line in lines])
        return {target.id: target for target in chosen}

    def _kept(self, what: Hashable, work_out: Callable[[], T]) -> T:
        # This object may have been read before the version was counted up: what it says belongs to the key.
        return at_version(self.workshop_id, (self.id, what, str(self.settings), str(self.state)), work_out)

    # What one person sees.

    def personal(self, step: str, participant: Participant, page: int = 1) -> Mapping[str, Any]:
        if step in VOTES:
            given = given_by(db.session.connection(), participant.id, self.id, VOTES[step], self.on_themes)
            own = {"given": given, "number": VOTES[step], "budget": self.setting("budget"), "cap": self.setting("cap")}
            return {**own, **self._ballot(participant, given, page)}
        if step in RESULTS:
            return {}
        mine = Idea.by(self, participant)
        return {"mine": mine, "left": self._ideas_left(mine)}

    def _ballot(self, participant: Participant, marked: Iterable[Any], number: int) -> dict[str, Any]:
        """A page of what can be voted for, in an order of this phone's own: the first in a list gets more dots.

        What has one's dots comes with every page, so that they can be taken back.
        """
        every = targets.ids(self.id, self.on_themes)
        random.Random(f"{self.id}-{participant.id}").shuffle(every)  # noqa: S311  an order, not a secret
        page = page_of(every, number, ON_BALLOT)
        elsewhere = [target for target in marked if target not in page.items]
        return {"targets": targets.chosen(self.id, self.on_themes, [*elsewhere, *page.items]), "page": page}

    def _ideas_left(self, mine: list[Idea]) -> int | None:
        most = self.setting("most_ideas")
        return max(0, most - len(mine)) if most else None

    # Votes.

    @property
    def on_themes(self) -> bool:
        return bool(self.setting("vote_on") == "themes")

    def round(self, number: int) -> tally.Round:
        """One vote, counted now."""
        listed = targets.ids(self.id, self.on_themes)
        dots, hands = self.ballots(number), HandCount.of(self, number)
        lines = tally.count(listed, dots, hands)
        if number > 1:
            before = tally.count(listed, self.ballots(number - 1), HandCount.of(self, number - 1))
            lines = tally.shifted(lines, before)
        return tally.Round(
            key=f"{self.id}-{number}",
            number=number,
            on="themes" if self.on_themes else "ideas",
            lines=lines,
            voters=len({voter for voter, _target in dots}) + tally.least_people(hands),
            dots=sum(line.dots for line in lines),
        )

    def ballots(self, number: int) -> list[tuple[int, Any]]:
        """(person, target) of each dot; a dot on a merged theme counts for the theme it went into."""
        heirs = Theme.heirs(self) if self.on_themes else {}
        return [(person, heirs.get(target, target)) for person, target in Dot.pairs(self, number)]

    def rounds(self) -> list[tally.Round]:
        """The votes whose result the room has seen whole."""
        numbers = [number for key, number in RESULTS.items() if self.step(key) and self.hidden_places(key) == 0]
        return [self.round(number) for number in numbers if self.state.get(f"revealed-{number}")]

    def hidden_places(self, step: str) -> int | None:
        if step not in RESULTS:
            return None
        every = tally.places(self.round(RESULTS[step]).lines, self.setting("places"))
        return max(0, len(every) - int(self.state.get(f"revealed-{RESULTS[step]}", 0)))

    def reveal(self, step: str, more: bool) -> None:
        if step in RESULTS:
            name = f"revealed-{RESULTS[step]}"
            self.state = {**self.state, name: int(self.state.get(name, 0)) + 1 if more else 0}

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
