"""The final of a design competition: nine entries, seven judges, the room's dots; the award is out."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from facilitator.accounts.models import Staff
from facilitator.activities.competition import audit, rubrics, scoring
from facilitator.activities.competition.entries import AFTER, BEFORE, Entry, Picture
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.rubric import POINT, Criterion, Scale, written
from facilitator.activities.competition.stages import AWARD, PRESENT, VOTE
from facilitator.demo.plan import Plan, join
from facilitator.demo.schemes import drawing
from facilitator.extensions import db, now
from facilitator.questions.models import Question, QuestionVote
from facilitator.synthesis.answers import Answer, Offered
from facilitator.synthesis.models import new_id
from facilitator.voting.dots import Dot
from facilitator.web.uploads import keep_picture
from facilitator.workshop import agenda
from facilitator.workshop.models import Workshop

BEGAN_AGO = timedelta(minutes=150)
PRESENTED_EVERY, VOTED_AFTER = timedelta(minutes=8), timedelta(minutes=95)
SEED = 9


def add(plan: Plan, staff: Staff) -> None:
    """Put the evening into the database: schemes are hung, presented, judged and voted on, the award is revealed."""
    _Evening(plan, staff).add()


class _Evening:
    def __init__(self, plan: Plan, staff: Staff) -> None:
        self.plan = plan
        self.staff = staff
        self.began = now() - BEGAN_AGO
        self.chance = random.Random(SEED)  # noqa: S311  the same evening every time, nothing secret
        about = {name: plan[name] for name in ("title", "place", "purpose", "code")}
        criteria = rubrics.criteria(rubrics.FIRST)
        self.competition = Competition(position=0, state={}, criteria=criteria, **plan["competition"])
        self.workshop = Workshop(owner=staff, starts_at=self.began, activities=[self.competition], **about)

    def add(self) -> None:
        db.session.add(self.workshop)
        db.session.flush()
        self.entries = [self._hang(row) for row in self.plan["entries"]]
        self.judges = [self._invite(row) for row in self.plan["judges"]]
        self.people = [join(self.workshop, "") for _ in range(self.plan["residents"])]
        self._draw_lots()
        self._present()
        self._judge()
        self._vote()
        scoring.lock_all(self.competition, self.staff.id)
        self._go(AWARD)
        for _ in self.competition.award_places():
            self.competition.reveal(AWARD, more=True)
        for entry, row in zip(self.entries, self.plan["entries"], strict=True):
            self._answer(entry, row.get("answers", []))

    def _answer(self, entry: Entry, names: list[str]) -> None:
        """What was asked for at the evenings of its neighbourhood, if those are there; it is chosen to be built."""
        offered = Offered(self.workshop, self.staff, entry.neighbourhood).themes
        chosen = {theme.id for theme in offered if theme.name in names}
        entry.chosen = bool(chosen)
        Answer.settle(entry.id, offered, chosen)

    def _go(self, step: str) -> None:
        agenda.move(self.workshop, f"{self.competition.id}-{step}", self.workshop.moves)

    # The schemes.

    def _hang(self, row: Plan) -> Entry:
        columns = ("team", "neighbourhood", "site", "about", "about_en")
        about = {name: row[name] for name in columns}
        entry = Entry.add(self.competition, row["title"], text_en=row["title_en"], **about)
        entry.created_at = self.began - timedelta(days=9, hours=entry.number)
        audit.note(self.competition, "entry", entry_id=entry.id, staff_id=self.staff.id)
        for position, (side, scene, plan) in enumerate(
            ((BEFORE, row["before"], False), (AFTER, row["after"], False), ("", row["after"], True))
        ):
            photo, thumb = keep_picture(drawing(scene, plan=plan), _photos())
            db.session.add(Picture(entry_id=entry.id, photo=photo, thumb=thumb, side=side, position=position))
        db.session.flush()
        db.session.expire(entry, ["pictures"])
        entry.show_cover()
        return entry

    def _draw_lots(self) -> None:
        for turn, number in enumerate(self.plan["order"], 1):
            self.entries[number - 1].turn = turn
        audit.note(self.competition, "lot", staff_id=self.staff.id, said={"order": self.plan["order"]})

    def _present(self) -> None:
        self._go(PRESENT)
        for row in self.plan["questions"]:
            entry = self.entries[row["entry"] - 1]
            at = self.began + PRESENTED_EVERY * entry.turn
            about = {"text": row["text"], "status": row["status"], "asked_at": at, "called_at": at}
            asker = self.people[row["by"]]
            question = Question(
                id=new_id(), activity_id=self.competition.id, participant_id=asker.id, subject_id=entry.id, **about
            )
            db.session.add(question)
            db.session.flush()
            others = [each.id for each in self.people if each is not asker]
            for voter in self.chance.sample(others, row["voices"]):
                QuestionVote.put(question.id, voter, True)

    # What was given.

    def _invite(self, row: Plan) -> Judge:
        judge = Judge.invite(self.competition, row["name"], row["office"])
        audit.note(self.competition, "invited", judge_id=judge.id, staff_id=self.staff.id)
        return judge

    def _judge(self) -> None:
        """Each judge around what an entry is worth, as strict as they are; one has a part in an entry."""
        criteria = Criterion.of(self.competition)
        for number, (judge, about) in enumerate(zip(self.judges, self.plan["judges"], strict=True), 1):
            for entry, row in zip(self.entries, self.plan["entries"], strict=True):
                if (number, entry.number) == (self.plan["recusal"]["judge"], self.plan["recusal"]["entry"]):
                    scoring.recuse(self.competition, judge, entry, on=True)
                    continue
                for criterion, worth in zip(criteria, row["quality"], strict=True):
                    said = self.chance.gauss(worth - about["severity"], 0.45)
                    scoring.give(self.competition, judge, entry, criterion, _on(self.competition.scale, said))

    def _vote(self) -> None:
        """Every entry gets as many dots as the plan says, no person more than their hand holds."""
        self._go(VOTE)
        budget = int(self.competition.setting("budget"))
        left = {person.id: budget for person in self.people}
        for row in sorted(self.plan["entries"], key=lambda row: -int(row["votes"])):
            entry = next(each for each in self.entries if each.text == row["title"])
            # Whoever has most dots left gives first: so the last entry still finds enough hands.
            willing = sorted(left, key=lambda person: (-left[person], self.chance.random()))[: row["votes"]]
            for person_id in willing:
                left[person_id] -= 1
                at = self._voted_at()
                about = {"activity_id": self.competition.id, "participant_id": person_id, "round": 1}
                db.session.add(Dot(id=new_id(), statement_id=entry.id, placed_at=at, **about))
        db.session.flush()

    def _voted_at(self) -> datetime:
        return self.began + VOTED_AFTER + timedelta(seconds=self.chance.uniform(0, 240))


def _on(scale: Scale, said: float) -> str:
    """The nearest score that the scale has, as a judge would tap it."""
    return written(min(scale.values(), key=lambda points: abs(points - said * POINT)))


def _photos() -> Path:
    return Path(current_app.config["SETTINGS"].data) / "photos"
