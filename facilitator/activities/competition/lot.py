"""The drawing of lots: who presents when. The whole order is shuffled before the first is drawn.

What isn't drawn yet stands in the competition's state alone, on no screen; taking a draw back changes nothing of it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from facilitator.activities.competition import audit
from facilitator.activities.competition.entries import Entry
from facilitator.web.errors import Refused

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

CHANCE = random.SystemRandom()


def shuffle(competition: Competition) -> bool:
    """Put all entries into an order, unless that was done. Gives whether it was done now."""
    if competition.state.get("lot"):
        return False
    ids = [entry.id for entry in Entry.in_order(competition)]
    CHANCE.shuffle(ids)
    competition.state = {**competition.state, "lot": ids}
    return bool(ids)


def draw(competition: Competition, staff_id: int, *, every: bool = False) -> None:
    """Show the next place of the order, or all that are left; the log tells of the whole."""
    entries = Entry.in_order(competition)
    left = _left(competition, entries)
    drawn = len(entries) - len(left)
    for turn, entry in enumerate(left if every else left[:1], drawn + 1):
        entry.turn = turn
    if left and all(entry.turn for entry in entries):
        _log(competition, staff_id, entries)


def again(competition: Competition, staff_id: int) -> None:
    """Put all back and shuffle anew; the log tells of that too."""
    entries = Entry.in_order(competition)
    _log(competition, staff_id, [entry for entry in entries if entry.turn], again=True)
    for entry in entries:
        entry.turn = 0
    competition.state = {name: value for name, value in competition.state.items() if name != "lot"}
    shuffle(competition)


def check_open(competition: Competition) -> None:
    """Raise Refused once somebody has presented: the order stands then."""
    if not competition.setting("lot"):
        raise Refused(_("Lots are not drawn in this competition."), 409)
    if competition.presented:
        raise Refused(_("The presentations have begun, so the order stands."), 409)


def _left(competition: Competition, entries: list[Entry]) -> list[Entry]:
    """Those not drawn yet, as they will be; what came in after the shuffling is drawn last."""
    place = {entry_id: number for number, entry_id in enumerate(competition.state.get("lot", []))}
    left = [entry for entry in entries if not entry.turn]
    late = [entry for entry in left if entry.id not in place]
    CHANCE.shuffle(late)
    return [*sorted((each for each in left if each.id in place), key=lambda each: place[each.id]), *late]


def _log(competition: Competition, staff_id: int, entries: list[Entry], **more: bool) -> None:
    order = [entry.number for entry in sorted(entries, key=lambda each: each.turn)]
    audit.note(competition, "lot", staff_id=staff_id, said={"order": order, **more})
