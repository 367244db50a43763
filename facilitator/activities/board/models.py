"""The board: a question, ideas on a wall, themes, dots."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from facilitator.activities.board.dots import VOTES, Dot, HandCount, placed
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.voting import Given, given_by
from facilitator.extensions import db
from facilitator.methods import tally
from facilitator.synthesis.models import HELD, SHOWN, Statement, Theme
from facilitator.web.errors import Refused
from facilitator.workshop.models import Activity, Participant, Step

NEWEST = 24
"""Ideas of others that a phone shows while people write."""
EXAMPLES = 3
"""Ideas shown below a theme that can be voted for."""
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
        themes = Theme.of(self)
        ideas = self._ideas_for(step, audience)
        context = {
            "themes": themes,
            "ideas": ideas,
            "by_theme": _by_theme(themes, ideas),
            "posts": self.posts(),
            "newest": list(reversed(ideas))[:NEWEST] if audience == "phone" else [],
            "writing": step in WRITING,
            "silent": step == "silent",
        }
        if step in VOTES:
            context["voted"] = placed(self, VOTES[step])
        if step in RESULTS:
            context.update(self._result_view(RESULTS[step], audience))
        return context

    def _ideas_for(self, step: str, audience: str) -> list[Statement]:
        """The console sees all; the room sees what is let through, and nothing of others while it writes in silence."""
        if audience == "console":
            return Statement.of(self)
        unseen = ("silent", *VOTES, *RESULTS)
        return [] if step in unseen else Statement.of(self, SHOWN)

    def _result_view(self, number: int, audience: str) -> dict[str, Any]:
        counted = self.round(number)
        every = tally.places(counted.lines, self.setting("places"))
        shown = self.state.get(f"revealed-{number}", 0)
        open_ranks = set(every[:shown])
        complete = shown >= len(every)
        # What lost all its dots in the second round is part of the shift.
        lines = [line for line in counted.lines if (line.dots or line.shift) and (complete or line.rank in open_ranks)]
        return {
            "round": counted,
            "lines": [line for line in lines if line.rank in every] if audience == "projector" else lines,
            "places": len(every),
            "shown_places": shown,
            "hidden_places": max(0, len(every) - shown),
            "complete": complete,
            "latest_rank": every[shown - 1] if 0 < shown <= len(every) else None,
            "names": self.target_names(),
            "colours": self.target_colours(),
            # Of what is shown: bars drawn against a hidden winner would give its dots away.
            "top": max((line.dots for line in lines), default=0),
        }

    def posts(self) -> int:
        shown = (Statement.activity_id == self.id, Statement.status == SHOWN, Statement.deleted_at.is_(None))
        return db.session.scalar(select(func.count()).where(*shown)) or 0

    # What one person sees.

    def personal(self, step: str, participant: Participant) -> Mapping[str, Any]:
        mine = Idea.by(self, participant)
        context: dict[str, Any] = {"mine": mine, "left": self._ideas_left(mine)}
        if step in VOTES:
            colours = {theme.id: theme.colour for theme in Theme.of(self)}
            context.update(targets=self._shuffled(participant), colours=colours)
            number = VOTES[step]
            given = given_by(db.session.connection(), participant.id, self.id, number, self.on_themes)
            context.update(self.hand(given, number))
        return context

    def hand(self, given: Given, number: int) -> dict[str, Any]:
        """One person's dots: where they lie (target → ids), how many are free, the round; what themes are about."""
        free = max(0, self.setting("budget") - sum(len(dots) for dots in given.values()))
        return {"given": given, "free": free, "number": number, "examples": self._examples() if self.on_themes else {}}

    def _examples(self) -> dict[int | None, list[str]]:
        gathered = _by_theme(Theme.of(self), Statement.of(self, SHOWN))
        return {theme: [idea.public_text for idea in ideas[:EXAMPLES]] for theme, ideas in gathered.items()}

    def _ideas_left(self, mine: list[Idea]) -> int | None:
        most = self.setting("most_ideas")
        return max(0, most - len(mine)) if most else None

    def _shuffled(self, participant: Participant) -> list[Any]:
        """What can be voted for, in an order of this phone's own: the first in a list gets more dots."""
        targets = self.targets()
        random.Random(f"{self.id}-{participant.id}").shuffle(targets)  # noqa: S311  an order, not a secret
        return targets

    # Votes.

    @property
    def on_themes(self) -> bool:
        return bool(self.setting("vote_on") == "themes")

    def targets(self) -> list[Any]:
        return list(Theme.of(self)) if self.on_themes else list(Statement.of(self, SHOWN))

    def target(self, target_id: str) -> Any | None:
        """The idea or theme of this board with this id."""
        key = int(target_id) if self.on_themes and target_id.isdigit() else target_id
        found: Any = db.session.get(Theme if self.on_themes else Statement, key)
        return found if found and found.activity_id == self.id else None

    def target_names(self) -> dict[Any, str]:
        return {target.id: target.name if self.on_themes else target.public_text for target in self.targets()}

    def target_colours(self) -> dict[Any, int]:
        colours = {theme.id: theme.colour for theme in Theme.of(self)}
        return colours if self.on_themes else {idea.id: colours.get(idea.theme_id, 0) for idea in self.targets()}

    def round(self, number: int) -> tally.Round:
        """One vote, counted now."""
        lines = self._count(number)
        if number > 1:
            lines = tally.shifted(lines, self._count(number - 1))
        dots = self.ballots(number)
        hands = HandCount.of(self, number)
        return tally.Round(
            key=f"{self.id}-{number}",
            number=number,
            on="themes" if self.on_themes else "ideas",
            lines=lines,
            voters=len({voter for voter, _target in dots}) + tally.least_people(hands),
            dots=sum(line.dots for line in lines),
        )

    def _count(self, number: int) -> list[tally.Line]:
        return tally.count([target.id for target in self.targets()], self.ballots(number), HandCount.of(self, number))

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
            raise Refused(_("We are taking a short break. Please try again in a moment."), 409, later=True)

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


def _by_theme(themes: list[Theme], ideas: list[Statement]) -> dict[int | None, list[Statement]]:
    gathered: dict[int | None, list[Statement]] = {theme.id: [] for theme in themes}
    for idea in sorted(ideas, key=lambda each: (each.position, each.created_at)):
        gathered.setdefault(idea.theme_id if idea.theme_id in gathered else None, []).append(idea)
    return gathered
