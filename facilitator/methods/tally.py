"""Counting dots: dots and distinct voters, ranks with ties shown as ties, the shift between two rounds.

Source: dot voting as in Dotmocracy, with the caution of Diceman (2010):
the result narrows a choice, it decides nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Line:
    """One thing that could be voted for."""

    target: Hashable
    dots: int = 0
    voters: int = 0
    """Distinct people; of paper and raised hands the number that was entered."""
    rank: int = 0
    """1 is first; equals share a rank and the next one is skipped (1, 2, 2, 4)."""
    tied: bool = False
    sources: Mapping[str, int] = field(default_factory=dict)
    """Dots by source: phone, helper, paper, hands."""
    shift: int | None = None
    """Dots more (or fewer) than in the round before; None in the first."""


@dataclass(frozen=True)
class Round:
    """One vote as it was counted."""

    key: str
    number: int
    on: str
    """What was voted on: ideas or themes."""
    lines: Sequence[Line]
    voters: int
    dots: int


@dataclass(frozen=True)
class Count:
    """Dots from paper or raised hands, counted by a person."""

    target: Hashable
    source: str
    dots: int
    voters: int


def count(
    targets: Iterable[Hashable], dots: Iterable[tuple[Hashable, Hashable]], counted: Iterable[Count] = ()
) -> list[Line]:
    """Lines ranked by dots, then by distinct voters; same dots and same voters is a tie.

    `targets`: all that could be voted for, in the order in which ties are to be listed.
    `dots`: (voter, target) for each dot; targets not listed are left out.
    """
    given: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for voter, target in dots:
        given[target][voter] += 1
    by_hand: dict[Hashable, list[Count]] = defaultdict(list)
    for entry in counted:
        by_hand[entry.target].append(entry)
    return ranked([_line(target, given[target], by_hand[target]) for target in targets])


def ranked(lines: Iterable[Line]) -> list[Line]:
    """The lines in order of their result, with ranks and ties set."""
    ordered = sorted(lines, key=lambda line: (-line.dots, -line.voters))
    scores = [(line.dots, line.voters) for line in ordered]
    often = Counter(scores)
    first = {score: position for position, score in reversed(list(enumerate(scores, 1)))}
    return [
        replace(line, rank=first[score], tied=often[score] > 1) for line, score in zip(ordered, scores, strict=True)
    ]


def shifted(lines: Iterable[Line], before: Iterable[Line]) -> list[Line]:
    """The lines with their shift against an earlier round; what wasn't there then started from nothing."""
    earlier = {line.target: line.dots for line in before}
    return [replace(line, shift=line.dots - earlier.get(line.target, 0)) for line in lines]


def least_people(counted: Iterable[Count]) -> int:
    """How many people stand at least behind what was counted by hand: a raised hand doesn't say whose it was.

    Of each source the most that were seen at once, since the same person may have voted for several lines. What was
    merged is one line, whose people are added up.
    """
    on_line: dict[tuple[str, Hashable], int] = defaultdict(int)
    for entry in counted:
        on_line[entry.source, entry.target] += entry.voters
    most: dict[str, int] = defaultdict(int)
    for (source, _target), voters in on_line.items():
        most[source] = max(most[source], voters)
    return sum(most.values())


def places(lines: Sequence[Line], most: int) -> list[int]:
    """Ranks to reveal one after the other, from the last to the first; equals come together.

    Only what got a dot has a place, and at most about `most` of them (a tie at the edge is shown whole).
    """
    return sorted({line.rank for line in lines if line.dots and line.rank <= most}, reverse=True)


def _line(target: Hashable, by_voter: Counter[Hashable], by_hand: list[Count]) -> Line:
    sources: Counter[str] = Counter({"phone": by_voter.total()} if by_voter else {})
    for entry in by_hand:
        sources[entry.source] += entry.dots
    return Line(target, sources.total(), len(by_voter) + sum(entry.voters for entry in by_hand), sources=dict(sources))
