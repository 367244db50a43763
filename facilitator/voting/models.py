"""An activity whose statements are grouped into themes and voted on with dots."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from facilitator.extensions import db
from facilitator.methods import tally
from facilitator.synthesis.models import HELD, SHOWN
from facilitator.voting import agreed, targets
from facilitator.voting.ballot import given_by
from facilitator.voting.dots import VOTES, Dot, HandCount, heirs_of, placed
from facilitator.voting.pile import sheet
from facilitator.voting.placings import HELPING, SORTING
from facilitator.voting.wall import columns, ending, gathering, hanging, joining, result, views
from facilitator.web.pages import page_of
from facilitator.workshop.ending import Brought
from facilitator.workshop.kept import at_version
from facilitator.workshop.models import Activity, Participant, Step

T = TypeVar("T")
NEWEST = {"phone": 24, "projector": 18}
"""Statements on the wall of each screen while there are no themes."""
IN_THEME = {"phone": 12, "projector": 8}
"""Statements shown of each theme."""
ON_CONSOLE, LOOSE_ON_CONSOLE = 30, 60
"""Statements of each theme, and without one, that lie ready to be moved; all of them stand on a page of their own."""
ON_BALLOT = 100
"""Lines on one page of a phone's ballot."""
SAID = 12
"""Ideas on the console of which the room says where they belong, and as many on which it doesn't agree."""
LINES = 30
"""Lines of a result on phones and console."""
RESULTS = {"result": 1, "result-again": 2}


