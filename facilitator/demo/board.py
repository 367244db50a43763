"""An evening at the board: ideas, themes, dots, a second vote going on, a proposal drafted."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select

from facilitator.accounts.models import Staff
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.models import Board
from facilitator.demo.plan import Plan, join, make_theme
from facilitator.documents.models import ROWS, Proposal
from facilitator.extensions import db, now
from facilitator.programme.models import Neighbourhood, Project
from facilitator.synthesis.models import Statement, Theme, new_id
from facilitator.voting.dots import Dot, HandCount
from facilitator.workshop import agenda
from facilitator.workshop.models import Participant, Workshop

BEGAN_AGO = timedelta(minutes=70)
IDEAS_EVERY = timedelta(seconds=9)
ROUND_AGO = {1: timedelta(minutes=25), 2: timedelta(minutes=2)}
VOTE_MINUTES = 15


def add(plan: Plan, staff: Staff) -> None:
    """Put the evening into the database."""
    Evening(plan, staff, now() - BEGAN_AGO).add()


class Evening:
    """One workshop, made of its plan."""

    def __init__(self, plan: Plan, staff: Staff, began: datetime) -> None:
        self.plan = plan
        self.staff = staff
        self.began = began
        self.workshop = self._make_workshop()

    def add(self) -> None:
        db.session.add(self.workshop)
        db.session.flush()
        self.people = [join(self.workshop, name) for name in self.plan["people"]]
        db.session.flush()
        for board, plan in zip(self.workshop.activities, self.plan["activities"], strict=True):
            self._fill(cast(Board, board), plan)
        self._count_by_hand()
        for board in self.workshop.activities:
            _reveal_everything(board)
        self._go_on()

    def _go_on(self) -> None:
        self._open_second_vote()
        self._draft_proposal()

    def _make_workshop(self) -> Workshop:
        named = Project.name == self.plan["project"], Neighbourhood.name == self.plan["neighbourhood"]
        project = db.session.scalars(select(Project).join(Neighbourhood).where(*named)).one()
        kept = ("title", "place", "purpose", "code")
        workshop = Workshop(
            owner=self.staff,
            starts_at=self.began,
            project=project,
            neighbourhood=project.neighbourhood,
            **{name: self.plan[name] for name in kept},
        )
        workshop.activities = [_make_board(position, plan) for position, plan in enumerate(self.plan["activities"])]
        return workshop

    def _fill(self, board: Board, plan: Plan) -> None:
        themes = [make_theme(board, row) for row in plan.get("themes", [])]
        ideas = [self._add_idea(board, row, themes) for row in plan["ideas"]]
        db.session.flush()
        chance = random.Random(plan["seed"])  # noqa: S311  the same evening every time, nothing secret
        for number, voters in enumerate(plan["voters"], 1):
            appeal = [row["appeal"][number - 1] for row in plan["ideas"]]
            for person in chance.sample(self.people, voters):
                chosen = _choose(chance, appeal, board.setting("budget"), board.setting("cap"))
                self._place(board, person, number, [ideas[index] for index in chosen])

    def _add_idea(self, board: Board, row: Plan, themes: list[Theme]) -> Idea:
        idea = Idea.add(board, new_id(), row["text"], source=row["source"], text_en=row.get("text_en", ""))
        if row["by"]:
            idea.participant_id = self.people[row["by"] - 1].id
        if row["source"] != "phone":
            idea.helper_id = self.staff.id
        if row.get("theme"):
            idea.theme_id = themes[row["theme"] - 1].id
        idea.created_at = self._when(board) + IDEAS_EVERY * idea.number
        return idea

    def _when(self, board: Board) -> datetime:
        return self.began + timedelta(minutes=8 + 10 * board.position)

    def _place(self, board: Board, person: Participant, number: int, ideas: list[Idea]) -> None:
        at = self._voted_at(number) + timedelta(seconds=3 * person.number)
        for idea in ideas:
            what = {"id": new_id(), "activity_id": board.id, "participant_id": person.id, "round": number}
            db.session.add(Dot(**what, statement_id=idea.id, placed_at=at))

    def _voted_at(self, number: int) -> datetime:
        return now() - ROUND_AGO[number]

    def _count_by_hand(self) -> None:
        """Paper ballots and raised hands of the first vote on the last board."""
        board = self.workshop.activities[-1]
        for row in self.plan["by_hand"]:
            target = _beginning_with(board, row["text"])
            counted = {key: row[key] for key in ("source", "dots", "voters")}
            count = HandCount(activity_id=board.id, round=1, target=target.id, counted_by_id=self.staff.id, **counted)
            db.session.add(count)

    def _open_second_vote(self) -> None:
        board = self.workshop.activities[-1]
        agenda.move(self.workshop, f"{board.id}-vote-again", self.workshop.moves)
        agenda.start_timer(self.workshop, VOTE_MINUTES * 60)

    def _draft_proposal(self) -> Proposal:
        """Words only: every figure of the proposal is counted when somebody looks."""
        plan = self.plan["proposal"]
        proposal = Proposal.of(self.workshop, self.staff)
        typed = {(part, language): text for part, texts in plan["wording"].items() for language, text in texts.items()}
        typed[ROWS, ""] = json.dumps(plan["plan"], ensure_ascii=False)
        for wording in proposal.wordings:
            wording.text = typed.get((wording.section, wording.language), wording.text)
        return proposal


def _make_board(position: int, plan: Plan) -> Board:
    return Board(
        position=position, title=plan["title"], instruction=plan["instruction"], settings=plan["settings"], state={}
    )


def _beginning_with(board: Any, text: str) -> Statement:
    return next(statement for statement in Statement.of(board) if statement.text.startswith(text))


def _choose(chance: random.Random, appeal: list[int], budget: int, cap: int) -> list[int]:
    """Where one person puts the dots: mostly all of them, liked ideas more often, none beyond the cap."""
    left = [cap if weight else 0 for weight in appeal]
    chosen: list[int] = []
    for _dot in range(chance.choice([budget, budget, budget, budget - 1])):
        weights = [weight**2 if free else 0 for weight, free in zip(appeal, left, strict=True)]
        [index] = chance.choices(range(len(appeal)), weights)
        left[index] -= 1
        chosen.append(index)
    return chosen


def _reveal_everything(board: Any) -> None:
    """The first result as the room has seen it, from the last place to the first."""
    while board.hidden_places("result"):
        board.reveal("result", more=True)
