"""A paper's themes told once each: those of one name in several activities are one topic, as in `drafts/scope.py`.

Plain data made of plain data, so that papers made earlier have topics too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import TypedDict

from facilitator.documents.paper import Paper, Question, Theme


class Topic(TypedDict):
    id: int
    """Of its first theme."""
    evidence: str
    """What its figures can be followed by: theme-12, or topic-12 where several themes were added up."""
    name: str
    name_en: str
    colour: int
    ideas: int
    people: int
    """Each counted once, in however many activities."""
    dots: int
    is_voted: bool
    quotes: list[str]


def key_of(name: str) -> str:
    """The same for names that mean one topic."""
    return " ".join(name.split()).casefold()


def topics(paper: Paper) -> list[Topic]:
    """In the agenda's order."""
    same: dict[str, list[tuple[Question, Theme]]] = {}
    for question in paper["questions"]:
        for theme in question["themes"]:
            same.setdefault(key_of(theme["name"]), []).append((question, theme))
    return [_topic(paper, found) for found in same.values()]


def by_dots(paper: Paper) -> bool:
    """Do dots rank the topics? Only where every activity with themes was voted on; then those of all votes are added.

    Where one was not, its themes could have got none, and the topics are ranked by what was said: by ideas.
    """
    return all(question["votes"] for question in paper["questions"] if question["themes"])


def strongest(paper: Paper) -> list[Topic]:
    """The first place first."""
    return sorted(topics(paper), key=lambda topic: _weight(topic, by_dots(paper)), reverse=True)


def leading(paper: Paper, most: int = 3) -> list[Topic]:
    """The first places; ties at the edge are kept whole."""
    ordered, dots = strongest(paper), by_dots(paper)
    edge = _weight(ordered[:most][-1], dots) if ordered else (0, 0)
    return [topic for topic in ordered if _weight(topic, dots) >= edge]


def _weight(topic: Topic, dots: bool) -> tuple[int, int]:
    return (topic["dots"], topic["ideas"]) if dots else (topic["ideas"], topic["dots"])


def _topic(paper: Paper, found: Sequence[tuple[Question, Theme]]) -> Topic:
    themes = [theme for _question, theme in found]
    first, ids = themes[0], {theme["id"] for theme in themes}
    return Topic(
        id=first["id"],
        evidence=f"{'theme' if len(themes) == 1 else 'topic'}-{first['id']}",
        name=first["name"],
        name_en=next((theme["name_en"] for theme in themes if theme["name_en"]), ""),
        colour=first["colour"],
        ideas=sum(theme["ideas"] for theme in themes),
        people=len({idea["person"] for idea in paper["ideas"] if idea["theme"] in ids and idea["person"]}),
        dots=sum(theme["dots"] for theme in themes),
        is_voted=any(question["votes"] for question, _theme in found),
        quotes=_in_turn([theme.get("quotes", []) for theme in themes]),
    )


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    return [number for number in chain.from_iterable(zip_longest(*lists)) if number]
