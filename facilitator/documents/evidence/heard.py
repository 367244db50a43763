"""A workshop as documents hear it: each activity with what was said in it and what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from facilitator.extensions import db
from facilitator.methods import tally
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.synthesis.models import Theme as Cluster
from facilitator.workshop.models import Activity, Participant, Workshop


def listen(workshop: Workshop) -> list[Heard]:
    """The workshop's activities in order, each with what the wall shows of it."""
    found = [(each, Statement.of(each, SHOWN) if each.is_heard else []) for each in workshop.activities]
    several = sum(bool(statements) for _activity, statements in found) > 1
    return [
        _heard(activity, f"{place}-" if several else "", statements)
        for place, (activity, statements) in enumerate(found, 1)
    ]


def _heard(activity: Activity, place: str, statements: Sequence[Statement]) -> Heard:
    if not activity.is_heard:
        return Heard(activity, place, [], [], [])
    return Heard(activity, place, statements, Cluster.of(activity), activity.rounds())


def people_of(workshop: Workshop) -> dict[int, Participant]:
    found = db.session.scalars(select(Participant).where(Participant.workshop_id == workshop.id))
    return {person.id: person for person in found}


def narrowed(heard: Sequence[Heard], themes: frozenset[int] | None) -> list[Heard]:
    """What belongs to these themes alone, without activities that have none of them; with None all of it."""
    if themes is None:
        return list(heard)
    return [each.within(themes) for each in heard if any(cluster.id in themes for cluster in each.clusters)]


