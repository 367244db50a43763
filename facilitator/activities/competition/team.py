"""A team's own page, by its personal link: its entry alone, until the deadline."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from facilitator.activities.competition import answering, audit, pictures
from facilitator.activities.competition.access import team_entry
from facilitator.activities.competition.entries import MOST_PICTURES, Entry
from facilitator.activities.competition.forms import WRITTEN
from facilitator.activities.competition.judges import Score
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.routes import competition
from facilitator.extensions import db, now
from facilitator.synthesis.models import SHOWN
from facilitator.web.uploads import send_pdf
from facilitator.workshop.commits import together
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.words import moment

FIELDS = ("title", "team", "site", "about", "about_en")
"""What a team itself says; number and neighbourhood are the organisers'."""


@competition.route("/E/<token>", methods=["GET", "POST"])
@competition.route("/e/<token>", methods=["GET", "POST"])
def team(token: str) -> str | Response | tuple[str, int]:
    here, entry = team_entry(token)
    closed = why_closed(here, entry)
    if request.method == "GET":
        return _page(here, entry, closed)
    said = {name: text for name, text in pictures.words(request.form).items() if name in FIELDS}
    if closed:
        # What was typed while the deadline passed is shown, though it isn't taken.
        return _page(here, entry, closed, said), 409
    came = pictures.Delivery.received(pictures.room_for(entry))
    entry_id, form, lacking = entry.id, request.form, not said.get("title", entry.text)
    if lacking:
        said.pop("title", None)
    db.session.rollback()  # the files took their time
    if not together(here.workshop_id, lambda: _keep(entry_id, said, form, came)):
        here, entry = team_entry(token)
        return _page(here, entry, why_closed(here, entry), said), 409
    if came.refused or lacking:
        here, entry = team_entry(token)
        problems = [*came.refused, *([_("Your scheme needs a title: the old one was kept.")] if lacking else [])]
        return _page(here, entry, "", problems=problems), 422
    flash(_("Saved. Thank you!"))
    return redirect(url_for("competition.team", token=token), 303)


@competition.get("/E/<token>/booklet.pdf")
@competition.get("/e/<token>/booklet.pdf")
def team_booklet(token: str) -> Response:
    _here, entry = team_entry(token)
    return send_pdf(pictures.folder(), entry.pdf or "none", f"{entry.number}.pdf")


def why_closed(here: Competition, entry: Entry) -> str:
    """Why the team can change nothing any more, in words; empty while it can."""
    ends = deadline(here)
    if entry.status != SHOWN:
        return str(_("The organisers have taken this entry out of the competition. Please ask them."))
    if ends:
        return str(_("Entries closed on %(when)s.", when=moment(ends))) if now() >= ends else ""
    if Score.is_begun(here) or any(each.turn for each in Entry.in_order(here)):
        return str(_("The judging has begun: the entries stand as they are."))
    return ""


def deadline(here: Competition) -> datetime | None:
    """Until when teams may change their entry, if a time is set."""
    until = str(here.setting("entries_until"))
    return datetime.strptime(until, WRITTEN).replace(tzinfo=TOWN_TIME) if until else None


def _keep(entry_id: str, said: dict[str, str], form: MultiDict[str, str], came: pictures.Delivery) -> bool:
    """Write it, unless it was closed while the files came."""
    entry = db.session.get_one(Entry, entry_id)
    here = db.session.get_one(Competition, entry.activity_id)
    if why_closed(here, entry):
        return False
    pictures.write(entry, said)
    pictures.arrange(entry, form)
    came.pictures = came.pictures[: MOST_PICTURES - len(pictures.living(entry))]
    came.unpack(entry)
    pictures.settle(entry)
    answering.settle(here, entry, form)
    audit.note(here, "entry-changed", entry_id=entry.id, said={"by": "team"})
    return True


def _page(
    here: Competition, entry: Entry, closed: str, said: dict[str, str] | None = None, problems: list[str] | None = None
) -> str:
    ends = deadline(here)
    context = {
        "activity": here,
        "workshop": here.workshop,
        "entry": entry,
        "closed": closed,
        "until": moment(ends) if ends else "",
        "values": {**values_of(entry), **(said or {})},
        "longest": pictures.LONGEST,
        "most": MOST_PICTURES,
        "problems": problems or [],
        **answering.context(here, entry),
    }
    return render_template("activities/competition/team.html", **context)


def values_of(entry: Entry | None) -> dict[str, str]:
    """What its form says at first."""
    if entry is None:
        return dict.fromkeys(pictures.LONGEST, "")
    return {name: str(getattr(entry, "text" if name == "title" else name)) for name in pictures.LONGEST}
