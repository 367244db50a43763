"""Everything of a workshop as plain tables: for people who count again, and for the next program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from facilitator.documents.evidence.heard import Heard, listen, people_of
from facilitator.synthesis.models import Statement, Theme
from facilitator.web.text import mask, mask_name
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.models import Activity, Workshop

Row = dict[str, Any]


def everything(workshop: Workshop) -> dict[str, list[Row]]:
    """Workshop, agenda, people, ideas, themes, dots and results. People are numbers and masked names."""
    heard = list(enumerate(listen(workshop), 1))
    activities = [(place, each.activity) for place, each in heard]
    said = [(place, activity) for place, activity in activities if activity.is_heard]
    people = {person.id: person.number for person in people_of(workshop).values()}
    common: dict[str, list[Row]] = {
        "workshop": [_workshop(workshop)],
        "agenda": [_activity(place, activity) for place, activity in activities],
        "people": [
            {"person": person.number, "name": mask_name(person.name), "joined": _moment(person.joined_at)}
            for person in people_of(workshop).values()
        ],
        "ideas": [row for place, activity in said for row in _ideas(place, Statement.of(activity), people)],
        "themes": [_theme(place, theme) for place, activity in said for theme in Theme.of(activity)],
        "results": [row for place, each in heard for row in _results(place, each)],
        "dots": [row for place, each in heard for row in _dots(place, each, people)],
    }
    return common | _of_kinds(activities)


def _of_kinds(activities: list[tuple[int, Activity]]) -> dict[str, list[Row]]:
    """The tables that kinds have of their own; those of one name follow each other."""
    sheets: dict[str, list[Row]] = {}
    for place, activity in activities:
        for name, rows in activity.sheets().items():
            sheets.setdefault(name, []).extend({"activity": place, **row} for row in rows)
    return sheets


def _workshop(workshop: Workshop) -> Row:
    place, project = workshop.home, workshop.project
    return {
        "title": workshop.title,
        "purpose": workshop.purpose,
        "place": workshop.place,
        "when": _moment(workshop.starts_at),
        "neighbourhood": place.name if place else "",
        "project": project.name if project else "",
        "people": workshop.head_count(),
    }


def _activity(place: int, activity: Activity) -> Row:
    return {"activity": place, "kind": activity.kind, "title": activity.title, "instruction": activity.instruction}


def _ideas(place: int, statements: Sequence[Statement], people: dict[int, int]) -> Iterator[Row]:
    """Every original; what was merged says into which."""
    numbers = {each.id: each.number for each in statements}
    for each in statements:
        yield {**_idea(place, each, people), "merged into": numbers.get(each.merged_into_id or "", "")}


def _idea(place: int, statement: Statement, people: dict[int, int]) -> Row:
    return {
        "activity": place,
        "idea": statement.number,
        "text": mask(statement.text),
        "theme": statement.theme.name if statement.theme and not statement.theme.deleted_at else "",
        "person": people.get(statement.participant_id or 0, ""),
        "source": statement.source,
        "status": statement.status,
        "photo": "yes" if statement.photo else "",
        "when": _moment(statement.created_at),
    }


def _theme(place: int, theme: Theme) -> Row:
    return {
        "activity": place,
        "name": theme.name,
        "english": theme.name_en,
        "colour": theme.colour,
        "ideas": len(theme.statements()),
    }


def _results(place: int, heard: Heard) -> Iterator[Row]:
    names = _names(heard)
    for round_ in heard.rounds:
        for line in round_.lines:
            by_source = {source: line.sources.get(source, 0) for source in ("phone", "helper", "paper", "hands")}
            yield {
                "activity": place,
                "round": round_.number,
                "on": round_.on,
                "what": names.get(line.target, ""),
                "rank": line.rank,
                "tied": "yes" if line.tied else "",
                "dots": line.dots,
                "voters": line.voters,
                **by_source,
            }


def _dots(place: int, heard: Heard, people: dict[int, int]) -> Iterator[Row]:
    names = _names(heard)
    for number, ballots in heard.ballots.items():
        for target, voters in ballots.items():
            what = names.get(target, "")
            yield from (
                {"activity": place, "round": number, "person": people.get(person, ""), "what": what}
                for person in voters
            )


def _names(heard: Heard) -> dict[Any, str]:
    themes: dict[Any, str] = {cluster.id: cluster.name for cluster in heard.clusters}
    return themes | {each.id: f"#{each.number} {each.public_text}" for each in heard.statements}


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(TOWN_TIME).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
