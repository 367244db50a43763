"""A table groups its own notes: piles, each with a name. A note lies in one of them at most.

What is hidden, withdrawn or merged into another leaves its pile by itself, and is back in it when it is back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.tables import CafePile, CafeTable, Seat
from facilitator.extensions import db, now
from facilitator.synthesis.grouping import LONGEST_NAME
from facilitator.synthesis.models import SHOWN
from facilitator.synthesis.names import key
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


class TableNotes(NamedTuple):
    """The notes of one table as it has grouped them."""

    table: CafeTable
    piles: list[tuple[CafePile, list[Note]]]
    """As they were made; also those of which every note is gone just now."""
    loose: list[Note]

    @property
    def filled(self) -> list[tuple[CafePile, list[Note]]]:
        return [(pile, notes) for pile, notes in self.piles if notes]


class Counted(NamedTuple):
    """A table that has something to group, by its number: how many piles stand there, how many notes lie loose."""

    number: int
    piles: int
    loose: int

    @property
    def is_done(self) -> bool:
        return bool(self.piles) and not self.loose


class Progress(NamedTuple):
    """How far the tables are."""

    tables: list[Counted]

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.tables)

    @property
    def busy(self) -> int:
        """Tables that have begun, and are not done."""
        return sum(bool(each.piles) for each in self.tables) - self.done

    @property
    def piles(self) -> int:
        return sum(each.piles for each in self.tables)


# --- What lies where


def notes_of(table: CafeTable) -> TableNotes:
    """Notes and insights of a table."""
    return _notes_of([table])[0]


def notes_of_all(cafe: WorldCafe) -> list[TableNotes]:
    """Of each table, also of those that were closed; by the number of the table."""
    return _notes_of(CafeTable.ever(cafe))


def _notes_of(tables: Sequence[CafeTable]) -> list[TableNotes]:
    ids = [each.id for each in tables]
    piles = defaultdict(list)
    for pile in db.session.scalars(_living(ids)):
        piles[pile.cafe_table_id].append(pile)
    notes = defaultdict(list)
    for note in db.session.scalars(_lying(ids)):
        notes[note.cafe_table_id].append(note)
    return [_grouped(each, piles[each.id], notes[each.id]) for each in tables]


def progress(every: Sequence[TableNotes]) -> Progress:
    """Tables that were closed count if they have grouped: of the others nobody is left who could."""
    counted = [
        Counted(each.table.number, len(each.filled), len(each.loose))
        for each in every
        if each.filled or (each.loose and not each.table.deleted_at)
    ]
    return Progress(counted)


def _living(table_ids: Collection[int]) -> Any:
    living = select(CafePile).where(CafePile.cafe_table_id.in_(table_ids), CafePile.deleted_at.is_(None))
    return living.order_by(CafePile.made_at, CafePile.id)


def _lying(table_ids: Collection[int]) -> Any:
    shown = (Note.deleted_at.is_(None), Note.status == SHOWN, Note.merged_into_id.is_(None))
    # Insights come after the notes of which they were made.
    return select(Note).where(Note.cafe_table_id.in_(table_ids), *shown).order_by(Note.slot, Note.round, Note.number)


def _grouped(table: CafeTable, piles: list[CafePile], notes: list[Note]) -> TableNotes:
    inside: dict[str, list[Note]] = {pile.id: [] for pile in piles}
    loose: list[Note] = []
    for note in notes:
        inside.get(note.pile_id or "", loose).append(note)
    return TableNotes(table, [(pile, inside[pile.id]) for pile in piles], loose)


# --- Whose table


def hosted(cafe: WorldCafe, me: Participant) -> CafeTable | None:
    """The table that this person hosts."""
    return next((table for table in CafeTable.of(cafe) if table.host_id == me.id), None)


def own(cafe: WorldCafe, me: Participant) -> dict[str, Any]:
    """What one phone shows of it: the host's list, or to whoever sits at a table without a host that it needs one."""
    if not cafe.groups_at_tables:
        return {}
    table = hosted(cafe, me)
    if table:
        return {"grouping": notes_of(table)}
    seat = Seat.taken_by(cafe, me, len(cafe.numbers))
    is_free = seat is not None and seat.table.host_id is None and not seat.table.deleted_at
    return {"free_table": seat.table} if seat and is_free else {}


# --- What may be done


def put_together(table: CafeTable, pile_id: str, name: str, note_ids: Collection[str]) -> None:
    """Put loose notes of a table into the pile of this name, a new one if it has none; known ids change nothing.

    What lies in another pile stays there. Raises Refused.
    """
    name = checked_name(name)
    if _is_known(table, pile_id):
        return
    here = notes_of(table)
    pile = next((each for each, _notes in here.piles if key(each.name) == key(name)), None)
    _put(here, pile or CafePile(id=pile_id, cafe_table_id=table.id, name=name), note_ids)


def put_to(pile: CafePile, note_ids: Collection[str]) -> None:
    """Put loose notes of its table to a pile. Raises Refused."""
    _check_stands(pile)
    _put(notes_of(pile.table), pile, note_ids)


def rename(pile: CafePile, name: str) -> None:
    """Raises Refused when another pile of the table is called so."""
    _check_stands(pile)
    name = checked_name(name)
    others = [each for each, _notes in notes_of(pile.table).piles if each.id != pile.id]
    if any(key(each.name) == key(name) for each in others):
        raise Refused(_("Another pile of this table is called so. Please choose another name."), 409)
    pile.name = name


def take_apart(pile: CafePile) -> None:
    """Its notes lie loose again. What is taken apart already stays so."""
    if pile.deleted_at is None:
        pile.deleted_at = now()
        for note in db.session.scalars(select(Note).where(Note.pile_id == pile.id)):
            note.pile_id = None


def checked_name(name: str) -> str:
    """Raises Refused when nothing is left of it."""
    name = clean(name)[:LONGEST_NAME]
    if not name:
        raise Refused(_("Give the pile a name."))
    return name


def _put(here: TableNotes, pile: CafePile, note_ids: Collection[str]) -> None:
    chosen = [note for note in here.loose if note.id in note_ids]
    there = {note.id for each, notes in here.piles if each.id == pile.id for note in notes}
    if not note_ids:
        raise Refused(_("Tick the notes that belong together."))
    if not chosen and not there & set(note_ids):
        raise Refused(_("These notes were put elsewhere or taken away meanwhile. Please look again."), 409)
    db.session.add(pile)
    db.session.flush()  # its row before those that name it
    for note in chosen:
        note.pile_id = pile.id


def _is_known(table: CafeTable, pile_id: str) -> bool:
    """Raises Refused when the id is that of another table's pile."""
    known = db.session.get(CafePile, pile_id)
    if known is not None and known.cafe_table_id != table.id:
        raise Refused(_("This page is out of date. Please reload it; your text is kept."), 409)
    return known is not None


def _check_stands(pile: CafePile) -> None:
    if pile.deleted_at:
        raise Refused(_("This pile was taken apart meanwhile. Please look again."), 409)
