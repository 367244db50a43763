"""The competition on a resident's phone, and what the facilitator does at the console: lots, presentations."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.activities.competition import lot, views
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.stages import PRESENT
from facilitator.extensions import db
from facilitator.synthesis.answers import Answer
from facilitator.voting import targets
from facilitator.web.errors import Refused
from facilitator.web.htmx import done
from facilitator.web.text import mask
from facilitator.web.uploads import send_pdf
from facilitator.workshop import agenda
from facilitator.workshop.access import me_at
from facilitator.workshop.history import deed
from facilitator.workshop.models import Participant
from facilitator.workshop.versions import hold

# Without a prefix: the addresses in the QR codes of judges and teams are short.
competition = Blueprint("competition", __name__)
AT = "/competition/<int:activity_id>"
MINUTE = 60
targets.PAGES["competition_entry"] = lambda activity_id, entry_id: url_for(
    "competition.entry", activity_id=activity_id, entry_id=entry_id
)


# --- The gallery


@competition.get(f"{AT}/entries/<entry_id>")
def entry(activity_id: int, entry_id: str) -> str:
    """One entry with all its pictures, and the way to its neighbours."""
    here, me = _my_competition(activity_id)
    found = _entry(here, entry_id)
    cards = views.gallery(here, named=here.names_are_shown)
    place = next(number for number, card in enumerate(cards) if card.id == found.id)
    context = {
        "card": cards[place],
        "about": mask(_about(found)),
        "answers": Answer.themes_of([found.id])[found.id],
        "before": cards[place - 1] if place else None,
        "after": cards[place + 1] if place + 1 < len(cards) else None,
    }
    about = {"activity": here, "workshop": here.workshop, "entry": found, "me": me}
    return render_template("activities/competition/entry.html", **about, **context)


@competition.get(f"{AT}/entries/<entry_id>/drawings.pdf")
def drawings(activity_id: int, entry_id: str) -> Response:
    """The team's booklet."""
    here, _who = _my_competition(activity_id)
    found = _entry(here, entry_id)
    if not found.pdf:
        abort(404)
    return send_pdf(current_app.config["SETTINGS"].data / "photos", found.pdf, f"{found.number}.pdf")


# --- Lots


@competition.post(f"{AT}/lot")
@login_required
def draw(activity_id: int) -> Response:
    """Draw the next place, all that are left, or all anew; where others drew since `drawn`, nothing happens."""
    here = staff_competition(activity_id)
    what, staff = request.form.get("what", "next"), current_staff()
    lot.check_open(here)
    hold(here.workshop_id)
    if lot.shuffle(here):
        db.session.commit()  # before the first is shown: no undoing shuffles them anew
    with deed(here.workshop, staff, "lot"):
        if what == "again":
            lot.again(here, staff.id)
        elif request.form.get("drawn", type=int) == sum(1 for each in Entry.in_order(here) if each.turn):
            lot.draw(here, staff.id, every=what == "all")
    return _done(here)


# --- The presentations


@competition.post(f"{AT}/presenting")
@login_required
def present(activity_id: int) -> Response:
    """Call an entry; its time begins."""
    here = _presenting(activity_id)
    found = _entry(here, request.form.get("entry", ""))
    with deed(here.workshop, current_staff(), "presenting"):
        here.present(found)
        agenda.start_timer(here.workshop, int(here.setting("minutes")) * MINUTE)
    return _done(here)


@competition.post(f"{AT}/question-time")
@login_required
def question_time(activity_id: int) -> Response:
    """The presentation is over; the time for questions begins."""
    here = _presenting(activity_id)
    with deed(here.workshop, current_staff(), "timer"):
        agenda.start_timer(here.workshop, int(here.setting("question_minutes")) * MINUTE)
    return _done(here)


def _presenting(activity_id: int) -> Competition:
    here = staff_competition(activity_id)
    if not here.is_here(PRESENT):
        raise Refused(_("The room is not at the presentations."), 409)
    return here


def _my_competition(activity_id: int) -> tuple[Competition, Participant]:
    activity, me = me_at(activity_id)
    return (activity, me) if isinstance(activity, Competition) else abort(404)


def _entry(here: Competition, entry_id: str) -> Entry:
    found = Entry.by_id(here, entry_id)
    return found if found and found in Entry.in_order(here) else abort(404)


def _about(found: Entry) -> str:
    """In the reader's language, where the team wrote in it."""
    return found.about_en or found.about if str(get_locale()) == "en" else found.about


def _done(here: Competition) -> Response:
    answer = done(url_for("console.show", workshop_id=here.workshop_id))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer
