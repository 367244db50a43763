"""What stands behind one figure of a proposal: the ideas, the people (under pseudonyms), the dots."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext as _

from facilitator.documents.evidence.heard import Heard, listen, narrowed, people_of
from facilitator.documents.models import Proposal
from facilitator.documents.topics import key_of
from facilitator.synthesis.models import Statement
from facilitator.synthesis.models import Theme as Cluster
from facilitator.web.text import mask_name
from facilitator.workshop.models import Participant, Workshop

SOURCE_NAMES = {
    "phone": lambda: _("phone"),
    "helper": lambda: _("helper"),
    "paper": lambda: _("paper"),
    "hands": lambda: _("hands"),
}
CHAPTER = "chapter-"
Within = tuple[Heard, Cluster]
"""A theme and the activity in which it is."""


@dataclass(frozen=True)
class Evidence:
    """A table whose rows can be counted: as many as the figure says, or adding up to it."""

    title: str
    figure: int
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    ideas: Sequence[str] = ()
    """Where each row is an idea: its id, in the same order."""


class Source:
    """Finds the evidence of one proposal by the key that its figures carry."""

    def __init__(self, proposal: Proposal) -> None:
        self._workshop: Workshop = proposal.workshop
        self._is_part = bool(proposal.themes)
        self._heard = narrowed(listen(proposal.workshop), proposal.scope())
        self._people = people_of(proposal.workshop)

    def find(self, key: str) -> Evidence:
        plain = {
            "people": self._joined,
            "writers": self._writers,
            "ideas": self._all_ideas,
            "themes": self._themes,
            "dots": self._all_dots,
            "without-phone": self._without_phone,
            "merged": self._merged,
        }
        if key in plain:
            return plain[key]()
        return self._of_chapter(key) if key.startswith(CHAPTER) and not self._is_part else self._of_part(key)

    def _of_chapter(self, key: str) -> Evidence:
        """A kind shows by itself what its own figures are made of."""
        number, _dash, figure = key.removeprefix(CHAPTER).partition("-")
        activity = next((each for each in self._workshop.activities if str(each.id) == number), None) or abort(404)
        trace = activity.evidence(figure) or abort(404)
        return Evidence(trace.title, len(trace.rows), trace.columns, trace.rows)

    def _of_part(self, key: str) -> Evidence:
        found = re.fullmatch(r"(loose|unmarked|round|theme|topic)-(\d+)(?:-(\w+))?", key)
        if not found:
            abort(404)
        kind, number, more = found[1], int(found[2]), found[3] or ""
        if kind in ("theme", "topic"):
            found_in = self._of_name(number) if kind == "topic" else [self._with_theme(number)]
            by_part = {"ideas": self._theme_ideas, "dots": self._theme_dots, "voters": self._theme_voters}
            return by_part[more](found_in) if more in by_part else abort(404)
        heard = self._with_activity(number)
        if kind == "round":
            return self._round(heard, more)
        return self._loose(heard) if kind == "loose" else self._unmarked(heard)

    def _with_activity(self, activity_id: int) -> Heard:
        return next((each for each in self._heard if each.activity.id == activity_id), None) or abort(404)

    def _with_theme(self, theme_id: int) -> Within:
        return next((each for each in self._clusters() if each[1].id == theme_id), None) or abort(404)

    def _of_name(self, theme_id: int) -> list[Within]:
        """The theme with all of the same name."""
        key = key_of(self._with_theme(theme_id)[1].name)
        return [each for each in self._clusters() if key_of(each[1].name) == key]

    def _clusters(self) -> list[Within]:
        return [(heard, cluster) for heard in self._heard for cluster in heard.clusters]

    # People.

    def _joined(self) -> Evidence:
        rows = [(self._person(person.id), mask_name(person.name)) for person in self._people.values()]
        return Evidence(_("People who joined with a phone"), len(rows), (_("Person"), _("Name, masked")), rows)

    def _writers(self) -> Evidence:
        wrote = Counter(
            each.participant_id for heard in self._heard for each in heard.statements if each.participant_id
        )
        rows = [(self._person(person), count) for person, count in sorted(wrote.items())]
        return Evidence(_("People whose ideas are counted"), len(rows), (_("Person"), _("Ideas")), rows)

    # Ideas.

    def _all_ideas(self) -> Evidence:
        return self._ideas(_("Every idea"), [(heard, each) for heard in self._heard for each in heard.statements])

    def _without_phone(self) -> Evidence:
        others = [(heard, each) for heard in self._heard for each in heard.statements if each.source != "phone"]
        return self._ideas(_("Ideas of people without a phone"), others)

    def _merged(self) -> Evidence:
        merged = [(heard, each) for heard in self._heard for each in heard.statements if heard.head(each)]
        return self._ideas(_("Ideas that say the same as another"), merged)

    def _loose(self, heard: Heard) -> Evidence:
        return self._ideas(_("Ideas in no theme"), [(heard, each) for each in heard.loose()])

    def _theme_ideas(self, themes: Sequence[Within]) -> Evidence:
        inside = [(heard, each) for heard, cluster in themes for each in heard.inside(cluster.id)]
        return self._ideas(_("Ideas in “%(theme)s”", theme=themes[0][1].name), inside)

    def _ideas(self, title: str, found: Sequence[tuple[Heard, Statement]]) -> Evidence:
        rows: list[tuple[str, ...]] = [
            (f"#{heard.number(each)}", each.public_text, self._person(each.participant_id), SOURCE_NAMES[each.source]())
            for heard, each in found
        ]
        ids = [each.id for _heard, each in found]
        columns = [_("Number"), _("Idea"), _("Person"), _("Source")]
        heads = [heard.head(each) for heard, each in found]
        if any(heads):
            columns.append(_("Merged into"))
            marks = [
                f"#{heard.number(head)}" if head else "" for (heard, _each), head in zip(found, heads, strict=True)
            ]
            rows = [(*row, mark) for row, mark in zip(rows, marks, strict=True)]
        return Evidence(title, len(rows), columns, rows, ids)

    # Themes and dots.

    def _themes(self) -> Evidence:
        same: dict[str, list[Within]] = {}
        for each in self._clusters():
            same.setdefault(key_of(each[1].name), []).append(each)
        rows = [
            (
                themes[0][1].name,
                _(", ").join(heard.activity.title for heard, _cluster in themes),
                sum(len(heard.inside(cluster.id)) for heard, cluster in themes),
            )
            for themes in same.values()
        ]
        return Evidence(_("Every theme"), len(rows), (_("Theme"), _("Activity"), _("Ideas")), rows)

    def _all_dots(self) -> Evidence:
        lines = [
            (heard, round_, line) for heard in self._heard for round_ in heard.rounds[-1:] for line in round_.lines
        ]
        given = [each for each in lines if each[2].dots]
        rows = [
            (self._target(heard, line.target), heard.activity.title, round_.number, line.voters, line.dots)
            for heard, round_, line in given
        ]
        columns = (_("What"), _("Activity"), _("Round"), _("People"), _("Dots"))
        ids = [_idea(heard, line.target) for heard, _round, line in given]
        title = _("Dots of the last round of each activity")
        return Evidence(title, sum(line.dots for _heard, _round, line in given), columns, rows, ids)

    def _round(self, heard: Heard, number: str) -> Evidence:
        round_ = next((each for each in heard.rounds if str(each.number) == number), None) or abort(404)
        rows = [(self._target(heard, line.target), line.voters, line.dots) for line in round_.lines]
        ids = [_idea(heard, line.target) for line in round_.lines]
        title = _("Round %(number)d of “%(activity)s”", number=round_.number, activity=heard.activity.title)
        return Evidence(title, round_.dots, (_("What"), _("People"), _("Dots")), rows, ids)

    def _unmarked(self, heard: Heard) -> Evidence:
        targets = [line.target for line in (heard.last.lines if heard.last else ()) if not line.dots]
        rows = [(self._target(heard, target),) for target in targets]
        ids = [_idea(heard, target) for target in targets]
        return Evidence(_("What got no dot"), len(rows), (_("What"),), rows, ids)

    def _theme_dots(self, themes: Sequence[Within]) -> Evidence:
        """Who gave how many, and on what: on the theme, or on which of its ideas."""
        rows: list[tuple[str, str, int]] = []
        ids: list[str] = []
        for heard, cluster in _voted(themes):
            for target, who, dots in self._given(heard, cluster):
                rows.append((self._target(heard, target), who, dots))
                ids.append(_idea(heard, target))
        title = _("Dots on “%(theme)s”", theme=themes[0][1].name)
        return Evidence(title, sum(row[2] for row in rows), (_("What"), _("Person"), _("Dots")), rows, ids)

    def _given(self, heard: Heard, cluster: Cluster) -> Iterator[tuple[Any, str, int]]:
        round_ = heard.last or abort(404)
        targets, _given = heard.given_to(cluster.id)
        for line in round_.lines:
            if line.target in targets:
                by_phone = Counter(heard.ballots[round_.number].get(line.target, ()))
                for person, dots in sorted(by_phone.items()):
                    yield line.target, self._person(person), dots
                for source, dots in line.sources.items():
                    if source != "phone" and dots:
                        yield line.target, SOURCE_NAMES[source](), dots

    def _theme_voters(self, themes: Sequence[Within]) -> Evidence:
        [(heard, cluster)] = _voted(themes)[:1]
        line = heard.standings(heard.last)[cluster.id]
        _targets, given = heard.given_to(cluster.id)
        rows: list[tuple[str, int, int]] = [(self._person(person), dots, 1) for person, dots in sorted(given.items())]
        if line.voters > len(given):
            by_hand = line.dots - sum(given.values())
            rows.append((_("counted by hand, on paper or by raised hands"), by_hand, line.voters - len(given)))
        title = _("People who gave dots to “%(theme)s”", theme=cluster.name)
        return Evidence(title, line.voters, (_("Person"), _("Dots"), _("People")), rows)

    # Names.

    def _person(self, participant_id: int | None) -> str:
        person: Participant | None = self._people.get(participant_id or 0)
        return _("Participant %(number)02d", number=person.number) if person else "—"

    def _target(self, heard: Heard, target: Any) -> str:
        names: dict[Any, str] = {cluster.id: cluster.name for cluster in heard.clusters}
        names |= {each.id: f"#{heard.number(each)} {each.public_text}" for each in heard.statements}
        return names.get(target, "—")


def _idea(heard: Heard, target: Any) -> str:
    """Its id, where the dots lie on an idea."""
    return target if any(each.id == target for each in heard.statements) else ""


def _voted(themes: Sequence[Within]) -> list[Within]:
    return [each for each in themes if each[0].last] or abort(404)
