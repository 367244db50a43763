"""What the screens show of a competition: plain data. Before the reveal no view of the room reads a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import get_locale

from facilitator.activities.competition.entries import Entry, Picture, pictures_of
from facilitator.activities.competition.stages import AWARD, LOT, PRESENT, VOTE
from facilitator.activities.competition.standing import Panel
from facilitator.extensions import db
from facilitator.methods import judging
from facilitator.questions import queue
from facilitator.voting.ballot import given_by
from facilitator.voting.dots import placed
from facilitator.web.text import mask
from facilitator.workshop.models import Participant
from facilitator.workshop.paperwork import Scheme

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

FEW = 6
"""So many entries or fewer hang so large on the wall that a stamp's pixels would be seen."""


class Card(NamedTuple):
    """An entry as it hangs in the gallery."""

    id: str
    number: int
    turn: int
    title: str
    team: str
    """Empty while names are hidden."""
    place: str
    cover: str
    """A picture in the size of a stamp; `photo` is the same in the size of a screen."""
    photo: str


class Shot(NamedTuple):
    """One picture of an entry."""

    photo: str
    caption: str
    side: str


class Prize(NamedTuple):
    """A place in the result, as it is written."""

    rank: int
    card: Card
    total: str
    jury: str
    dots: int


class Prizes(NamedTuple):
    """The whole result, the best first, and the ranks that are revealed one by one."""

    ranks: list[int]
    every: list[Prize]


class Behind(NamedTuple):
    """A judge who has not given everything yet, and how much is missing."""

    number: int
    name: str
    missing: int


def shared(competition: Competition, step: str, audience: str) -> dict[str, Any]:
    """The same for everybody of one audience."""
    named = audience == "console" or competition.names_are_shown
    cards = gallery(competition, named=named)
    context: dict[str, Any] = {"cards": cards, "has_dots": competition.has_vote}
    if step == LOT:
        context.update(_drawn(cards), has_presented=bool(competition.presented))
    if step == PRESENT:
        context.update(_presenting(competition, cards, audience))
    if step == VOTE:
        context.update(voted=placed(competition, 1), until=competition.vote_until, rules=competition.rules)
    if step == AWARD:
        context.update(_award(competition, audience))
    if audience == "console":
        context.update(_progress(competition))
    return context


# --- The gallery


def gallery(competition: Competition, *, named: bool) -> list[Card]:
    """All entries in their order, asked for in two questions."""
    entries = Entry.in_order(competition)
    pictures = pictures_of(entries)
    return [_card(entry, pictures[entry.id], named=named) for entry in entries]


def _card(entry: Entry, pictures: Sequence[Picture], *, named: bool) -> Card:
    large = {each.thumb: each.photo for each in pictures}
    return Card(
        entry.id,
        entry.number,
        entry.turn,
        entry.title,
        entry.team if named else "",
        " · ".join(part for part in (entry.neighbourhood, entry.site) if part),
        entry.photo,
        large.get(entry.photo, entry.photo),
    )


def _drawn(cards: list[Card]) -> dict[str, Any]:
    drawn = sorted((card for card in cards if card.turn), key=lambda card: card.turn)
    return {
        "drawn": drawn,
        "latest": drawn[-1] if drawn else None,
        "waiting": sorted((card for card in cards if not card.turn), key=lambda card: card.number),
    }


# --- The presentations


def _presenting(competition: Competition, cards: list[Card], audience: str) -> dict[str, Any]:
    entry = competition.presenting
    now = next((card for card in cards if entry and card.id == entry.id), None)
    after = next((card for card in cards if card.id not in competition.presented), None)
    context: dict[str, Any] = {"now": now, "next_entry": after, "presented": competition.presented}
    if entry and audience == "projector":
        context["shots"] = shots(entry)
        context["about"] = (
            mask(entry.about_en) or entry.public_about if str(get_locale()) == "en" else entry.public_about
        )
    asked = queue.shown(competition, entry.id) if entry else {"speaking": None, "waiting": [], "done": []}
    return {**context, "on_screen": queue.ON_SCREEN, **asked}


