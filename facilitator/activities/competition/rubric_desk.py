"""The rubric at the facilitator's desk: criteria, weights, anchors. Fixed once the first score is in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.activities.competition import rubrics
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.fixing import why_rubric_stands
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.office import done, note, page
from facilitator.activities.competition.routes import AT, competition
from facilitator.activities.competition.rubric import POINT, Criterion, Scale, weights, written
from facilitator.extensions import db, now
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.history import deed

LONGEST_NAME = 40
LONGEST_ANCHOR = 120
MOST_WEIGHT = 1000
MOST_CRITERIA = 12
MOST_DIGITS = 9
MANY = 12
"""Scores that each get a line for their words; of a longer scale only some do."""
Wrong = dict[str, str]
"""By the name of a field: what is wrong with what was typed there."""

_IN_PLACE = {"HX-Retarget": "#rubric", "HX-Reselect": "#rubric", "HX-Reswap": "outerMorph"}


@competition.get(f"{AT}/rubric")
@login_required
def rubric(activity_id: int) -> str:
    return _page(staff_competition(activity_id))


@competition.post(f"{AT}/rubric")
@login_required
def save_rubric(activity_id: int) -> Response | tuple[str, int, dict[str, str]]:
    """The words and weights of all criteria at once: each field is named `ID-what`. All are kept, or none."""
    here = _open(activity_id)
    criteria = Criterion.of(here)
    if wrong := _wrong(criteria):
        return _page(here, wrong, request.form), 422, _IN_PLACE
    with deed(here.workshop, current_staff(), "rubric"):
        for criterion in criteria:
            before = _told(criterion)
            if _rewrite(here, criterion):
                note(here, "rubric", criterion_id=criterion.id, said={"before": before, "after": _told(criterion)})
    return done(here, "rubric")


def _page(here: Competition, wrong: Wrong | None = None, typed: Mapping[str, str] | None = None) -> str:
    criteria = Criterion.of(here)
    context = {
        "criteria": criteria,
        "wrong": wrong or {},
        "typed": typed or {},
        "shares": {key: round(float(share) * 100, 1) for key, share in weights(criteria).items()},
        "sum": sum(each.weight for each in criteria),
        "scores": _scores(here.scale, criteria),
        "scale": [written(each) for each in here.scale],
        "ready": rubrics.names(),
        "closed": why_rubric_stands(here),
        "most": MOST_CRITERIA,
    }
    return page("rubric", here, **context)


@competition.post(f"{AT}/rubric/criteria")
@login_required
def add_criterion(activity_id: int) -> Response:
    here = _open(activity_id)
    name = clean(request.form.get("name", ""))[:LONGEST_NAME]
    if not name:
        raise Refused(_("Please give the criterion a name."))
    others = Criterion.of(here)
    if len(others) >= MOST_CRITERIA:
        raise Refused(_("More than %(most)d criteria nobody can judge by.", most=MOST_CRITERIA))
    with deed(here.workshop, current_staff(), "rubric"):
        weight = others[-1].weight if others else 10
        place = max((each.position for each in others), default=-1) + 1
        db.session.add(Criterion(activity_id=here.id, name=name, weight=weight, anchors={}, position=place))
        note(here, "rubric", said={"after": name})
    return done(here, "rubric")


@competition.post(f"{AT}/rubric/criteria/<int:criterion_id>")
@login_required
def move_criterion(activity_id: int, criterion_id: int) -> Response:
    """One place `to` up or down."""
    here = _open(activity_id)
    criterion = _criterion(here, criterion_id)
    with deed(here.workshop, current_staff(), "rubric"):
        told = _told(criterion)
        _move(here, criterion, -1 if request.form.get("to") == "up" else 1)
        note(here, "rubric", criterion_id=criterion.id, said={"before": told, "after": told})
    return done(here, "rubric")


@competition.post(f"{AT}/rubric/criteria/<int:criterion_id>/deletion")
@login_required
def remove_criterion(activity_id: int, criterion_id: int) -> Response:
    here = _open(activity_id)
    criterion = _criterion(here, criterion_id)
    with deed(here.workshop, current_staff(), "rubric"):
        criterion.deleted_at = now()
        note(here, "rubric", criterion_id=criterion.id, said={"before": _told(criterion)})
    return done(here, "rubric")


@competition.post(f"{AT}/rubric/choice")
@login_required
def choose_rubric(activity_id: int) -> Response:
    """A ready rubric in the place of this one."""
    here = _open(activity_id)
    name = request.form.get("name", "")
    called = dict(rubrics.names()).get(name) or abort(404)
    with deed(here.workshop, current_staff(), "rubric"):
        for old in Criterion.of(here):
            old.deleted_at = now()
        for criterion in rubrics.criteria(name):
            criterion.activity_id = here.id
            db.session.add(criterion)
        note(here, "rubric", said={"after": called})
    return done(here, "rubric")


def _wrong(criteria: list[Criterion]) -> Wrong:
    """What is wrong with what was typed, by the field's name."""
    form = request.form
    names = [f"{each.id}-name" for each in criteria]
    weights = [f"{each.id}-weight" for each in criteria]
    unnamed = {name: _("Please give the criterion a name.") for name in names if not clean(form.get(name, "-"))}
    light = _("The weight is a whole number from 1 to %(most)d.", most=MOST_WEIGHT)
    return unnamed | {name: light for name in weights if name in form and not _weight(form[name])}


