"""Planning: the list of workshops, their details, and the agenda's activities, also while the room is live."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.accounts.models import Staff
from facilitator.activities import KINDS
from facilitator.extensions import db, now
from facilitator.planning.templates import TEMPLATES
from facilitator.programme.models import Neighbourhood, Project
from facilitator.web.htmx import done
from facilitator.workshop.access import activity_of, my_workshop
from facilitator.workshop.forms import WorkshopForm
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity, Participant, Workshop

workshops = Blueprint("workshops", __name__, url_prefix="/workshops")


@workshops.get("")
@login_required
def index() -> str:
    mine = Workshop.seen_by(current_staff()).order_by(Workshop.starts_at.desc(), Workshop.id.desc())
    found = db.session.scalars(mine).all()
    people = select(Participant.workshop_id, func.count()).group_by(Participant.workshop_id)
    heads = dict(db.session.execute(people.where(Participant.workshop_id.in_([each.id for each in found]))).all())
    return render_template("workshop/index.html", workshops=found, heads=heads)


@workshops.get("/new")
@login_required
def choose() -> str:
    return render_template("workshop/choose.html", templates=TEMPLATES.values())


@workshops.route("/new/<template>", methods=["GET", "POST"])
@login_required
def create(template: str) -> str | Response | tuple[str, int]:
    chosen = TEMPLATES.get(template) or abort(404)
    form = WorkshopForm.about(None, _choices())
    if form.validate_on_submit():
        workshop = Workshop(owner=current_staff())
        form.fill(workshop)
        workshop.activities = _in_order(chosen.make())
        db.session.add(workshop)
        db.session.commit()
        return redirect(url_for("workshops.agenda", workshop_id=workshop.id), 303)
    return render_template("workshop/form.html", form=form, chosen=chosen), 422 if form.errors else 200


@workshops.route("/<int:workshop_id>", methods=["GET", "POST"])
@login_required
def edit(workshop_id: int) -> str | Response | tuple[str, int]:
    workshop = my_workshop(workshop_id)
    form = WorkshopForm.about(workshop, _choices())
    if form.validate_on_submit():
        with deed(workshop, current_staff(), "edit"):
            form.fill(workshop)
        return redirect(url_for("workshops.agenda", workshop_id=workshop.id), 303)
    return render_template("workshop/form.html", form=form, workshop=workshop), 422 if form.errors else 200


@workshops.post("/<int:workshop_id>/copies")
@login_required
def duplicate(workshop_id: int) -> Response:
    copy = my_workshop(workshop_id).duplicate(current_staff())
    copy.title = _("%(title)s (copy)", title=copy.title)[:80]
    db.session.add(copy)
    db.session.commit()
    return redirect(url_for("workshops.edit", workshop_id=copy.id), 303)


@workshops.post("/<int:workshop_id>/deletion")
@login_required
def delete(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    workshop.deleted_at = now()
    db.session.commit()
    flash(_("“%(title)s” was deleted.", title=workshop.title), f"restore:{workshop.id}")
    return redirect(url_for("workshops.index"), 303)


@workshops.post("/<int:workshop_id>/restoration")
@login_required
def restore(workshop_id: int) -> Response:
    workshop = db.session.get(Workshop, workshop_id) or abort(404)
    staff = current_staff()
    if not (staff.is_secretariat or workshop.owner_id == staff.id or staff in workshop.shared_with):
        abort(404)
    workshop.deleted_at = None
    db.session.commit()
    return redirect(url_for("workshops.index"), 303)


@workshops.post("/<int:workshop_id>/shares")
@login_required
def share(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    colleague = Staff.by_email(request.form.get("email", ""))
    if colleague:
        workshop.share_with(colleague)
        db.session.commit()
        flash(_("Shared with %(name)s.", name=colleague.name))
    else:
        flash(_("Nobody on the staff has this e-mail address."), "error")
    return redirect(url_for("workshops.agenda", workshop_id=workshop.id), 303)


@workshops.post("/<int:workshop_id>/shares/<int:staff_id>/deletion")
@login_required
def unshare(workshop_id: int, staff_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    workshop.shared_with = [colleague for colleague in workshop.shared_with if colleague.id != staff_id]
    db.session.commit()
    return redirect(url_for("workshops.agenda", workshop_id=workshop.id), 303)


@workshops.get("/<int:workshop_id>/agenda")
@login_required
def agenda(workshop_id: int) -> str:
    return render_template("workshop/agenda.html", workshop=my_workshop(workshop_id), kinds=KINDS)


@workshops.route("/<int:workshop_id>/activities/new/<kind>", methods=["GET", "POST"])
@login_required
def add_activity(workshop_id: int, kind: str) -> str | Response | tuple[str, int]:
    workshop = my_workshop(workshop_id)
    made = (KINDS.get(kind) or abort(404)).model(workshop_id=workshop.id, position=len(workshop.activities))
    return _edit_activity(workshop, made)


@workshops.route("/<int:workshop_id>/activities/<int:activity_id>", methods=["GET", "POST"])
@login_required
def edit_activity(workshop_id: int, activity_id: int) -> str | Response | tuple[str, int]:
    workshop = my_workshop(workshop_id)
    return _edit_activity(workshop, activity_of(workshop, activity_id))


def _edit_activity(workshop: Workshop, activity: Activity) -> str | Response | tuple[str, int]:
    form = KINDS[activity.kind or _kind_of(activity)].form(data=_as_data(activity))
    if form.validate_on_submit() and _leaves_what_is_fixed(activity, form):
        with deed(workshop, current_staff(), "agenda"):
            _fill(activity, form)
        return redirect(url_for("workshops.agenda", workshop_id=workshop.id), 303)
    context = {"form": form, "workshop": workshop, "activity": activity}
    return render_template("workshop/activity.html", **context), 422 if form.errors else 200


@workshops.post("/<int:workshop_id>/activities/<int:activity_id>/copies")
@login_required
def duplicate_activity(workshop_id: int, activity_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    copy = activity_of(workshop, activity_id).duplicate()
    with deed(workshop, current_staff(), "agenda"):
        copy.workshop_id = workshop.id
        db.session.add(copy)
        db.session.flush()
        db.session.refresh(workshop)
        _in_order(workshop.activities)
    return _back(workshop)


@workshops.post("/<int:workshop_id>/activities/<int:activity_id>/deletion")
@login_required
def delete_activity(workshop_id: int, activity_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    with deed(workshop, current_staff(), "agenda"):
        activity_of(workshop, activity_id).deleted_at = now()
    return _back(workshop)


@workshops.post("/<int:workshop_id>/agenda/order")
@login_required
def reorder(workshop_id: int) -> Response:
    """The agenda in a new order: `activity` once for each, or one `activity` and its `to` (up, down)."""
    workshop = my_workshop(workshop_id)
    with deed(workshop, current_staff(), "agenda"):
        _in_order(_reordered(workshop))
    return _back(workshop)


def _reordered(workshop: Workshop) -> list[Activity]:
    row = list(workshop.activities)
    asked = [activity_of(workshop, int(number)) for number in request.form.getlist("activity") if number.isdigit()]
    if len(asked) == 1:
        at = row.index(asked[0])
        to = at - 1 if request.form.get("to") == "up" else at + 1
        row.insert(max(0, to), row.pop(at))
        return row
    # Activities that a colleague added meanwhile keep their place at the end.
    return asked + [activity for activity in row if activity not in asked]


def _in_order(row: list[Activity]) -> list[Activity]:
    for position, activity in enumerate(row):
        activity.position = position
    return row


def _back(workshop: Workshop) -> Response:
    return done(url_for("workshops.agenda", workshop_id=workshop.id))


def _as_data(activity: Activity) -> dict[str, Any]:
    values = {"title": activity.title, "instruction": activity.instruction}
    return {**activity.defaults(), **(activity.settings or {}), **values}


def _leaves_what_is_fixed(activity: Activity, form: FlaskForm) -> bool:
    """Does the form change nothing that can't change any more? Where it does, the field says why."""
    said = form.settings()
    for name, why in activity.fixed().items() if activity.id else ():
        if name in said and said[name] != activity.setting(name):
            form[name].errors = [*form[name].errors, why]
    return not form.errors


def _fill(activity: Activity, form: FlaskForm) -> None:
    activity.title = form.title.data.strip()
    activity.instruction = form.instruction.data.strip()
    activity.settings = {**(activity.settings or {}), **form.settings()}
    db.session.add(activity)


def _kind_of(activity: Activity) -> str:
    return next(key for key, kind in KINDS.items() if kind.model is type(activity))


def _choices() -> dict[str, list[tuple[int, Any]]]:
    neighbourhoods = db.session.scalars(select(Neighbourhood).order_by(Neighbourhood.name))
    projects = db.session.scalars(select(Project).order_by(Project.name))
    none = (0, "—")
    return {
        "neighbourhoods": [none, *((each.id, each.name) for each in neighbourhoods)],
        "projects": [none, *((each.id, each.name) for each in projects)],
    }
