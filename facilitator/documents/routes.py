"""The proposal on screen: read it, word it, follow each figure to where it comes from."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents import jobs
from facilitator.documents.drafts.revisions import reword as reword_and_keep
from facilitator.documents.evidence import ideas
from facilitator.documents.evidence.figure import Source
from facilitator.documents.evidence.replies import Reply
from facilitator.documents.models import LONGEST, MOST_ROWS, ROWS, Proposal, Wording
from facilitator.documents.paper import VARIANTS, Paper
from facilitator.documents.proposal import gather
from facilitator.documents.writing import view
from facilitator.extensions import db
from facilitator.synthesis.models import Statement
from facilitator.web.errors import Refused
from facilitator.web.htmx import done, go, wants_partial
from facilitator.workshop.access import my_workshop
from facilitator.workshop.qr import public

documents = Blueprint("documents", __name__)
LINES = {"title": 2, "proposers": 1, "lead": 1, "seconders": 1, "contact": 1, "signatures": 4}
LABELS = {
    "title": _l("Title"),
    "proposers": _l("Proposed by"),
    "lead": _l("Led by"),
    "seconders": _l("Seconded by"),
    "contact": _l("Contact"),
    "matter": _l("More about the matter"),
    "situation": _l("What troubles people, in your words"),
    "sources": _l("More about how the workshop went"),
    "themes": _l("More about the themes"),
    "advice": _l("What you propose"),
    "plan": _l("More about the plan"),
    "dissent": _l("Reservations, as they were said"),
    "signatures": _l("Who signs, one on a line"),
}


@documents.before_request
def _settle() -> None:
    jobs.line().settle()


@documents.post("/workshops/<int:workshop_id>/proposals")
@login_required
def make(workshop_id: int) -> Response:
    """Make the first; open it, or the list of several."""
    workshop = my_workshop(workshop_id)
    found = Proposal.all_of(workshop)
    if len(found) > 1 and not request.form.get("whole"):
        return go(url_for("documents.several", workshop_id=workshop.id))
    proposal = found[0] if found and not request.form.get("whole") else Proposal.of(workshop, current_staff())
    db.session.commit()
    return go(url_for("documents.show", proposal_id=proposal.id))


@documents.get("/proposals/<int:proposal_id>")
@login_required
def show(proposal_id: int) -> str:
    proposal = mine(proposal_id)
    variant = variant_of(request.args.get("variant"), proposal)
    paper = gather(proposal, check_url=public("/c"))
    return render_template(
        "documents/show.html",
        proposal=proposal,
        exports=proposal.exports,
        replies=Reply.to(proposal),
        **_page(proposal, paper, variant),
    )


@documents.get("/proposals/<int:proposal_id>/evidence/<key>")
@login_required
def evidence(proposal_id: int, key: str) -> str:
    proposal = mine(proposal_id)
    return render_template("documents/evidence.html", proposal=proposal, evidence=Source(proposal).find(key))


@documents.get("/statements/<statement_id>")
@login_required
def idea(statement_id: str) -> str:
    """One idea and what became of it."""
    statement = db.session.get(Statement, statement_id)
    if statement is None or statement.deleted_at:
        abort(404)
    return render_template("documents/idea.html", **ideas.about(statement))


# Wording.


@documents.post("/proposals/<int:proposal_id>/wording/<section>/<language>")
@login_required
def reword(proposal_id: int, section: str, language: str) -> Response | tuple[str, int]:
    return _save(_wording(proposal_id, section, language), request.form.get("text", ""))


@documents.post("/proposals/<int:proposal_id>/plan")
@login_required
def replan(proposal_id: int) -> Response | tuple[str, int]:
    columns = [request.form.getlist(name)[:MOST_ROWS] for name in ("what", "who", "when")]
    rows = [
        dict(zip(("what", "who", "when"), (cell.strip() for cell in row), strict=True))
        for row in zip(*columns, strict=False)
    ]
    kept = [row for row in rows if any(row.values())]
    return _save(_wording(proposal_id, ROWS, ""), json.dumps(kept, ensure_ascii=False))


@documents.get("/proposals/<int:proposal_id>/plan/row")
@login_required
def plan_row(proposal_id: int) -> str:
    mine(proposal_id)
    return render_template("documents/_plan_row.html", row={"what": "", "who": "", "when": ""})


def _save(wording: Wording, text: str) -> Response | tuple[str, int]:
    text = text.replace("\r\n", "\n").replace("\0", "")
    if len(text) > LONGEST:
        raise Refused(_("Please shorten it to %(most)d characters; it has %(now)d.", most=LONGEST, now=len(text)))
    typed_on = _number("version")
    # "Keep mine" names the version that it goes over, having seen it.
    saved = reword_and_keep(wording, text, _number("over") or typed_on, current_staff())
    db.session.commit()
    if not wants_partial():
        return done(url_for("documents.show", proposal_id=wording.proposal_id))
    state = {"saved": saved, "asked": True, "typed_on": typed_on, "variant": variant_of(request.form.get("variant"))}
    return render_template("documents/_saved.html", wording=wording, **state), 200 if saved else 409


# Helpers.


def mine(proposal_id: int) -> Proposal:
    return Proposal.seen_by(current_staff(), proposal_id) or abort(404)


def _wording(proposal_id: int, section: str, language: str) -> Wording:
    return mine(proposal_id).wording(section, language) or abort(404)


def variant_of(asked: str | None, proposal: Proposal | None = None) -> str:
    if asked in VARIANTS:
        return str(asked)
    return "en" if proposal and proposal.workshop.language == "en" else "zh"


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _page(proposal: Proposal, paper: Paper, variant: str) -> dict[str, Any]:
    """The partials of the paper, with links where the PDF has plain figures and fields where it has words."""
    return {
        **view.context(paper, variant),
        "charts": charts(),
        "editable": True,
        "variant": variant,
        "wording": lambda section: _fields(proposal, section, variant),
        "plan_wording": proposal.wording(ROWS, ""),
        "figure": lambda value, source: _figure(proposal.id, value, source),
        "photo": lambda file: url_for("phone.photo", name=file),
    }


def _figure(proposal_id: int, value: object, source: str) -> Markup:
    address = url_for("documents.evidence", proposal_id=proposal_id, key=source)
    return Markup('<a class="figure" href="{}">{}</a>').format(address, value)


def _fields(proposal: Proposal, section: str, variant: str) -> Markup:
    languages = ("zh", "en") if variant == "bi" else (variant,)
    found = [proposal.wording(section, language) for language in languages]
    inner = Markup().join(_field(wording, variant) for wording in found if wording)
    return Markup('<div class="fields">{}</div>').format(inner)


def _field(wording: Wording, variant: str) -> Markup:
    return Markup(  # noqa: S704  a template's output, escaped there
        render_template(
            "documents/_passage.html",
            wording=wording,
            saved=True,
            asked=False,
            variant=variant,
            label=LABELS[wording.section],
            lines=LINES.get(wording.section, 3),
            longest=LONGEST,
        )
    )


def charts() -> Any:
    return current_app.jinja_env.get_template("documents/proposal/charts.html").module
