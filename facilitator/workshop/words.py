"""What templates say about a workshop: dates, clocks, addresses."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime, get_locale

from facilitator.extensions import now
from facilitator.programme.models import Neighbourhood, Project
from facilitator.workshop.agenda import seconds_left
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.models import Workshop
from facilitator.workshop.qr import join_address, public, svg


def init_app(app: Flask) -> None:
    app.add_template_filter(moment, "moment")
    app.add_template_filter(day, "day")
    app.add_template_filter(clock, "clock")
    app.add_template_filter(named, "named")
    for helper in (seconds_left, join_address, svg, public, short_address, timer_end, server_now):
        app.add_template_global(helper, helper.__name__)


def moment(value: datetime | None) -> str:
    """23 November 2026, 14:00, in the town's time."""
    if value is None:
        return ""
    pattern = "d MMMM yyyy, HH:mm" if str(get_locale()) == "en" else "yyyy年M月d日 HH:mm"
    return str(format_datetime(value.astimezone(TOWN_TIME), pattern, rebase=False))


def day(iso: str) -> str:
    """23 November 2026, of an ISO date."""
    pattern = "d MMMM yyyy" if str(get_locale()) == "en" else "yyyy年M月d日"
    return str(format_date(date.fromisoformat(iso), pattern)) if iso else ""


def named(place: Neighbourhood | Project | None) -> str:
    """The name of a neighbourhood or project in the reader's language, where it has one."""
    if place is None:
        return ""
    return place.name_en or place.name if str(get_locale()) == "en" else place.name


def clock(seconds: int | None) -> str:
    """06:40, and -00:12 once the time ran over."""
    if seconds is None:
        return ""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes:02d}:{rest:02d}"


def timer_end(workshop: Workshop) -> int | None:
    """Milliseconds since 1970 when the running timer ends: the screens count down to it by themselves."""
    return round(workshop.timer_ends_at.timestamp() * 1000) if workshop.timer_ends_at else None


def server_now() -> int:
    """Milliseconds since 1970, so that a phone whose clock is wrong still counts down right."""
    return round(now().timestamp() * 1000)


def short_address(workshop: Workshop) -> str:
    """The address to type, without what every browser adds by itself. The code stands beside it."""
    return public("").removeprefix("http://").removeprefix("https://") if workshop else ""
