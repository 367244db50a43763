"""The town: its neighbourhoods and their projects, kept by the secretariat."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from facilitator.accounts.access import login_required, require_secretariat
from facilitator.extensions import db
from facilitator.programme.models import Neighbourhood, Project
from facilitator.programme.stages import STAGES
from facilitator.web.errors import Refused
from facilitator.web.text import clean

programme = Blueprint("programme", __name__, url_prefix="/programme")
LONGEST_NAME = 60


@programme.get("")
@login_required
def index() -> str:
    require_secretariat()
    town = select(Neighbourhood).options(selectinload(Neighbourhood.projects)).order_by(Neighbourhood.name)
    return render_template("programme/index.html", town=db.session.scalars(town).all(), stages=STAGES)


@programme.post("/neighbourhoods")
@login_required
def add_neighbourhood() -> Response:
    require_secretariat()
    name = _name("name")
    if db.session.scalar(select(Neighbourhood.id).where(Neighbourhood.name == name)):
        raise Refused(_("This neighbourhood is there already."), 409)
    db.session.add(Neighbourhood(name=name, name_en=clean(request.form.get("name_en", ""))[:LONGEST_NAME]))
    return _saved()


@programme.post("/neighbourhoods/<int:neighbourhood_id>/projects")
@login_required
def add_project(neighbourhood_id: int) -> Response:
    require_secretariat()
    neighbourhood = db.session.get(Neighbourhood, neighbourhood_id) or abort(404)
    name_en = clean(request.form.get("name_en", ""))[:LONGEST_NAME]
    db.session.add(Project(neighbourhood_id=neighbourhood.id, name=_name("name"), name_en=name_en))
    return _saved()


@programme.post("/projects/<int:project_id>/stage")
@login_required
def set_stage(project_id: int) -> Response:
    """Any of the eleven steps: going back to a draft is a normal thing."""
    require_secretariat()
    project = db.session.get(Project, project_id) or abort(404)
    if request.form.get("stage") not in STAGES:
        abort(400)
    project.stage = request.form["stage"]
    return _saved()


def _name(field: str) -> str:
    name = clean(request.form.get(field, ""))[:LONGEST_NAME]
    if not name:
        raise Refused(_("Please give it a name."))
    return name


def _saved() -> Response:
    db.session.commit()
    return redirect(url_for("programme.index"), 303)
