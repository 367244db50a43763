"""A design competition for tests: entries, judges and scores written through the models, the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facilitator.activities.competition import rubrics, scoring
from facilitator.activities.competition.entries import Entry, Picture
from facilitator.activities.competition.judges import Judge, Judgement, Score
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.rubric import Criterion
from facilitator.extensions import db, now
from facilitator.synthesis.models import new_id
from facilitator.voting.dots import Dot
from facilitator.workshop.models import Participant

TEAMS = ("竹影工作室", "青苔小队", "三号楼的邻居", "Corner Lab", "南窗")
TITLES = ("紫竹口袋花园", "会发光的坡道", "楼道里的客厅", "A bench for everybody", "屋檐下的书角")
OFFICES = ("建筑师", "居民代表", "社区规划师", "Landscape architect", "街道代表")


@dataclass(frozen=True)
class Filled:
    """Ids of what was put into a competition, in the order of the numbers."""

    entries: list[str]
    judges: list[int]
    criteria: list[int]


def new_competition(app: Any, workshop: Any, **settings: Any) -> int:
    """A competition without criteria at the end of the agenda; `title` and `instruction` beside its settings."""
    about = {name: settings.pop(name) for name in ("title", "instruction") if name in settings}
    about = {"title": "Final", "instruction": "Which scheme shall be built?", **about}
    with app.app_context():
        made = Competition(workshop_id=workshop.id, settings=settings, state={}, **about)
        db.session.add(made)
        db.session.commit()
        return made.id


def fill(
    app: Any,
    activity_id: int,
    entries: int = 5,
    judges: int = 4,
    criteria: int = 3,
    *,
    scored: bool = True,
    photos: Iterable[str] = (),
) -> Filled:
    """Put entries, judges and the first criteria of the ready rubrics in; every judge scores everything.

    `photos`: names of files in the folder of photos, which each entry shows, the first of them before and after.
    """
    with app.app_context():
        here = db.session.get_one(Competition, activity_id)
        rows = [row for name in ("renewal", "garden", "corridor") for row in rubrics.criteria(name)]
        for position, row in enumerate((rows * criteria)[:criteria]):
            db.session.add(Criterion(activity_id=here.id, **_columns(row), position=position))
        db.session.flush()
        hung = [_entry(here, number, tuple(photos)) for number in range(entries)]
        invited = [
            Judge.invite(here, f"评委{number + 1}号", OFFICES[number % len(OFFICES)]) for number in range(judges)
        ]
        by = Criterion.of(here)
        if scored:
            for e, entry in enumerate(hung):
                for j, judge in enumerate(invited):
                    for k, criterion in enumerate(by):
                        points = points_of(here, e, j, k, entries)
                        about = {"judge_id": judge.id, "entry_id": entry.id, "criterion_id": criterion.id}
                        db.session.add(Score(points=points, **about))
        db.session.commit()
        return Filled([each.id for each in hung], [each.id for each in invited], [each.id for each in by])


def points_of(competition: Competition, entry: int, judge: int, criterion: int, entries: int) -> int:
    """What `fill` lets a judge give, all counted from 0: in hundredths, on the competition's scale."""
    values = competition.scale.values()
    below = (len(values) - 6) * ((7 * entry + 2) % entries) // entries + judge % 3 + (entry * judge + criterion) % 3
    return values[max(0, len(values) - 1 - below)]


def give(app: Any, judge_id: int, entry_id: str, criterion_id: int, points: int | None) -> None:
    """Let one score be this, in hundredths."""
    with app.app_context():
        about = {"judge_id": judge_id, "entry_id": entry_id, "criterion_id": criterion_id}
        row = db.session.query(Score).filter_by(**about).one_or_none() or Score(**about)
        row.points = points
        db.session.add(row)
        db.session.commit()


def say(
    app: Any, judge_id: int, entry_id: str, *, recused: bool = False, abstained: bool = False, note: str = ""
) -> None:
    """A recusal, an abstention or a private note."""
    with app.app_context():
        row = Judgement.one(db.session.get_one(Judge, judge_id), db.session.get_one(Entry, entry_id))
        row.recused_at, row.abstained_at = (now() if each else None for each in (recused, abstained))
        row.note = note
        db.session.commit()


def vote(app: Any, activity_id: int, people: Iterable[Any], dots: Mapping[str, int]) -> None:
    """Dots on entries, by the entry's id; person after person places one."""
    with app.app_context():
        voters = [db.session.get_one(Participant, person.id) for person in people]
        for entry_id, many in dots.items():
            for number in range(many):
                about = {"activity_id": activity_id, "participant_id": voters[number % len(voters)].id, "round": 1}
                db.session.add(Dot(id=new_id(), statement_id=entry_id, **about))
        db.session.commit()


def lock(app: Any, activity_id: int, staff_id: int) -> None:
    """Lock every judge; the rules stand."""
    with app.app_context():
        scoring.lock_all(db.session.get_one(Competition, activity_id), staff_id)
        db.session.commit()


def reveal(app: Any, activity_id: int, places: int | None = None) -> None:
    """Show so many places to the room; without a number all of them."""
    with app.app_context():
        here = db.session.get_one(Competition, activity_id)
        for _ in range(len(here.award_places()) if places is None else places):
            here.reveal("award", more=True)
        db.session.commit()


def _entry(competition: Competition, number: int, photos: tuple[str, ...]) -> Entry:
    title = TITLES[number] if number < len(TITLES) else f"方案{number + 1}"
    entry = Entry.add(
        competition,
        title,
        team=TEAMS[number % len(TEAMS)],
        neighbourhood="共和九村",
        site=f"{number + 1}号楼前",
        about="把没人走的角落变成大家都愿意停下来的地方。",
    )
    for position, photo in enumerate(photos):
        side = ("before", "after", "")[min(position, 2)]
        db.session.add(Picture(entry_id=entry.id, photo=photo, thumb=photo, side=side, position=position))
    db.session.flush()
    db.session.expire(entry, ["pictures"])
    entry.show_cover()
    return entry


def _columns(criterion: Criterion) -> dict[str, Any]:
    names = ("name", "name_en", "weight")
    return {"anchors": dict(criterion.anchors), **{name: getattr(criterion, name) for name in names}}