def shots(entry: Entry) -> list[Shot]:
    """All pictures of an entry, the first page of its drawings last."""
    found = [Shot(each.photo, each.caption, each.side) for each in entry.pictures]
    return [*found, Shot(entry.pdf_page, "", "")] if entry.pdf_page else found


# --- The judges, by whether they have given, never by what


def _progress(competition: Competition) -> dict[str, Any]:
    panel = Panel.of(competition)
    missing: dict[int, int] = {}
    for judge, _entry in panel.missing():
        missing[judge.id] = missing.get(judge.id, 0) + 1
    behind = [Behind(each.number, each.name, missing[each.id]) for each in panel.judges if each.id in missing]
    locked = sum(1 for each in panel.judges if each.locked_at)
    return {"judges": len(panel.judges), "behind": behind, "locked_judges": locked}


# --- The award


def prizes(competition: Competition) -> Prizes:
    """The result in words and figures; it stands only once all is locked."""
    standing = competition.standing()
    pictures = pictures_of([place.entry for place in standing.places])
    every = [
        Prize(
            place.rank,
            _card(place.entry, pictures[place.entry.id], named=True),
            f"{judging.rounded(place.total)}",
            f"{judging.rounded(place.jury)}",
            place.dots,
        )
        for place in standing.places
        if place.rank
    ]
    last = int(competition.setting("places"))
    return Prizes(sorted({prize.rank for prize in every if prize.rank <= last}, reverse=True), every)


def _award(competition: Competition, audience: str) -> dict[str, Any]:
    """The places that the room has seen; the console is told the next one too."""
    hidden: dict[str, Any] = {"prizes": [], "latest": [], "complete": False, "hidden_places": None, "upcoming": []}
    if not competition.is_locked():
        return hidden
    ranks, every = competition.prizes()
    shown, closed = ranks[: competition.revealed], ranks[competition.revealed :]
    complete = bool(shown) and not closed
    return {
        "prizes": [prize for prize in every if complete or prize.rank in shown],
        "latest": [prize for prize in every if shown and prize.rank == shown[-1]],
        "complete": complete,
        "hidden_places": len(closed),
        "upcoming": [prize for prize in every if closed and prize.rank == closed[0]] if audience == "console" else [],
    }


# --- Far from here


def schemes(competition: Competition) -> dict[str, Scheme]:
    """The entries for those whose themes they answer: names as the gallery shows them, places after the award."""
    ranks = {prize.card.id: prize.rank for prize in competition.prizes().every} if competition.is_awarded else {}
    return {
        entry.id: Scheme(
            number=entry.number,
            title=entry.title,
            title_en=mask(entry.text_en),
            by=mask(entry.team) if competition.names_are_shown else "",
            rank=ranks.get(entry.id, 0),
            is_chosen=entry.chosen and competition.is_awarded,
        )
        for entry in Entry.in_order(competition)
    }


# --- One person's own


def personal(competition: Competition, step: str, me: Participant) -> Mapping[str, Any]:
    """What one resident alone sees beside the ballot."""
    if step == VOTE:
        return {"until": competition.vote_until, "is_closed": competition.vote_is_over(), "rules": competition.rules}
    if step == PRESENT:
        entry = competition.presenting
        if entry is None:
            return {}
        return {
            "now": _card(entry, entry.pictures, named=competition.names_are_shown),
            **queue.own(competition, me, entry.id),
        }
    if step == AWARD and competition.has_vote:
        given = given_by(db.session.connection(), me.id, competition.id, 1, competition.on_themes)
        own = {target: len(dots) for target, dots in given.items()}
        return {"own": own, "has_dots": True, **_award(competition, "phone")}
    if step == AWARD:
        return {"has_dots": False, **_award(competition, "phone")}
    return {}