@dataclass(frozen=True)
class Heard:
    """One activity with what was said and counted in it."""

    activity: Activity
    place: str
    """Stands before the ideas' numbers where several activities each count from 1."""
    statements: Sequence[Statement]
    clusters: Sequence[Cluster]
    rounds: Sequence[tally.Round]
    whole: Heard | None = None
    """Where this is a part of an activity: all of it."""

    def within(self, themes: frozenset[int]) -> Heard:
        """The same of these themes alone: their ideas, the dots that were given to them, and by whom."""
        clusters = [each for each in self.clusters if each.id in themes]
        statements = [each for each in self.statements if each.theme_id in themes]
        of: dict[str, set[Any]] = {"themes": {each.id for each in clusters}, "ideas": {each.id for each in statements}}
        rounds = [self._round_within(each, of[each.on]) for each in self.rounds]
        return Heard(self.activity, self.place, statements, clusters, rounds, self)

    def _round_within(self, round_: tally.Round, targets: set[Any]) -> tally.Round:
        lines = [line for line in round_.lines if line.target in targets]
        phones = {person for target in targets for person in self.ballots[round_.number].get(target, ())}
        voters = len(phones) + self._by_hand(round_, targets)
        return replace(round_, lines=lines, voters=voters, dots=sum(line.dots for line in lines))

    def _by_hand(self, round_: tally.Round, targets: set[Any]) -> int:
        """Who raised a hand for two ideas can't be told from two people: as many as there are at least."""
        return tally.least_people(each for each in self._hands[round_.number] if each.target in targets)

    @cached_property
    def _hands(self) -> dict[int, list[tally.Count]]:
        return {each.number: self.activity.hands(each.number) for each in self.rounds}

    @property
    def last(self) -> tally.Round | None:
        return self.rounds[-1] if self.rounds else None

    def number(self, statement: Statement) -> str:
        return f"{self.place}{statement.number}"

    def standing_for(self, statement: Statement) -> list[Statement]:
        """Those that say the same and were merged into this one."""
        return self._merged.get(statement.id, [])

    def head(self, statement: Statement) -> Statement | None:
        """The one that stands for this in every list; None where it stands for itself."""
        return self._by_id.get(statement.merged_into_id or "")

    @cached_property
    def _by_id(self) -> dict[str, Statement]:
        return {each.id: each for each in self.statements}

    @cached_property
    def _merged(self) -> dict[str, list[Statement]]:
        merged: dict[str, list[Statement]] = {}
        for each in self.statements:
            if each.merged_into_id:
                merged.setdefault(each.merged_into_id, []).append(each)
        return merged

    def inside(self, cluster_id: int) -> list[Statement]:
        return self._by_cluster.get(cluster_id, [])

    @cached_property
    def _by_cluster(self) -> dict[int | None, list[Statement]]:
        inside: dict[int | None, list[Statement]] = {}
        for statement in self.statements:
            inside.setdefault(statement.theme_id, []).append(statement)
        return inside

    def loose(self) -> list[Statement]:
        known = {cluster.id for cluster in self.clusters}
        return [each for each in self.statements if each.theme_id not in known]

    def given_to(self, cluster_id: int) -> tuple[set[Any], Counter[int]]:
        """What counts for the theme in the last round, and how many dots each phone gave to it."""
        round_ = self.last
        targets: set[Any] = (
            {cluster_id} if round_ and round_.on == "themes" else {each.id for each in self.inside(cluster_id)}
        )
        given = self.ballots.get(round_.number, {}) if round_ else {}
        return targets, Counter(person for target in targets for person in given.get(target, ()))

    @cached_property
    def ballots(self) -> dict[int, dict[Any, list[int]]]:
        """By round and target: who gave a dot, as often as dots were given."""
        if self.whole:
            return {each.number: self._mine(self.whole.ballots[each.number], each) for each in self.rounds}
        counted: dict[int, dict[Any, list[int]]] = {}
        for round_ in self.rounds:
            on = counted.setdefault(round_.number, {})
            for person, target in self.activity.ballots(round_.number):
                on.setdefault(target, []).append(person)
        return counted

    def _mine(self, ballots: dict[Any, list[int]], round_: tally.Round) -> dict[Any, list[int]]:
        return {line.target: ballots[line.target] for line in round_.lines if line.target in ballots}

    def voters(self, round_: tally.Round) -> set[int]:
        """The phones that gave dots in this round."""
        return {person for people in self.ballots[round_.number].values() for person in people}

    def dots_on(self, statement: Statement) -> int | None:
        """Also those given to what was merged into it; of what was merged itself there are none."""
        if self.last is None or self.last.on != "ideas" or statement.merged_into_id:
            return None
        return self._dots.get(statement.id, 0)

    @cached_property
    def _dots(self) -> dict[Any, int]:
        return {line.target: line.dots for line in self.last.lines} if self.last else {}

    def vote(self, number: int) -> tally.Round | None:
        return next((each for each in self.rounds if each.number == number), None)

    def standings(self, round_: tally.Round | None) -> dict[Any, tally.Line]:
        """The themes in order of their dots; of their ideas' dots, or of their ideas, where themes weren't voted on.

        A part keeps the places that it has in the whole.
        """
        if self.whole:
            every = self.whole.standings(self.whole.vote(round_.number) if round_ else None)
            return {target: line for target, line in every.items() if any(each.id == target for each in self.clusters)}
        if round_ is not None and round_.on == "themes":
            lines: Sequence[tally.Line] = [
                line for line in round_.lines if line.target in {each.id for each in self.clusters}
            ]
        else:
            lines = tally.ranked(self._gathered(cluster, round_) for cluster in self.clusters)
        return {line.target: line for line in lines}

    def _gathered(self, cluster: Cluster, round_: tally.Round | None) -> tally.Line:
        ideas = {each.id for each in self.inside(cluster.id)}
        if round_ is None:
            return tally.Line(cluster.id, dots=len(ideas))
        given = self.ballots[round_.number]
        phones = {person for idea in ideas for person in given.get(idea, ())}
        dots = sum(line.dots for line in round_.lines if line.target in ideas)
        return tally.Line(cluster.id, dots, len(phones) + self._by_hand(round_, ideas))
