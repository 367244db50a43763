"""Suggested themes over one activity or several: gathered, asked for, and taken. What was placed by hand stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from facilitator.synthesis.models import Statement, Theme
from facilitator.synthesis.names import Names, key
from facilitator.synthesis.sorting import sorting
from facilitator.synthesis.thinking import SuggestedTheme, suggested
from facilitator.workshop.models import Activity, Workshop

LONGEST_NAME = 24
FEWEST = 5
"""Loose ideas below which there is nothing to suggest."""
FEWEST_LIKE = 2
"""Ideas of a theme elsewhere below which it isn't known what it is about."""


class Part(NamedTuple):
    """Ideas that somebody has put together by hand: where, and under which name."""

    where: str
    name: str
    ideas: Sequence[Statement]


@dataclass(frozen=True)
class Group:
    """Loose ideas that seem to belong together, or to a theme that is there already."""

    number: int
    name: str
    keywords: list[str]
    ideas: list[Statement]
    themes: list[Theme] = field(default_factory=list)
    """What it belongs to: the theme of that name in each activity that has it."""
    elsewhere: str = ""
    """The activity that has a theme like it, whose name is proposed."""
    parts: Sequence[Part] = ()
    """What it is made of, where tables have grouped for themselves."""

    @property
    def other_name(self) -> str:
        """Its keywords as a name, as many as fit, if it isn't called so already."""
        words = in_words(self.keywords)
        return words if words != self.name else ""


@dataclass(frozen=True)
class Grouped:
    groups: list[Group]
    unsorted: list[Statement]
    is_poor: bool
    """The language model is missing."""
    placed: int = 0
    """Ideas that have a theme already."""

    @property
    def is_few(self) -> bool:
        return self.loose < FEWEST

    @property
    def taken(self) -> int:
        return sum(len(group.ideas) for group in self.groups)

    @property
    def loose(self) -> int:
        return len(self.unsorted) + self.taken


class Wanted(NamedTuple):
    """A group as the facilitator takes it."""

    name: str
    ideas: Sequence[str]
    into: Sequence[int] = ()


def grouped(workshop: Workshop, activities: Sequence[Activity], grain: str) -> Grouped:
    """Themes for the loose ideas of these activities together. Raises Refused when nobody answers."""
    ideas = [idea for activity in activities for idea in Statement.on_wall(activity)]
    standing = _by_name(theme for activity in activities for theme in Theme.of(activity))
    number = {theme.id: at for at, themes in enumerate(standing.values()) for theme in themes}
    locked = {place: number[idea.theme_id] for place, idea in enumerate(ideas) if idea.theme_id in number}
    loose = [idea for place, idea in enumerate(ideas) if place not in locked]
    if len(loose) < FEWEST:
        return Grouped([], loose, False, len(locked))
    others = _elsewhere(workshop, activities, standing)
    texts = [[idea.text for idea in said] for _theme, said in others]
    found = suggested([idea.text for idea in ideas], locked, grain, texts)
    groups = [
        _group(each, list(standing.values()), others, [ideas[at] for at in each["members"] if at not in locked])
        for each in found["themes"]
    ]
    groups = [group for group in groups if group.ideas]
    taken = {idea.id for group in groups for idea in group.ideas}
    return Grouped(groups, [idea for idea in loose if idea.id not in taken], found["warning"], len(locked))


def take(workshop: Workshop, activities: Sequence[Activity], groups: Iterable[Wanted]) -> None:
    """Each group becomes a theme of one name and colour in every activity that its ideas are of."""
    themes = {theme.id: theme for activity in activities for theme in Theme.of(activity)}
    loose = {idea.id: idea for each in activities for idea in Statement.on_wall(each) if idea.theme_id not in themes}
    at, names = {activity.id: activity for activity in activities}, Names(workshop, activities)
    for wanted in groups:
        into = {themes[number].activity_id: themes[number] for number in wanted.into if number in themes}
        # Somebody may have placed one of them meanwhile: what was placed by hand stays.
        for idea in [loose.pop(number) for number in wanted.ideas if number in loose]:
            theme = into.get(idea.activity_id) or names.theme(at[idea.activity_id], wanted.name)
            into[idea.activity_id] = theme
            idea.theme_id = theme.id


Others = list[tuple[Theme, list[Statement]]]


def _group(each: SuggestedTheme, standing: list[list[Theme]], others: Others, ideas: list[Statement]) -> Group:
    if each["number"] < len(standing):
        themes = standing[each["number"]]
        return Group(each["number"], themes[0].name, each["keywords"], ideas, themes)
    if each["like"] is not None:
        theme = others[each["like"]][0]
        return Group(each["number"], theme.name, each["keywords"], ideas, elsewhere=theme.activity.title)
    return Group(each["number"], _short(each["title"], each["keywords"]), each["keywords"], ideas)


def _short(title: str, keywords: list[str]) -> str:
    """The idea that says it best, where it is short enough to be a name."""
    return title if len(title) <= LONGEST_NAME or not keywords else in_words(keywords)


def in_words(keywords: Sequence[str]) -> str:
    """The first keywords as a name: as many as fit."""
    names = [" · ".join(keywords[:many]) for many in range(len(keywords), 0, -1)]
    return next((name for name in names if len(name) <= LONGEST_NAME), names[-1][:LONGEST_NAME] if names else "")


def _elsewhere(workshop: Workshop, activities: Sequence[Activity], standing: dict[str, list[Theme]]) -> Others:
    """Themes of the workshop's other activities that are not here yet, each with what it holds."""
    beside = [activity for activity in sorting(workshop) if activity not in activities]
    named = _by_name(theme for activity in beside for theme in Theme.of(activity))
    holds: dict[int, list[Statement]] = defaultdict(list)
    for idea in (idea for activity in beside for idea in Statement.on_wall(activity)):
        holds[idea.theme_id or 0].append(idea)
    every = [(themes[0], list(_all(holds, themes))) for name, themes in named.items() if name not in standing]
    return [(theme, said) for theme, said in every if len(said) >= FEWEST_LIKE]


def _all(holds: dict[int, list[Statement]], themes: list[Theme]) -> Iterator[Statement]:
    for theme in themes:
        yield from holds[theme.id]


def _by_name(themes: Iterable[Theme]) -> dict[str, list[Theme]]:
    named: dict[str, list[Theme]] = defaultdict(list)
    for theme in themes:
        named[key(theme.name)].append(theme)
    return named
