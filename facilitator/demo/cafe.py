"""A World Café after its last round: every table's card is written, questions to the experts have come in."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta

from flask import current_app

from facilitator.accounts.models import Staff
from facilitator.activities.world_cafe import harvest, seating
from facilitator.activities.world_cafe.models import WorldCafe
from facilitator.activities.world_cafe.notes import Insight, Note
from facilitator.activities.world_cafe.stages import HARVEST, MOVE, ROUND
from facilitator.activities.world_cafe.tables import CafeTable, Guest, Seat
from facilitator.demo.plan import Plan, join, make_theme
from facilitator.demo.tablecloth import tablecloth
from facilitator.extensions import db, now
from facilitator.questions.models import SPEAKING, Question, QuestionVote
from facilitator.synthesis.models import Theme, new_id
from facilitator.web.uploads import keep_photo
from facilitator.workshop import agenda
from facilitator.workshop.models import Participant, Workshop

BEGAN_AGO = timedelta(minutes=105)
FIRST_AFTER, ROUND_EVERY, NOTES_EVERY = timedelta(minutes=25), timedelta(minutes=23), timedelta(seconds=170)
SEED = 48


def add(plan: Plan, staff: Staff) -> None:
    """Put the afternoon into the database: people come, are seated by the planner, move, write."""
    _Afternoon(plan, staff).add()


class _Afternoon:
    def __init__(self, plan: Plan, staff: Staff) -> None:
        self.plan = plan
        self.began = now() - BEGAN_AGO
        self.chance = random.Random(SEED)  # noqa: S311  the same afternoon every time, nothing secret
        about = {name: plan[name] for name in ("title", "place", "purpose", "code")}
        self.cafe = WorldCafe(position=0, state={}, **plan["cafe"])
        self.workshop = Workshop(owner=staff, starts_at=self.began, activities=[self.cafe], **about)

    def add(self) -> None:
        db.session.add(self.workshop)
        db.session.flush()
        self.people: dict[int, Participant] = {}
        late = self.plan["late"]
        self._come([number for number in self._numbers() if number not in late])
        self._choose_hosts()
        self.themes = [make_theme(self.cafe, row) for row in self.plan["themes"]]
        for number in self.cafe.numbers:
            self._talk(number, late if number == 2 else [])
        self._harvest()
        self._ask()
        self._go(HARVEST)

    def _numbers(self) -> range:
        return range(1, len(self.plan["people"]) + 1)

    def _go(self, step: str) -> None:
        agenda.move(self.workshop, f"{self.cafe.id}-{step}", self.workshop.moves)

    def _when(self, number: int) -> datetime:
        return self.began + FIRST_AFTER + ROUND_EVERY * (number - 1)

    def _come(self, numbers: list[int]) -> None:
        for number in numbers:
            row = dict(self.plan["people"][number - 1])
            self.people[number] = person = join(self.workshop, row.pop("name"))
            Guest.one(self.cafe, person.id).traits = row

    def _choose_hosts(self) -> None:
        tables = CafeTable.set_up(self.cafe, len(self.plan["tables"]))
        for table, row in zip(tables, self.plan["tables"], strict=True):
            table.host_id = self.people[row["host"]].id

    def _talk(self, number: int, late: list[int]) -> None:
        """One round. Who never came is let go in the first; late-comers get a seat while it is on."""
        self._go(f"{MOVE}{number}")
        self._go(f"{ROUND}{number}")
        if number == 1:
            seating.let_go(self.cafe, [self.people[each].id for each in self.plan["no_shows"]])
        self._come(late)
        for each in late:
            self.people[each].joined_at = self._when(number)
            seating.take_in(self.cafe, self.people[each].id)
        for seat in Seat.of(self.cafe):
            if seat.round == number:
                seat.here_at = self._when(number) + timedelta(seconds=self.chance.randint(20, 150))
        for table, row in zip(CafeTable.of(self.cafe), self.plan["tables"], strict=True):
            self._write(table, number, row["rounds"][number - 1])

    def _write(self, table: CafeTable, number: int, rows: list[Plan]) -> None:
        guests = [seat.participant_id for seat in Seat.at(table, number) if seat.participant_id != table.host_id]
        self.chance.shuffle(guests)
        for at, (row, author) in enumerate(zip(rows, itertools.cycle(guests), strict=False), 1):
            more = {"participant_id": author, "text_en": row.get("text_en", "")}
            note = Note.add(self.cafe, new_id(), row["text"], table, number, **more)
            note.theme_id = self._theme(row).id
            note.created_at = self._when(number) + NOTES_EVERY * at

    def _theme(self, row: Plan) -> Theme:
        theme: Theme = self.themes[row["theme"] - 1]
        return theme

    def _harvest(self) -> None:
        """Every host's card; two tables in three have photographed their tablecloth."""
        last = max(self.cafe.numbers)
        for table, row in zip(CafeTable.of(self.cafe), self.plan["tables"], strict=True):
            said = {f"insight-{slot}": line["text"] for slot, line in enumerate(row["insights"], 1)}
            card = harvest.save(self.cafe, table, table.host, last, {**said, **_titles(row)})
            card.photo = _photo(table.number) if table.number % 3 else ""
            db.session.flush()
            for line, insight in zip(row["insights"], Insight.on(table), strict=True):
                insight.theme_id = self._theme(line).id
                insight.created_at = self._when(last) + timedelta(minutes=20)

    def _ask(self) -> None:
        here = [self.people[number].id for number in self._numbers() if number not in self.plan["no_shows"]]
        for place, row in enumerate(self.plan["questions"]):
            asker = self.people[row["by"]].id
            at = self._when(len(self.cafe.numbers) + 1) + timedelta(seconds=25 * place)
            about = {"text": row["text"], "status": row["status"], "participant_id": asker, "asked_at": at}
            question = Question(id=new_id(), activity_id=self.cafe.id, **about)
            question.called_at = at if row["status"] == SPEAKING else None
            db.session.add(question)
            db.session.flush()
            for voter in self.chance.sample([each for each in here if each != asker], row["voices"]):
                QuestionVote.put(question.id, voter, True)


def _titles(row: Plan) -> dict[str, str]:
    return {"title": row["title"], "question": row["question"]}


def _photo(seed: int) -> str:
    return keep_photo(tablecloth(seed), current_app.config["SETTINGS"].data / "photos")
