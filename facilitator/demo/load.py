"""Loads the town of 高境 and its evenings, each once; what is there already stays as it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from facilitator.accounts.models import SECRETARIAT, Staff, hash_password
from facilitator.demo import board, cafe, competition, earlier
from facilitator.demo.plan import Plan, content
from facilitator.disk import write_whole
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood, Project
from facilitator.workshop.models import Workshop

EMAIL = "demo@facilitator.example"
EVENINGS: dict[str, Callable[[Plan, Staff], None]] = {
    "board": board.add,
    "cafe": cafe.add,
    "competition": competition.add,
    "earlier": earlier.add,
}
"""Name of a plan beside this file → what puts it into the database."""


def load(app: Flask) -> list[str]:
    """Load what is missing; gives the lines that tell the terminal how to get in."""
    password = _password(app.config["SETTINGS"].data)
    plans = {name: content(name) for name in EVENINGS}
    staff = Staff.by_email(EMAIL) or _add_staff(password)
    for name, plan in plans.items():
        if not _was_there(plan["code"]):
            _add_town(content("town"))
            EVENINGS[name](plan, staff)
            db.session.commit()
    return _ways_in(app, [plan["code"] for plan in plans.values()], password)


def _password(folder: Path) -> str:
    """Made on the first start and kept beside the database, so that each start can show it."""
    path = folder / "demo_password"
    if not path.exists():
        write_whole(path, secrets.token_urlsafe(9).encode(), mode=0o600)
    return path.read_text(encoding="utf-8").strip()


def _add_staff(password: str) -> Staff:
    staff = Staff(email=EMAIL, name="小聚", role=SECRETARIAT, password_hash=hash_password(password))
    db.session.add(staff)
    return staff


def _was_there(code: str) -> bool:
    """Also if it was deleted since: nobody wants it back by starting again."""
    return db.session.scalar(select(Workshop.id).where(Workshop.code == code)) is not None


def _add_town(town: Plan) -> None:
    known = {each.name: each for each in db.session.scalars(select(Neighbourhood))}
    for row in town["neighbourhoods"]:
        known.setdefault(row["name"], Neighbourhood(**row))
    db.session.add_all(known.values())
    for row in town["projects"]:
        about = {key: value for key, value in row.items() if key != "neighbourhood"}
        place = known[row["neighbourhood"]]
        if about["name"] not in {project.name for project in place.projects}:
            db.session.add(Project(neighbourhood=place, **about))
    db.session.flush()


def _ways_in(app: Flask, codes: list[str], password: str) -> list[str]:
    address = app.config["PUBLIC_URL"]
    lines = ["", f"Staff sign-in    {address}/sign-in", f"                 {EMAIL}   {password}"]
    for workshop in filter(None, map(Workshop.by_code, codes)):
        lines += [
            "",
            workshop.title,
            f"Console          {address}/workshops/{workshop.id}/console",
            f"Projector        {address}/screen/{workshop.screen_token}",
            f"Phones           {address}/j/{workshop.code}",
        ]
    return lines