def _weight(text: str) -> int:
    """0 unless it is one."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS and int(text) <= MOST_WEIGHT else 0


def _rewrite(here: Competition, criterion: Criterion) -> bool:
    """What was typed for it, as far as it was sent. Did that change anything?"""
    typed = {what: clean(text) for what, text in _typed(criterion).items()}
    before = criterion.plain()
    criterion.name = typed.get("name", criterion.name)[:LONGEST_NAME]
    criterion.name_en = typed.get("name_en", criterion.name_en)[:LONGEST_NAME]
    criterion.weight = _weight(typed["weight"]) if "weight" in typed else criterion.weight
    keys = [key for score in _scores(here.scale, [criterion]) for key in (score, f"en{score}")]
    said = {key: typed[f"anchor-{key}"][:LONGEST_ANCHOR] for key in keys if f"anchor-{key}" in typed}
    anchors = {key: words for key, words in (criterion.anchors | said).items() if words}
    if anchors != criterion.anchors:
        criterion.anchors = anchors
    return before != criterion.plain()


def _typed(criterion: Criterion) -> dict[str, str]:
    of = f"{criterion.id}-"
    return {name.removeprefix(of): text for name, text in request.form.items() if name.startswith(of)}


def _move(here: Competition, criterion: Criterion, by: int) -> None:
    row = Criterion.of(here)
    at = row.index(criterion)
    row.insert(max(0, at + by), row.pop(at))
    for place, each in enumerate(row):
        each.position = place


def _scores(scale: Scale, criteria: list[Criterion]) -> list[str]:
    """The scores that can have words, the highest first: whole points, of a long scale a few, and those that do."""
    whole = [each for each in scale.values() if each % POINT == 0]
    if len(whole) > MANY:
        step = (scale.highest - scale.lowest) // 5
        whole = [scale.highest - step * place for place in range(6)]
    said = {key.removeprefix("en") for each in criteria for key in each.anchors}
    known = {written(each) for each in whole} | said
    return sorted(known, key=float, reverse=True)


def _told(criterion: Criterion) -> str:
    return f"{criterion.name} ({criterion.weight})"


def _criterion(here: Competition, criterion_id: int) -> Criterion:
    return next((each for each in Criterion.of(here) if each.id == criterion_id), None) or abort(404)


def _open(activity_id: int) -> Competition:
    """The competition, as long as its rubric may change."""
    here = staff_competition(activity_id)
    if closed := why_rubric_stands(here):
        raise Refused(closed, 409)
    return here
