"""What the big screen shows of the ideas: the facilitator chooses, and the room sees it at once.

A choice holds in the step in which it was made. What the room has not seen revealed can't be chosen, and it isn't
shown either once it is hidden again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _l

from facilitator.methods import tally
from facilitator.voting.wall import evening, heat, table
from facilitator.voting.wall.hanging import headings

if TYPE_CHECKING:
    from facilitator.voting.models import VotingActivity

PLAIN, HEAT, TIME, TABLE = "plain", "heat", "time", "table"
"""The themes, or the result as it is revealed; then the other ways to look at the same."""
Rounds = Sequence[tally.Round]


class View(NamedTuple):
    """One of them, as the console offers it; words may be lazy text."""

    key: str
    icon: str
    words: Any
    hindrance: Any = ""
    """Why it can't be chosen now."""


def offered(activity: VotingActivity, plain: View, seen: Rounds) -> list[View]:
    """What can be chosen in a step; `plain` is what it shows by itself, `seen` the votes that were revealed whole."""
    hidden = "" if _may_glow(activity, seen) else _l("after the reveal")
    return [
        plain,
        View(HEAT, "flame", _l("Heat"), hidden),
        View(TIME, "chart-column-stacked", _l("Over the evening")),
        View(TABLE, "table-2", _l("List")),
    ]


def chosen(activity: VotingActivity, step: str, seen: Rounds) -> str:
    """What the big screen shows in this step."""
    at, _colon, view = str(activity.state.get("view", "")).partition(":")
    return PLAIN if at != step or (view == HEAT and not _may_glow(activity, seen)) else view


def choose(activity: VotingActivity, step: str, view: str) -> None:
    """From now on show this."""
    activity.state = {**activity.state, "view": f"{step}:{view}"}


def drawn(activity: VotingActivity, view: str, seen: Rounds) -> dict[str, Any]:
    """Context of the template `voting/wall/_<view>.html`."""
    themes = headings(activity.id)
    last = seen[-1] if seen else None
    if view == HEAT:
        return heat.of_round(last, activity.named) if last else heat.of_themes(activity.id, themes)
    if view == TIME:
        return evening.shown(activity, themes, seen)
    return table.shown(activity.id, themes, activity.origins(), last)


def _may_glow(activity: VotingActivity, seen: Rounds) -> bool:
    """Dots are secret until they are revealed; where there will be none, ideas are counted instead."""
    return bool(seen) or activity.setting("vote_on") == "none"
