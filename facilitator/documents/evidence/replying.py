"""The replies to a proposal at the desk: entered, changed and withdrawn by staff, each of it undoable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.documents.drafts.scope import Catalogue, Topic
from facilitator.documents.evidence.heard import listen
from facilitator.documents.evidence.replies import DECISIONS, Reply
from facilitator.documents.models import Proposal
from facilitator.documents.routes import documents, mine
from facilitator.extensions import db, now
from facilitator.synthesis.answers import heirs_of
from facilitator.web.text import clean
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.history import deed

LONGEST = {"who": 60, "text": 2000, "text_en": 4000}
AT = "/proposals/<int:proposal_id>/replies"


@documents.route(f"{AT}/new", methods=["GET", "POST"])
@login_required
def add_reply(proposal_id: int) -> str | Response | tuple[str, int]:
    proposal = mine(proposal_id)
    if request.method == "GET":
        return _form(proposal, None, {"said_on": f"{now().astimezone(TOWN_TIME):%Y-%m-%d}"})
    said, problems = _said(proposal)
    if problems:
        return _form(proposal, None, said, problems), 422
    with deed(proposal.workshop, current_staff(), "reply"):
        db.session.add(Reply(proposal_id=proposal.id, created_by_id=current_staff().id, **said))
    return _saved(proposal, _("The reply is kept. Whom it concerns reads it on their own page."))


@documents.route(f"{AT}/<int:reply_id>", methods=["GET", "POST"])
@login_required
def edit_reply(proposal_id: int, reply_id: int) -> str | Response | tuple[str, int]:
    proposal, reply = _found(proposal_id, reply_id)
    if request.method == "GET":
        return _form(proposal, reply, _values(reply))
    said, problems = _said(proposal)
    if request.form.get("version", reply.version) != reply.version:
        problems.append(_("A colleague has changed this reply meanwhile: “%(text)s”", text=reply.text or reply.text_en))
    if problems:
        return _form(proposal, reply, said, problems), 409 if len(problems) == 1 and said["who"] else 422
    with deed(proposal.workshop, current_staff(), "reply"):
        if _values(reply) != said:
            for name, value in said.items():
                setattr(reply, name, value)
            reply.edited_at = now()
    return _saved(proposal, _("Saved."))


@documents.post(f"{AT}/<int:reply_id>/withdrawal")
@login_required
def withdraw_reply(proposal_id: int, reply_id: int) -> Response:
    proposal, reply = _found(proposal_id, reply_id)
    with deed(proposal.workshop, current_staff(), "reply"):
        reply.deleted_at = now()
    return _saved(proposal, _("The reply is withdrawn. Nobody reads it any more."))


def _found(proposal_id: int, reply_id: int) -> tuple[Proposal, Reply]:
    proposal = mine(proposal_id)
    return proposal, Reply.by_id(proposal, reply_id) or abort(404)


def _values(reply: Reply) -> dict[str, Any]:
    """The theme as it stands now: what it was merged into."""
    names = ("who", "text", "text_en", "decision", "theme_id", "said_on")
    heirs = heirs_of([reply.theme]) if reply.theme else {}
    heir = heirs.get(reply.theme_id or 0)
    return {name: getattr(reply, name) for name in names} | ({"theme_id": heir.id} if heir else {})


def _said(proposal: Proposal) -> tuple[dict[str, Any], list[str]]:
    """What the form says, cleaned, and what is wrong with it in words."""
    form = request.form
    said: dict[str, Any] = {name: _lines(form.get(name, "")) for name in LONGEST}
    theme = form.get("theme", "")
    known = {str(number): number for topic in _topics(proposal) for number in topic.ids}
    said |= {"decision": form.get("decision", ""), "theme_id": known.get(theme), "said_on": form.get("said_on", "")}
    wrong = {
        _("Say who answers."): not said["who"],
        _("Write what they answered."): not (said["text"] or said["text_en"]),
        _("Choose how they decided."): said["decision"] not in DECISIONS,
        _("Say on which day."): not _is_day(said["said_on"]),
        _("A colleague has just removed this theme."): bool(theme) and said["theme_id"] is None,
    }
    long = [name for name, most in LONGEST.items() if len(said[name]) > most]
    too_long = [
        _("Please shorten it to %(most)d characters; it has %(now)d.", most=LONGEST[name], now=len(said[name]))
        for name in long
    ]
    return said, [*(words for words, is_so in wrong.items() if is_so), *too_long]


def _lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _topics(proposal: Proposal) -> list[Topic]:
    """Its themes, those of one name in several activities once."""
    heard = {theme.id for each in listen(proposal.workshop) for theme in each.clusters}
    scope = heard if (chosen := proposal.scope()) is None else heard & chosen
    return [topic for topic in Catalogue.of(proposal.workshop_id).topics() if topic.ids & scope]


def _form(proposal: Proposal, reply: Reply | None, values: Mapping[str, Any], problems: list[str] | None = None) -> str:
    return render_template(
        "documents/reply.html",
        proposal=proposal,
        reply=reply,
        values={**dict.fromkeys((*LONGEST, "decision", "said_on"), ""), "theme_id": None, **values},
        version=request.form.get("version") or (reply.version if reply else ""),
        problems=problems or [],
        decisions=DECISIONS,
        topics=_topics(proposal),
        longest=LONGEST,
    )


def _saved(proposal: Proposal, words: str) -> Response:
    flash(words)
    return redirect(url_for("documents.show", proposal_id=proposal.id) + "#replies", 303)
