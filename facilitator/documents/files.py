"""Files made of a proposal: ask, watch, cancel, fetch; and the page that tells a genuine paper."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, redirect, render_template, request, send_from_directory, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents import jobs
from facilitator.documents.evidence import kindred, project, replying, themes
from facilitator.documents.models import DONE, FORMATS, Export, Proposal
from facilitator.documents.paper import photos
from facilitator.documents.proposal import gather
from facilitator.documents.routes import charts, documents, mine, variant_of
from facilitator.documents.sheets import KIT, PROPOSAL, Sheet, formats_of, photos_of, sheet_of
from facilitator.documents.tables import everything
from facilitator.documents.writing import view
from facilitator.documents.writing.pdf import plain_figure
from facilitator.extensions import db
from facilitator.web.htmx import done, wants_partial
from facilitator.workshop.access import my_workshop
from facilitator.workshop.qr import public

WITH_ROUTES = (kindred, project, replying, themes)
__all__ = ["documents"]  # with the routes of all of them on it


@documents.post("/proposals/<int:proposal_id>/exports")
@login_required
def export(proposal_id: int) -> Response | str:
    proposal = mine(proposal_id)
    kind, variant = request.form.get("format", ""), variant_of(request.form.get("variant"), proposal)
    if kind not in FORMATS:
        abort(404)
    document = request.form.get("document", PROPOSAL)
    sheet = None if document == PROPOSAL else sheet_of(proposal.workshop, document, frozenset(request.form))
    if document != PROPOSAL and (sheet is None or kind not in formats_of(document)):
        abort(404)
    if Export.asked_already(proposal, kind, variant, document):
        return done(url_for("documents.show", proposal_id=proposal.id))
    made = _begin(proposal, kind, variant, document, sheet)
    if not wants_partial():
        return done(url_for("documents.show", proposal_id=proposal.id))
    return _export_row(made)


@documents.post("/workshops/<int:workshop_id>/kit")
@login_required
def print_kit(workshop_id: int) -> Response:
    """What is printed for the room, as a file beside the proposal's."""
    workshop = my_workshop(workshop_id)
    sheet = sheet_of(workshop, KIT, frozenset()) or abort(404)
    proposal = Proposal.of(workshop, current_staff())
    variant = variant_of(None, proposal)
    if not Export.asked_already(proposal, "pdf", variant, KIT):
        _begin(proposal, "pdf", variant, KIT, sheet)
    return redirect(url_for("documents.show", proposal_id=proposal.id, _anchor="exports"), 303)


def _begin(proposal: Proposal, kind: str, variant: str, document: str, sheet: Sheet | None) -> Export:
    about = {"format": kind, "variant": variant, "document": document, "created_by_id": current_staff().id}
    made = Export(proposal=proposal, **about)
    db.session.add(made)
    db.session.flush()
    _lay_ready(made, sheet)
    db.session.commit()
    jobs.line().wake()
    return made


def _lay_ready(made: Export, sheet: Sheet | None) -> None:
    address = public(url_for("documents.check", check_code=made.check_code))
    paper = gather(made.proposal, made.check_code, address)
    made.snapshot = dict(paper)
    tables = everything(made.proposal.workshop) if made.format in ("xlsx", "json") else {}
    job: dict[str, Any] = {
        "format": made.format,
        "variant": made.variant,
        "paper": paper,
        "tables": tables,
        "sheet": sheet,
    }
    job["photos"] = [*photos(paper), *photos_of(sheet)]
    jobs.prepare(jobs.line().folder(made.id), job, current_app.config["SETTINGS"].data / "photos")


@documents.get("/exports/<int:export_id>")
@login_required
def progress(export_id: int) -> str:
    return _export_row(_my_export(export_id))


@documents.post("/exports/<int:export_id>/cancel")
@login_required
def cancel(export_id: int) -> Response | str:
    made = _my_export(export_id)
    jobs.line().cancel(made)
    return _export_row(made) if wants_partial() else done(url_for("documents.show", proposal_id=made.proposal_id))


@documents.get("/exports/<int:export_id>/file")
@login_required
def download(export_id: int) -> Response:
    made = _my_export(export_id)
    if made.status != DONE:
        abort(404)
    return send_from_directory(
        jobs.line().folder(made.id),
        made.file_name,
        as_attachment=request.args.get("view") is None,
        download_name=file_name(made),
        max_age=0,
    )


@documents.get("/c/<check_code>")
@documents.get("/C/<check_code>")
def check(check_code: str) -> str:
    """For anyone who holds the paper: the same figures, and nothing about any person."""
    made = Export.by_check_code(check_code) or abort(404)
    language = "en" if str(get_locale()) == "en" else "zh"
    return render_template(
        "documents/check.html",
        export=made,
        charts=charts(),
        plain_figure=plain_figure,
        **view.context(made.paper, language),
    )


def file_name(made: Export) -> str:
    proposal = made.proposal
    what = "" if made.document == PROPOSAL else f"{made.document}-"
    return f"juyi-{proposal.year}-{proposal.number:03d}-{what}{made.variant}-{made.check_code}.{made.format}"


def _my_export(export_id: int) -> Export:
    made = db.session.get(Export, export_id) or abort(404)
    mine(made.proposal_id)
    return made


def _export_row(made: Export) -> str:
    return render_template("documents/_export.html", export=made)
