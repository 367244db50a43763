"""How far a room agrees where each idea belongs, from what its people proposed: one voice for each person and idea.

An idea is agreed when at least FEWEST people proposed something for it and at least two thirds of them the same theme.
"None of these" is a voice like any other, but nothing is ever agreed into it. The result advises, it decides nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

FEWEST = 3
"""People who must have said something about an idea before it says anything."""
SHARE = (2, 3)
"""The least part of them that must say the same, as a fraction: decimals would round 2 of 3 away."""
Theme = int | None
"""None stands for "none of these"."""


@dataclass(frozen=True)
class Agreement:
    """What was proposed for one idea."""

    split: tuple[tuple[Theme, int], ...]
    """(theme, people) of each theme proposed, the most first; equals in the order of their numbers, None last."""

    @property
    def voices(self) -> int:
        """How many people proposed something."""
        return sum(people for _theme, people in self.split)

    @property
    def votes(self) -> int:
        """How many of them proposed the leading one."""
        return self.split[0][1] if self.split else 0

    @property
    def leading(self) -> Theme:
        """The theme most often proposed; None where that is "none of these", a tie, or nothing at all."""
        return self.split[0][0] if self.split and not self.is_tied else None

    @property
    def is_tied(self) -> bool:
        """Do two or more share the most voices?"""
        return len(self.split) > 1 and self.split[1][1] == self.votes

    @property
    def share(self) -> float:
        """Part of the voices that the most often proposed has, 0 to 1."""
        return self.votes / self.voices if self.split else 0.0

    @property
    def is_heard(self) -> bool:
        """Have enough people said something?"""
        return self.voices >= FEWEST

    @property
    def is_agreed(self) -> bool:
        """Do enough of enough people say the same theme?"""
        least, of = SHARE
        return self.is_heard and self.leading is not None and of * self.votes >= least * self.voices


NOTHING = Agreement(())


def agreements(counted: Iterable[tuple[Hashable, Theme, int]], heirs: Mapping[int, int]) -> dict[Hashable, Agreement]:
    """The agreement on each idea, from (idea, theme proposed, people).

    `heirs`: the theme that now stands for each theme; one that has none is gone, and so is what was proposed for it.
    """
    votes: dict[Hashable, Counter[Theme]] = defaultdict(Counter)
    for idea, theme, people in counted:
        if theme is None or theme in heirs:
            votes[idea][None if theme is None else heirs[theme]] += people
    return {idea: Agreement(tuple(sorted(given.items(), key=_most_first))) for idea, given in votes.items()}


def _most_first(given: tuple[Theme, int]) -> tuple[int, bool, int]:
    theme, people = given
    return -people, theme is None, theme or 0
