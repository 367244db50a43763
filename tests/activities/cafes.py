"""A World Café for tests: its people, its facilitator at her desk, and who sits where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.tables import CafeTable, Seat
from facilitator.extensions import db
from facilitator.synthesis.models import new_id

SETTINGS = {"tables": 3, "rounds": 3, "hosted": False, "questions": "One?\n\nThree?", "mix_neighbourhoods": False}


@dataclass
class Cafe:
    """What the tests know of a café: ids and people, read anew from the database when it matters."""

    id: int
    workshop: Any
    people: list[Any]
    desk: Any
    database: Any
    phone_of: Any
    make: Any
    at: str = field(init=False)

    def __post_init__(self) -> None:
        self.at = f"/world_cafe/{self.id}"

    def go(self, *steps: str) -> None:
        """The facilitator takes the room to a step, and on to the next ones."""
        for step in steps:
            self.desk.get(f"/workshops/{self.workshop.id}/console")
            moves = self.desk.html.split('"moves": "')[1].split('"')[0]
            self.desk.post(f"/workshops/{self.workshop.id}/moves", to=f"{self.id}-{step}", moves=moves)
            assert self.desk.status == 200, self.desk.text

    def undo(self) -> None:
        self.desk.get(f"/workshops/{self.workshop.id}/console")
        self.desk.send(f"/workshops/{self.workshop.id}/undo")

    def do(self, path: str, **fields: Any) -> Any:
        """A press at the desk, as its script sends it."""
        return self.desk.post(f"{self.at}/{path}", htmx=True, **fields)

    def call(self, question_id: str, status: str) -> Any:
        """To the microphone, or what became of a question."""
        return self.desk.post(f"/questions/{self.id}/{question_id}/status", htmx=True, status=status)

    def phone(self, person: Any) -> Any:
        """The person's phone at the page of the room."""
        return self.phone_of(self.workshop, person)

    def say(self, person: Any, text: str, number: int = 1, note_id: str = "") -> Any:
        return self.phone(person).post(
            f"{self.at}/notes", htmx=True, id=note_id or new_id(), text=text, round=str(number)
        )

    def seats(self, number: int) -> dict[int, int]:
        """Person → number of the table in a round."""
        tables = {table.id: table.number for table in self.tables()}
        taken = self.database.all(Seat, Seat.activity_id == self.id, Seat.round == number, Seat.deleted_at.is_(None))
        return {seat.participant_id: tables[seat.cafe_table_id] for seat in taken}

    def plan(self) -> list[dict[int, int]]:
        return [self.seats(number) for number in (1, 2, 3)]

    def sizes(self, number: int) -> list[int]:
        sitting = list(self.seats(number).values())
        return sorted(sitting.count(table) for table in set(sitting))

    def tables(self) -> list[CafeTable]:
        return self.database.all(CafeTable, CafeTable.activity_id == self.id)

    def table(self, number: int) -> CafeTable:
        return next(table for table in self.tables() if table.number == number)

    def hosts(self) -> dict[int, int]:
        """Number of the table → who hosts it, where somebody does."""
        return {table.number: table.host_id for table in self.tables() if table.host_id and not table.deleted_at}

    def beside(self, person: Any, number: int = 1) -> list[Any]:
        """Who shares the person's table in a round."""
        at = self.seats(number)
        return [each for each in self.people if each.id != person.id and at.get(each.id) == at[person.id]]

    def elsewhere(self, person: Any, number: int = 1) -> list[Any]:
        at = self.seats(number)
        return [each for each in self.people if each.id in at and at[each.id] != at[person.id]]


def new_cafe(app: Any, workshop: Any, **settings: Any) -> int:
    with app.app_context():
        made = WorldCafe(
            workshop_id=workshop.id,
            title="Café",
            instruction="How do we live here?",
            settings={**SETTINGS, **settings},
        )
        db.session.add(made)
        db.session.commit()
        return made.id


def met_twice(plan: list[dict[int, int]]) -> list[frozenset[int]]:
    """Pairs who share a table in more than one round, once for each time too many."""
    pairs = [frozenset((a, b)) for at in plan for a in at for b in at if a < b and at[a] == at[b]]
    return [pair for pair in set(pairs) for _again in range(pairs.count(pair) - 1)]
