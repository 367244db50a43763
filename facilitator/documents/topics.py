"""A paper's themes told once each: those of one name in several activities are one topic, as in `drafts/scope.py`.

Plain data made of plain data, so that papers made earlier have topics too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby, zip_longest
from typing import TypedDict

from facilitator.documents.paper import Paper, Question, Theme

FIRST, MOST = 3, 5
"""How many topics a sentence names, and how many it may name for the sake of a tie."""


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
    voters: int
    """Of each vote, added up."""
    is_voted: bool
    rank: int
    """Its place among the topics of this paper; 1 is first."""
    tied: bool
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
    return _placed([_topic(paper, themes) for themes in same.values()], by_dots(paper))


def by_dots(paper: Paper) -> bool:
    """Do dots rank the topics? Only where every activity with themes was voted on; then those of all votes are added.

    Where one was not, its themes could have got none, and the topics are ranked by what was said: by ideas.
    """
    asked = [question for question in paper["questions"] if question["themes"]]
    return all(each["votes"] for each in asked) and any(theme["dots"] for each in asked for theme in each["themes"])


def strongest(paper: Paper) -> list[Topic]:
    """The first place first; those that are tied in the agenda's order, as everywhere."""
    return sorted(topics(paper), key=lambda topic: topic["rank"])


def leading(paper: Paper, first: int = FIRST, most: int = MOST) -> list[Topic]:
    """About the first places. Those that are tied come together: all of them, or none where that would be too many."""
    dots = by_dots(paper)
    found: list[Topic] = []
    for _rank, tied in groupby(strongest(paper), key=lambda topic: topic["rank"]):
        more = [*found, *tied]
        if len(found) >= first or len(more) > most or not _weight(more[-1], dots)[0]:
            break
        found = more
    return found


def _placed(topics: Sequence[Topic], dots: bool) -> list[Topic]:
    weights = [_weight(topic, dots) for topic in topics]
    return [
        {**topic, "rank": 1 + sum(other > weight for other in weights), "tied": weights.count(weight) > 1}
        for topic, weight in zip(topics, weights, strict=True)
    ]


def _weight(topic: Topic, dots: bool) -> tuple[int, int]:
    """What a place goes by, as in `methods/tally.py`: dots, then people; where nothing was voted, ideas."""
    return (topic["dots"], topic["voters"]) if dots else (topic["ideas"], 0)


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
        voters=sum(theme["voters"] or 0 for theme in themes),
        rank=0,
        tied=False,
        is_voted=any(question["votes"] for question, _theme in found),
        quotes=_in_turn([theme.get("quotes", []) for theme in themes]),
    )


def _in_turn(lists: Sequence[Sequence[str]]) -> list[str]:
    return [number for number in chain.from_iterable(zip_longest(*lists)) if number]
