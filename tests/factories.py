"""Rows for tests, written through the models into the real database.

Everything returned is detached: read its columns freely, ask `database` for what they are now.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from flask import Flask

from facilitator.accounts.models import FACILITATOR, SECRETARIAT, Invitation, Staff, hash_password
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.models import Board
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood, Project
from facilitator.synthesis.models import Statement, Theme, new_id
from facilitator.voting.dots import Dot
from facilitator.voting.placings import Placing
from facilitator.workshop.models import Activity, Participant, Workshop

PASSWORD = "the bench under the old camphor tree"


class Factories:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._numbers = itertools.count(1)

    def staff(self, role: str = FACILITATOR, *, password: str = "", **more: Any) -> Staff:
        """Without a password the account can't be signed in to by form: hashing one takes its time."""
        number = next(self._numbers)
        about = {"email": f"staff{number}@example.org", "name": f"Facilitator {number}", "role": role, **more}
        about["password_hash"] = hash_password(password) if password else "!"
        return self._kept(lambda: Staff(**about))

    def secretary(self, **more: Any) -> Staff:
        return self.staff(SECRETARIAT, **more)

    def invitation(self, role: str = FACILITATOR) -> str:
        with self._app.app_context():
            secret = Invitation.make(role)
            db.session.commit()
        return secret

    def neighbourhood(self, name: str = "共和九村", **more: Any) -> Neighbourhood:
        return self._kept(lambda: Neighbourhood(name=name, **more))

    def project(self, neighbourhood: Neighbourhood, name: str = "紫竹苑微更新", **more: Any) -> Project:
        return self._kept(lambda: Project(neighbourhood_id=neighbourhood.id, name=name, **more))

    def workshop(self, owner: Staff | None = None, *, shared_with: Staff | None = None, **more: Any) -> Workshop:
        owner = owner or self.staff()
        about = {"title": "紫竹苑共创", "language": "en", **more}
        workshop = self._kept(lambda: Workshop(owner_id=owner.id, **about))
        if shared_with:
            self._share(workshop, shared_with)
        return workshop

    def board(self, workshop: Workshop, **settings: Any) -> Board:
        """A board at the end of the agenda; `title` and `instruction` beside its settings."""
        about = {name: settings.pop(name) for name in ("title", "instruction") if name in settings}
        about = {"title": "What bothers us", "instruction": "What should change first?", **about}
        return self._kept(
            lambda: Board(
                workshop_id=workshop.id,
                position=len(db.session.get_one(Workshop, workshop.id).activities),
                settings=settings,
                **about,
            )
        )

    def person(self, workshop: Workshop, name: str = "") -> Participant:
        return self._kept(lambda: Participant.by_token(Participant.join(workshop.id, name)))

    def people(self, workshop: Workshop, count: int) -> list[Participant]:
        return [self.person(workshop) for _ in range(count)]

    def idea(
        self,
        activity: Activity,
        text: str = "Benches in the shade",
        person: Participant | None = None,
        **more: Any,
    ) -> Statement:
        about = {"participant_id": person.id if person else None, **more}
        return self._kept(lambda: Idea.add(db.session.get_one(Activity, activity.id), new_id(), text, **about))

    def theme(self, activity: Activity, name: str = "Seating", *ideas: Statement) -> Theme:
        def made() -> Theme:
            theme = Theme.add(db.session.get_one(Activity, activity.id), name)
            for idea in ideas:
                db.session.get_one(Statement, idea.id).theme_id = theme.id
            return theme

        return self._kept(made)

    def dot(self, board: Board, person: Participant, target: Statement | Theme, number: int = 1) -> Dot:
        column = "theme_id" if isinstance(target, Theme) else "statement_id"
        more = {"activity_id": board.id, "participant_id": person.id, "round": number, column: target.id}
        return self._kept(lambda: Dot(id=new_id(), **more))

    def placing(self, board: Board, person: Participant, idea: Statement, theme: Theme | None) -> Placing:
        about = {"activity_id": board.id, "participant_id": person.id, "statement_id": idea.id}
        return self._kept(lambda: Placing(id=new_id(), theme_id=theme.id if theme else None, **about))

    def room_at(self, workshop: Workshop, activity: Activity | None, step: str) -> None:
        """Put the room where the test begins."""
        with self._app.app_context():
            here = db.session.get_one(Workshop, workshop.id)
            here.activity_id, here.step = (activity.id if activity else None), step
            db.session.commit()

    def _share(self, workshop: Workshop, staff: Staff) -> None:
        with self._app.app_context():
            db.session.get_one(Workshop, workshop.id).share_with(db.session.get_one(Staff, staff.id))
            db.session.commit()

    def _kept(self, make: Callable[[], Any]) -> Any:
        with self._app.app_context():
            row = make()
            db.session.add(row)
            db.session.commit()
            db.session.refresh(row)
            db.session.expunge(row)
        return row