class VotingActivity(Activity):
    """A kind that votes has the settings `themes`, `vote_on` (ideas, themes, none), `budget`, `cap` and `places`."""

    __mapper_args__ = {"polymorphic_abstract": True}
    deeds = {
        "view": _l("the view on the big screen"),
        "helping": _l("the room's help"),
        agreed.DEED: _l("what the room proposed"),
    }

    unseen: tuple[str, ...] = ()
    """Steps in which nobody but the facilitator sees what others wrote."""

    def sorting_and_votes(self) -> list[Step]:
        """The steps after something was said."""
        sort = [Step(SORTING, _l("Group into themes"))] if self.setting("themes") else []
        if self.setting("vote_on") == "none":
            return sort
        first = [Step("vote", _l("Place dots"), 5), Step("result", _l("Reveal the result"))]
        again = [Step("vote-again", _l("Place dots again"), 5), Step("result-again", _l("Reveal the shift"))]
        return sort + first + (again if self.votes_twice else [])

    @property
    def votes_twice(self) -> bool:
        return False

    # What the screens show: the same for everybody of one audience.

    def wall_and_votes(self, step: str, audience: str) -> Mapping[str, Any]:
        """Context of the templates in `voting/`."""
        # What the big screen is sent has words in it, of its own language.
        language = str(get_locale()) if audience == "projector" else ""
        return self._kept((step, audience, language), lambda: self._wall_and_votes(step, audience))

    def _wall_and_votes(self, step: str, audience: str) -> dict[str, Any]:
        have = hanging.tally_of(self.id)
        context: dict[str, Any] = {"posts": have.get(SHOWN, 0), "held": have.get(HELD, 0), "nothing": hanging.NONE}
        if step in (SORTING, *RESULTS) and audience != "phone":
            context["view"] = views.chosen(self, step, self.seen_rounds())
            if audience == "projector" and context["view"] != views.PLAIN:
                return {**context, **views.drawn(self, context["view"], self.seen_rounds())}
        context.update(self._said(step, audience))
        if step in VOTES:
            number = VOTES[step]
            context["voted"] = self._kept(("placed", number), lambda: placed(self, number))
        if step in RESULTS:
            context.update(self._result_view(RESULTS[step], audience))
        if step == SORTING and audience != "phone":
            context.update(self._helped())
        if audience == "projector" and context.get("helping") and context.get("themes"):
            context.update(joining.shown(context["said"], context["themes"]))
        return context

    def _helped(self) -> dict[str, Any]:
        """What the room proposes; the desk sees it also after the room was thanked."""
        if HELPING not in self.state:
            return {"helping": False, "said": None}
        return {"helping": self.state[HELPING], "said": self._said_by_the_room(), "most_said": SAID}

    def _said_by_the_room(self) -> agreed.Said:
        return self._kept("said by the room", lambda: agreed.said(self.id))

    def _said(self, step: str, audience: str) -> dict[str, Any]:
        """The console sees all; the room sees what is let through, and nothing of others while it writes in silence."""
        if audience == "console":
            lists = hanging.last_of_each(self.id, ON_CONSOLE, loose=LOOSE_ON_CONSOLE, statuses=hanging.EVERY)
            return {"themes": hanging.headings(self.id), "lists": lists, "views": self.offered_views(step)}
        if step in (*self.unseen, *VOTES, *RESULTS):
            return {}
        themes = [] if audience == "phone" and step != SORTING else hanging.headings(self.id)
        moving = {"stand_ins": gathering.stand_ins(self.id)} if audience == "projector" else {}
        if themes:
            lists = hanging.last_of_each(self.id, IN_THEME[audience])
            if audience != "projector":
                return {"themes": themes, "lists": lists}
            return {"themes": themes, **moving, "inside": gathering.inside(self.id), **columns.hung(themes, lists)}
        # One more than hang there: the last place says how many there are besides.
        most = gathering.MOSAIC + 1 if step == SORTING and audience == "projector" else NEWEST[audience]
        newest = hanging.newest(self.id, most)
        return {"themes": [], "newest": newest, "mosaic": gathering.MOSAIC, **moving}

    def _result_view(self, number: int, audience: str) -> dict[str, Any]:
        counted = self._counted(number)
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
            **(result.parted(listed) if audience == "projector" else {}),
            "more_lines": 0 if audience == "projector" else len(lines) - len(listed),
            "places": len(every),
            "shown_places": shown,
            "hidden_places": max(0, len(every) - shown),
            "complete": complete,
            "latest_rank": every[shown - 1] if 0 < shown <= len(every) else None,
            "targets": self.named(listed),
            # Of what is shown: bars drawn against a hidden winner would give its dots away.
            "top": max((line.dots for line in lines), default=0),
        }

    def named(self, lines: Sequence[tally.Line]) -> dict[Any, targets.Target]:
        """What the lines are about, by its id."""
        chosen = targets.chosen(self.id, self.on_themes, [line.target for line in lines])
        return {target.id: target for target in chosen}

    def brought(self) -> Brought:
        seen = self.seen_rounds()
        return self._kept("brought", lambda: ending.brought(self.id, seen[-1] if seen else None))

    def offered_views(self, step: str) -> list[views.View]:
        """What the facilitator can put on the big screen in this step."""
        if step not in (SORTING, *RESULTS):
            return []
        plain = ("layout-grid", _l("Themes")) if step == SORTING else ("list-ordered", _l("Result"))
        return views.offered(self, views.View(views.PLAIN, *plain), self.seen_rounds())

    def origins(self) -> Mapping[str, str]:
        """Where ideas were said, by their id, in the reader's words; empty where all hang on one wall."""
        return {}

    def seen_rounds(self) -> list[tally.Round]:
        """As `rounds`, counted once for all screens."""
        begun = [number for step, number in RESULTS.items() if self.state.get(f"revealed-{number}") and self.step(step)]
        return [self._counted(number) for number in begun if not self._still_hidden(self._counted(number))]

    def _still_hidden(self, counted: tally.Round) -> int:
        every = tally.places(counted.lines, self.setting("places"))
        return max(0, len(every) - int(self.state.get(f"revealed-{counted.number}", 0)))

    def _counted(self, number: int) -> tally.Round:
        return self._kept(("round", number), lambda: self.round(number))

    def _kept(self, what: Hashable, work_out: Callable[[], T]) -> T:
        # This object may have been read before the version was counted up: what it says belongs to the key.
        return at_version(self.workshop_id, (self.id, what, str(self.settings), str(self.state)), work_out)

    # What one person sees.

    def turn(self) -> int:
        return (1 if self.state[HELPING] else 2) if HELPING in self.state else 0

    def own_pile(self, participant: Participant) -> dict[str, Any]:
        """What one person proposes where the room helps grouping: nothing if it was never asked."""
        if HELPING not in self.state:
            return {}
        if not self.state[HELPING]:
            return {"thanked": True}
        themes = hanging.headings(self.id)
        return {"pile": sheet(self.id, participant.id), "headings": themes} if themes else {}

    def own_ballot(self, step: str, participant: Participant, page: int = 1) -> dict[str, Any]:
        """What one person has given in a vote, and a page of what can be voted for."""
        given = given_by(db.session.connection(), participant.id, self.id, VOTES[step], self.on_themes)
        own = {"given": given, "number": VOTES[step], "budget": self.setting("budget"), "cap": self.setting("cap")}
        return {**own, **self._ballot(participant, given, page)}

    def _ballot(self, participant: Participant, marked: Iterable[Any], number: int) -> dict[str, Any]:
        """A page of what can be voted for, in an order of this phone's own: the first in a list gets more dots.

        What has one's dots comes with every page, so that they can be taken back.
        """
        every = targets.ids(self.id, self.on_themes)
        random.Random(f"{self.id}-{participant.id}").shuffle(every)  # noqa: S311  an order, not a secret
        page = page_of(every, number, ON_BALLOT)
        elsewhere = [target for target in marked if target not in page.items]
        return {"targets": targets.chosen(self.id, self.on_themes, [*elsewhere, *page.items]), "page": page}

    # Helping.

    def let_help(self, on: bool) -> None:
        """Ask the room to help grouping, or thank it."""
        self.state = {**self.state, HELPING: on}

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
        """(person, target) of each dot; a dot on a merged theme or idea counts for the one that it went into."""
        heirs = heirs_of(self)
        return [(person, heirs.get(target, target)) for person, target in Dot.pairs(self, number)]

    def hands(self, number: int) -> list[tally.Count]:
        return HandCount.of(self, number)

    def rounds(self) -> list[tally.Round]:
        """The votes whose result the room has seen whole."""
        begun = {key: number for key, number in RESULTS.items() if self.state.get(f"revealed-{number}")}
        return [self.round(number) for key, number in begun.items() if self.step(key) and self.hidden_places(key) == 0]

    def hidden_places(self, step: str) -> int | None:
        return self._still_hidden(self.round(RESULTS[step])) if step in RESULTS else None

    def reveal(self, step: str, more: bool) -> None:
        if step in RESULTS:
            name = f"revealed-{RESULTS[step]}"
            # What the room is to see now is the result itself.
            kept = {key: value for key, value in self.state.items() if key != "view"}
            self.state = {**kept, name: int(self.state.get(name, 0)) + 1 if more else 0}
