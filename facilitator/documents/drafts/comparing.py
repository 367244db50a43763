"""Two proposals side by side: themes, figures, ideas, words, plan; what both have, and what only one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents import paper
from facilitator.documents.drafts.history import documents, label_of_passage, totals_of
from facilitator.documents.drafts.merging import merge
from facilitator.documents.drafts.several import again, back_to_list, title_of
from facilitator.documents.models import LANGUAGES, PASSAGES, Proposal
from facilitator.documents.paper import Idea, Paper, PlanRow
from facilitator.documents.proposal import gather
from facilitator.documents.routes import mine
from facilitator.documents.topics import key_of, topics
from facilitator.extensions import db
from facilitator.web.errors import Refused
from facilitator.web.htmx import go
from facilitator.workshop.access import my_workshop
from facilitator.workshop.models import Workshop

__all__ = ["documents"]  # with these routes on it
PAIR = 2


class Side(NamedTuple):
    """One of the two."""

    proposal: Proposal
    title: str
    paper: Paper


class Beside(NamedTuple):
    """One thing as either of the two has it; None where it hasn't."""

    name: str
    one: Any
    other: Any


class Sorted(NamedTuple):
    """Things that both have, and that only one has."""

    both: Sequence[Any]
    one: Sequence[Any]
    other: Sequence[Any]


@documents.route("/workshops/<int:workshop_id>/proposals/chosen", methods=["GET", "POST"])
@login_required
def pick(workshop_id: int) -> Response | tuple[str, int]:
    """What to do with those that were ticked in the list: compare two, or make one of them."""
    if request.method == "GET":
        return back_to_list(workshop_id)
    try:
        return _do(my_workshop(workshop_id))
    except Refused as error:
        return again(workshop_id, "chosen", error)


def _do(workshop: Workshop) -> Response:
    chosen = [_of(workshop, number) for number in dict.fromkeys(request.form.getlist("proposal"))]
    if request.form.get("do") == "merge":
        return _merge(workshop, chosen)
    if len(chosen) != PAIR:
        raise Refused(_("Choose two proposals to compare."))
    one, other = (each.id for each in chosen)
    return go(url_for("documents.beside", workshop_id=workshop.id, one=one, other=other))


def _merge(workshop: Workshop, chosen: Sequence[Proposal]) -> Response:
    if len(chosen) < PAIR:
        raise Refused(_("Choose two proposals or more to merge."))
    made = merge(workshop, chosen, current_staff())
    db.session.commit()
    return go(url_for("documents.show", proposal_id=made.id))


@documents.get("/workshops/<int:workshop_id>/proposals/comparison")
@login_required
def beside(workshop_id: int) -> str:
    workshop = my_workshop(workshop_id)
    one, other = (_side(_of(workshop, request.args.get(name, ""))) for name in ("one", "other"))
    return render_template(
        "documents/beside.html",
        workshop=workshop,
        sides=(one, other),
        figures=_figures(one.paper, other.paper),
        themes=_themes(one.paper, other.paper),
        ideas=_sorted(_ids(one.paper["ideas"]), _ids(other.paper["ideas"])),
        quotes=_sorted(_quoted(one.paper), _quoted(other.paper)),
        passages=list(_passages(one.proposal, other.proposal)),
        plan=_sorted(_rows(one.paper["plan"]), _rows(other.paper["plan"])),
    )


def _of(workshop: Workshop, number: str) -> Proposal:
    proposal = mine(int(number)) if number.isdecimal() and len(number) < 10 else abort(404)
    return proposal if proposal.workshop_id == workshop.id else abort(404)


def _side(proposal: Proposal) -> Side:
    return Side(proposal, title_of(proposal), gather(proposal))


# What stands in either.


def _figures(one: Paper, other: Paper) -> list[Beside]:
    before, after = totals_of(one), totals_of(other)
    return [Beside(name, before[name], after[name]) for name in before if before[name] or after[name]]


def _themes(one: Paper, other: Paper) -> list[Beside]:
    """Those of both first, then those of one."""
    here, there = ({key_of(topic["name"]): topic for topic in topics(each)} for each in (one, other))
    found = [Beside(topic["name"], here.get(key), there.get(key)) for key, topic in {**there, **here}.items()]
    return sorted(found, key=lambda each: (each.one is None, each.other is None) != (False, False))


def _ids(ideas: Sequence[Idea]) -> dict[str, Idea]:
    return {idea["number"]: idea for idea in ideas}


def _quoted(shown: Paper) -> dict[str, Idea]:
    ideas = paper.by_number(shown)
    lists = [theme["quotes"] for theme in paper.themes(shown)] + [each["top"] for each in shown["questions"]]
    return {number: ideas[number] for numbers in lists for number in numbers}


def _rows(plan: Sequence[PlanRow]) -> dict[tuple[str, ...], PlanRow]:
    return {(row["what"], row["who"], row["when"]): row for row in plan}


def _sorted(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Sorted:
    return Sorted(
        [value for key, value in one.items() if key in other],
        [value for key, value in one.items() if key not in other],
        [value for key, value in other.items() if key not in one],
    )


def _passages(one: Proposal, other: Proposal) -> Iterator[Beside]:
    here, there = one.passages(), other.passages()
    for key in PASSAGES:
        for language in LANGUAGES:
            pair = [each[key]["en" if language == "en" else "zh"] for each in (here, there)]
            if any(pair):
                yield Beside(label_of_passage(f"{key}-{language}"), *pair)
