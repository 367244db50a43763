"""The pile of loose ideas as a phone is sent it: as with ballots (rows.py), each part is drawn once for the room."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from flask_babel import get_locale
from markupsafe import Markup

from facilitator.synthesis.models import new_id
from facilitator.voting.pile import Loose, Sheet
from facilitator.voting.rows import KEPT_FOR, MOST, draw, joined, places
from facilitator.voting.wall.hanging import Heading
from facilitator.web.recent import recent


def pile(sheet: Sheet, activity_id: int) -> Markup:
    """One person's loose ideas, the uppermost in sight."""
    language, last, upper = get_locale().language, sheet.last, sheet.next
    frame = _frame(activity_id, sheet.done, sheet.many, upper is not None, last is not None, language)
    ahead = [idea.number for idea in sheet.ideas if not idea.placing_id]
    cards = joined(_card(idea, idea is not upper, language) for idea in sheet.ideas)
    parts = (new_id(), last.placing_id if last else "", str(upper.number) if upper else "", _words(ahead), cards)
    for place, part in zip(places(len(parts)), parts, strict=True):
        frame = frame.replace(place, part)
    return frame


def choices(headings: Sequence[Heading]) -> Markup:
    """What can be tapped: the themes, none of them, skip."""
    return _choices(tuple(headings), get_locale().language)


def answer(sheet: Sheet, headings: Sequence[Heading], activity_id: int, known: str) -> str:
    """What a proposal is answered with: the next idea; the themes too, unless those `known` on the phone are these."""
    shown = headings if sheet.next else ()
    changed = choices(shown) if known != mark(shown) else ""
    return draw("_placed", pile=pile(sheet, activity_id), choices=changed)


def mark(headings: Sequence[Heading]) -> str:
    """Tells these themes from others."""
    return f"{crc32(repr(tuple(headings)).encode()):x}"


def _words(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers))


def _card(idea: Loose, hidden: bool, language: str) -> Markup:
    [place] = places(1)
    return _marked(idea._replace(placing_id=place), hidden, language).replace(place, idea.placing_id)


@recent(seconds=KEPT_FOR, most=MOST)
def _marked(idea: Loose, hidden: bool, language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return draw("_loose", idea=idea, hidden=hidden)


@recent(seconds=KEPT_FOR, most=MOST)
def _frame(activity_id: int, done: int, many: int, has_next: bool, has_last: bool, language: str) -> Markup:  # noqa: ARG001
    drawn, placing_id, number, ahead, cards = places(5)
    about = {"done": done, "many": many, "has_next": has_next, "has_last": has_last, "activity_id": activity_id}
    return draw("_pile", drawn=drawn, placing_id=placing_id, number=number, ahead=ahead, cards=cards, **about)


@recent(seconds=KEPT_FOR, most=MOST)
def _choices(headings: tuple[Heading, ...], language: str) -> Markup:  # noqa: ARG001  the language it is drawn in
    return draw("_choices", headings=headings, mark=mark(headings))
