"""Where the room is, and how it moves on. The only state machine.

A workshop starts in its lobby, goes through every step of every activity, and ends in the closing. Each command names
the picture it was given on (`moves`): pressed twice, or by two facilitators at once, it moves the room one step only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm.util import identity_key

from facilitator.extensions import db, now
from facilitator.workshop.models import Activity, Step, Workshop

LOBBY = Step("lobby", _("Arriving"))
CLOSING = Step("closing", _("Closing"))


@dataclass(frozen=True)
class Stop:
    """One place the room can be."""

    activity: Activity | None
    step: Step

    @property
    def key(self) -> str:
        return f"{self.activity.id if self.activity else 0}-{self.step.key}"

    @property
    def title(self) -> Any:
        return self.step.title


def stops(workshop: Workshop) -> list[Stop]:
    inside = [Stop(activity, step) for activity in workshop.activities for step in activity.steps()]
    return [Stop(None, LOBBY), *inside, Stop(None, CLOSING)]


def here(workshop: Workshop) -> Stop:
    """Where the room is; if that was taken out of the agenda meanwhile, the nearest place before it."""
    return _standing(workshop) or _nearest(workshop, stops(workshop))


def beside(workshop: Workshop, distance: int) -> Stop | None:
    """The stop so many places on (or back); None past the ends."""
    return neighbour(stops(workshop), here(workshop), distance)


def neighbour(every: list[Stop], stop: Stop, distance: int) -> Stop | None:
    """Of all these stops the one so many places on (or back) from this one."""
    wanted = [each.key for each in every].index(stop.key) + distance
    return every[wanted] if 0 <= wanted < len(every) else None


def move(workshop: Workshop, key: str, moves: int) -> bool:
    """Take the room to a stop, if nobody moved it since `moves`. False when nothing happened."""
    stop = next((each for each in stops(workshop) if each.key == key), None)
    if stop is None or moves != workshop.moves or stop.key == here(workshop).key:
        return False
    workshop.activity_id = stop.activity.id if stop.activity else None
    workshop.step = stop.step.key
    workshop.moves += 1
    workshop.paused = workshop.locked = workshop.show_code = False
    start_timer(workshop, stop.step.minutes * 60)
    if stop.activity:
        stop.activity.arrive(stop.step.key)
    return True


def start_timer(workshop: Workshop, seconds: int) -> None:
    """Run down from so many seconds; 0 takes the timer away."""
    workshop.timer_left = None
    workshop.timer_ends_at = now() + timedelta(seconds=seconds) if seconds else None


def add_time(workshop: Workshop, seconds: int) -> None:
    """Give the step more time, also after it ran out and also while the timer stands still."""
    if workshop.timer_left is not None:
        workshop.timer_left = max(0, workshop.timer_left + seconds)
    else:
        start_timer(workshop, seconds + max(0, seconds_left(workshop) or 0))


def seconds_left(workshop: Workshop) -> int | None:
    """Seconds on the timer, negative once it ran over; None without a timer."""
    if workshop.timer_left is not None:
        return workshop.timer_left
    return round((workshop.timer_ends_at - now()).total_seconds()) if workshop.timer_ends_at else None


def pause(workshop: Workshop, paused: bool) -> None:
    """Stop everything for a moment: the timer stands still, phones wait."""
    if paused and not workshop.paused and workshop.timer_ends_at:
        workshop.timer_left = max(0, seconds_left(workshop) or 0)
        workshop.timer_ends_at = None
    elif not paused and workshop.timer_left is not None:
        start_timer(workshop, workshop.timer_left)
    workshop.paused = paused


def _standing(workshop: Workshop) -> Stop | None:
    """Found without reading the whole agenda: every phone asks for it."""
    if workshop.activity_id is None:
        return next((Stop(None, step) for step in (LOBBY, CLOSING) if step.key == workshop.step), None)
    activity = _activity(workshop.activity_id)
    if activity is None or activity.deleted_at or activity.workshop_id != workshop.id:
        return None
    step = activity.step(workshop.step)
    return Stop(activity, step) if step else None


def _activity(number: int) -> Activity | None:
    loaded = db.session().identity_map.get(identity_key(Activity, number))
    return loaded or db.session.scalar(_ACTIVITY, {"number": number})


_ACTIVITY = select(Activity).where(Activity.id == bindparam("number"))


def _nearest(workshop: Workshop, every: list[Stop]) -> Stop:
    same_activity = [stop for stop in every if stop.activity and stop.activity.id == workshop.activity_id]
    gone = db.session.get(Activity, workshop.activity_id or 0)
    before = [stop for stop in every if gone and stop.activity and stop.activity.position < gone.position]
    return next(iter(same_activity), [every[0], *before][-1])
