"""A workshop, its agenda's activities, its people."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import JSON, ForeignKey, Index, Select, UniqueConstraint, bindparam, func, insert, or_, select
from sqlalchemy.orm import Mapped, lazyload, mapped_column, relationship

from facilitator.accounts.models import Staff
from facilitator.extensions import Model, Moment, db, now
from facilitator.programme.models import Neighbourhood, Project
from facilitator.web.language import LOCALES
from facilitator.workshop.ending import Brought
from facilitator.workshop.paperwork import Paperwork

if TYPE_CHECKING:
    from facilitator.methods.tally import Count, Round

# Without 0 and O, 1, I and L, and the letters taken for 2, 5 and 8: read aloud in a hall, typed without glasses.
ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 6
PERSONAL_CODE_LENGTH = 4


class Workshop(Model):
    __tablename__ = "workshop"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str] = mapped_column(default="zh_Hans", info={"one_of": tuple(LOCALES)})
    """Of the projector and the documents; phones and consoles follow their reader."""
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhood.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True, default=lambda: new_code(CODE_LENGTH))
    screen_token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    # Where the room is. Only agenda.py writes these.
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", use_alter=True))
    step: Mapped[str] = mapped_column(default="lobby")
    moves: Mapped[int] = mapped_column(default=0)
    """Counts the moves: a button pressed on an older picture of the room does nothing."""
    timer_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    timer_left: Mapped[int | None]
    """Seconds, while the timer stands still."""
    paused: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    show_code: Mapped[bool] = mapped_column(default=False)
    """The projector shows nothing but the way in."""
    message: Mapped[str] = mapped_column(default="")

    neighbourhood: Mapped[Neighbourhood | None] = relationship(lazy="joined")
    project: Mapped[Project | None] = relationship(lazy="joined")
    owner: Mapped[Staff] = relationship()
    shared_with: Mapped[list[Staff]] = relationship(secondary="workshop_share", order_by=Staff.name)
    activities: Mapped[list[Activity]] = relationship(
        back_populates="workshop",
        foreign_keys="Activity.workshop_id",
        primaryjoin="and_(Workshop.id == Activity.workshop_id, Activity.deleted_at.is_(None))",
        order_by="Activity.position, Activity.id",
    )

    @classmethod
    def seen_by(cls, staff: Staff) -> Select[Any]:
        """What this member of staff may see: all for the secretariat, else own and shared."""
        workshops = select(cls).where(cls.deleted_at.is_(None))
        if staff.is_secretariat:
            return workshops
        return workshops.where(or_(cls.owner_id == staff.id, cls.shared_with.any(Staff.id == staff.id)))

    @classmethod
    def by_code(cls, code: str) -> Workshop | None:
        return db.session.scalar(_BY_CODE, {"code": tidy_code(code)})

    @property
    def home(self) -> Neighbourhood | None:
        """Its neighbourhood; where none was chosen, that of its project."""
        return self.neighbourhood or (self.project.neighbourhood if self.project else None)

    def head_count(self) -> int:
        return db.session.scalar(_HEAD_COUNT, {"workshop": self.id}) or 0

    def share_with(self, staff: Staff) -> None:
        if staff not in self.shared_with and staff.id != self.owner_id:
            self.shared_with.append(staff)

    def duplicate(self, owner: Staff) -> Workshop:
        """The same plan for another evening: its agenda without what people said."""
        kept = ("title", "purpose", "place", "language", "neighbourhood_id", "project_id")
        copy = Workshop(owner=owner, **{name: getattr(self, name) for name in kept})
        copy.activities = [each.duplicate() for each in self.activities]
        return copy


class WorkshopShare(Model):
    __tablename__ = "workshop_share"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)


@dataclass(frozen=True)
class Step:
    """One stop of the agenda inside an activity; `title` may be lazy text."""

    key: str
    title: Any
    minutes: int = 0


class Activity(Paperwork, Model):
    """One item of the agenda. Each kind is a subclass in its own folder beside `activities/board/`.

    A kind says: its steps, what its screens show (`view`), what came out (`rounds`), what papers tell of it
    (`Paperwork`). All else goes by `kind`: templates in `activities/<kind>/`, routes under `/<kind>/`.
    """

    __tablename__ = "activity"
    __mapper_args__ = {"polymorphic_on": "kind"}

    kind: Mapped[str]
    label: ClassVar[Any] = ""
    """Name of the kind for people."""
    icon: ClassVar[str] = "list"
    desk: ClassVar[tuple[str, str, Any] | None] = None
    """Where staff prepare it, beside its settings: endpoint, icon, words."""
    deeds: ClassVar[Mapping[str, Any]] = {}
    """Names of what staff can do and undo in this kind alone, for people."""

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    instruction: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    workshop: Mapped[Workshop] = relationship(back_populates="activities", foreign_keys=[workshop_id])

    # What a kind answers.

    def steps(self) -> list[Step]:
        """The stops of the room inside this activity, in order."""
        return []

    def prompt(self, step: str) -> str:  # noqa: ARG002
        """The one instruction of this step, as phones and projector say it."""
        return self.instruction

    def turn(self) -> int:
        """Counts up when every phone needs its own part of the page anew, though the room has not moved."""
        return 0

    def arrive(self, step: str) -> None:
        """The room has come to a step of this activity; what the kind changes then is part of the same deed."""

    def view(self, step: str, audience: str) -> Mapping[str, Any]:  # noqa: ARG002
        """Context of the kind's template for one audience (phone, projector, console): the same for everybody there."""
        return {}

    def brought(self) -> Brought:
        """What the screen that thanks everybody says of it."""
        return Brought()

    def personal(self, step: str, participant: Participant, page: int = 1) -> Mapping[str, Any]:  # noqa: ARG002
        """Context of what one person alone sees on the phone; a long list comes in pages."""
        return {}

    def rounds(self) -> list[Round]:
        """What was counted and has been shown to the room, in order; for documents."""
        return []

    def ballots(self, number: int) -> list[tuple[int, Any]]:  # noqa: ARG002
        """(participant id, target) of each dot of a round: the evidence behind a document's figure."""
        return []

    def hands(self, number: int) -> list[Count]:  # noqa: ARG002
        """What was counted by hand in a round."""
        return []

    def reveal(self, step: str, more: bool) -> None:
        """Show the next place of a hidden result, or hide all of it again."""

    def hidden_places(self, step: str) -> int | None:  # noqa: ARG002
        """How many places are still hidden; None where the step has nothing to reveal."""
        return None

    def fixed(self) -> Mapping[str, str]:
        """Settings that can't change any more, each with the reason in words."""
        return {}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Every setting of the kind with its value at first."""
        return {}

    @property
    def vote_until(self) -> datetime | None:
        """When its vote ends by itself; None: when the facilitator moves on, or there is none."""
        return None

    # What every kind has.

    def setting(self, name: str) -> Any:
        return self.settings[name] if name in self.settings else self.defaults()[name]

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps() if step.key == key), None)

    def duplicate(self) -> Activity:
        return type(self)(
            title=self.title, instruction=self.instruction, settings=dict(self.settings), position=self.position
        )

    def is_here(self, *steps: str) -> bool:
        """Is the room at this activity, in one of these steps?"""
        return self.workshop.activity_id == self.id and self.workshop.step in steps


class Participant(Model):
    """A person in the room, known by a cookie, a link and a short code; never by an account."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("workshop_id", "personal_code"),
        Index(None, "workshop_id", "id"),
        Index(None, "workshop_id", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"))
    number: Mapped[int]
    """Counts from 1 in each workshop: the pseudonym in documents."""
    name: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(unique=True)
    personal_code: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(Moment, default=now)

    workshop: Mapped[Workshop] = relationship()

    @classmethod
    def join(cls, workshop_id: int, name: str = "", token: str | None = None) -> str:
        """Add a person; gives the token. A token made before (a retry, a double tap) is the same person's again.

        A whole hall comes in within a minute: three short statements and no object.
        """
        db.session.flush()
        connection = db.session.connection()
        held_at = connection.scalar(_WHERE_TOKEN, {"token": token}) if token else None
        if token and held_at == workshop_id:
            return token
        token = secrets.token_urlsafe(16) if held_at or not token else token
        number = (connection.scalar(_LAST_NUMBER, {"workshop": workshop_id}) or 0) + 1
        about = {"workshop_id": workshop_id, "number": number, "name": name, "joined_at": now()}
        connection.execute(_ADD_PERSON, {**about, "token": token, "personal_code": _free_code(workshop_id)})
        return token

    @classmethod
    def by_token(cls, token: str) -> Participant | None:
        return db.session.scalar(_BY_TOKEN, {"token": token})

    @classmethod
    def by_personal_code(cls, workshop: Workshop, code: str) -> Self | None:
        wanted = "".join(code.upper().split())
        return db.session.scalar(select(cls).where(cls.workshop_id == workshop.id, cls.personal_code == wanted))


def tidy_code(code: str) -> str:
    """A join code as it is kept, however it was typed."""
    return "".join(code.upper().split()).replace("-", "")


def new_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _free_code(workshop_id: int) -> str:
    code = new_code(PERSONAL_CODE_LENGTH)
    taken = db.session.connection().scalar(_WHOSE_CODE, {"workshop": workshop_id, "code": code})
    return _free_code(workshop_id) if taken else code


# What every phone asks for is put together once: that costs more than asking.
_BY_CODE = (
    select(Workshop)
    .where(Workshop.code == bindparam("code"), Workshop.deleted_at.is_(None))
    .options(lazyload(Workshop.neighbourhood), lazyload(Workshop.project))
)
_BY_TOKEN = select(Participant).where(Participant.token == bindparam("token"))
_HEAD_COUNT = select(func.count(Participant.id)).where(Participant.workshop_id == bindparam("workshop"))
_WHERE_TOKEN = select(Participant.workshop_id).where(Participant.token == bindparam("token"))
_LAST_NUMBER = select(func.max(Participant.number)).where(Participant.workshop_id == bindparam("workshop"))
_WHOSE_CODE = select(Participant.id).where(
    Participant.workshop_id == bindparam("workshop"), Participant.personal_code == bindparam("code")
)
_ADD_PERSON: Any = insert(Participant.__table__)  # type: ignore[arg-type]
