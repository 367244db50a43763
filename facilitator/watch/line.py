"""How is the line? What the facilitator wants to know of phones, projector and computer, in her words.

What waits on a phone that is away can't be known here, and the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from facilitator.accounts.access import login_required
from facilitator.extensions import now
from facilitator.workshop import preflight, versions
from facilitator.workshop.access import my_workshop
from facilitator.workshop.models import Workshop
from facilitator.workshop.preflight import Check

line = Blueprint("line", __name__, url_prefix="/workshops/<int:workshop_id>/line")
MANY = 0.25
"""The part of the room above which something is not a matter of single phones any more."""
FEW = 2
"""Phones that may be away in a small room without its being worth a look."""


@dataclass(frozen=True)
class Phones:
    """The people who have joined, by how their phones are connected now."""

    joined: int
    connected: int
    asking: int
    """Of the connected: those that get no direct line and ask every few seconds."""
    behind: int
    """Of the connected: those that have taken nothing of what was sent for a while."""

    @property
    def away(self) -> int:
        return max(0, self.joined - self.connected)

    def are_many(self, number: int) -> bool:
        return number > max(FEW, self.joined * MANY)


@line.get("")
@login_required
def show(workshop_id: int) -> str:
    return render_template("watch/line.html", **_context(my_workshop(workshop_id)))


@line.get("/now")
@login_required
def now_only(workshop_id: int) -> str:
    """The part that renews itself; in the console it stands in the panel."""
    return render_template("watch/_line.html", **_context(my_workshop(workshop_id)))


def _context(workshop: Workshop) -> dict[str, Any]:
    others = current_app.extensions["peers"].sheets()
    phones = _phones(workshop, [sheet["rooms"].get(str(workshop.id), [0, 0]) for sheet in others])
    writing = current_app.extensions["commits"].waiting() + sum(sheet["writing"] for sheet in others)
    checks = [_reached(phones), _kept(workshop, phones, writing), _up_to_date(phones)]
    checks += [*_without_advice(preflight.projector(workshop), preflight.disk()), *_copies(), *_exports()]
    return {"workshop": workshop, "phones": phones, "checks": checks, "verdict": _verdict(phones, writing)}


def _phones(workshop: Workshop, elsewhere: list[list[int]]) -> Phones:
    """`elsewhere`: of each other process, the phones that ask and those that are behind."""
    presence, joined = current_app.extensions["presence"], workshop.head_count()
    asking = presence.asking(workshop.id) + sum(room[0] for room in elsewhere)
    connected = min(joined, presence.online(workshop.id) + asking)
    behind = current_app.extensions["backlog"].behind(workshop.id) + sum(room[1] for room in elsewhere)
    return Phones(joined, connected, min(asking, connected), min(behind, connected))


def _verdict(phones: Phones, writing: int) -> str:
    if not phones.joined:
        return str(_("Nobody has joined yet."))
    reached = _("%(connected)d of %(joined)d phones connected", connected=phones.connected, joined=phones.joined)
    kept = _("all their votes in") if phones.away else _("all votes in")
    if writing:
        kept = ngettext("one entry is being written", "%(num)d entries are being written", writing)
    if current_app.extensions["storage"].trouble:
        kept = _("but nothing can be kept just now")
    return str(_("%(phones)s, %(votes)s.", phones=reached, votes=kept))


def _reached(phones: Phones) -> Check:
    title, well = _("Phones"), not phones.are_many(phones.away)
    if not phones.joined:
        return Check(well, title, _("none yet"), _("People join with the QR code on the projector."))
    found = _("%(connected)d of %(joined)d phones connected", connected=phones.connected, joined=phones.joined)
    advice = ngettext(
        "One phone is away: asleep, or out of the hall. It comes back by itself when it is opened.",
        "%(num)d phones are away: asleep, or out of the hall. They come back by themselves when opened.",
        phones.away,
    )
    if not well:
        advice = _("Many are away at once. Is this computer still on the hall's Wi-Fi? Ask people to open the page.")
    return Check(well, title, found, advice if phones.away else "")


def _kept(workshop: Workshop, phones: Phones, writing: int) -> Check:
    """A phone shows as sent only what stands on the disk: what isn't in the queue is counted."""
    title, number = _("Votes and ideas"), versions.version(workshop.id)
    if current_app.extensions["storage"].trouble:
        advice = _("The top of the console says why. What people send stays on their phones until it can be kept.")
        return Check(False, title, _("nothing new can be kept just now"), advice)
    found = _("all that reached this computer is kept, the last of it %(ago)s", ago=_ago(number))
    if writing:
        found = ngettext("one entry is being written", "%(num)d entries are being written", writing)
    advice = _("What people did on a phone that is away can't be seen from here: it is sent once the phone is back.")
    return Check(True, title, found if number else _("nothing sent yet"), advice if phones.away else "")


def _ago(moment: float) -> str:
    """Of a time in milliseconds since 1970: a workshop's version is that of its last change, or a little more."""
    since = now() - datetime.fromtimestamp(moment / 1000, UTC)
    return str(format_timedelta(-max(since, timedelta(seconds=1)), granularity="second", add_direction=True))


def _up_to_date(phones: Phones) -> Check:
    title = _("What phones show")
    if phones.behind:
        found = ngettext("one phone is behind", "%(num)d phones are behind", phones.behind)
        advice = _("Their connection is weak. They catch up by themselves, sooner near the Wi-Fi; nobody waits.")
        return Check(not phones.are_many(phones.behind), title, found, advice)
    if phones.asking:
        found = ngettext("one phone asks every few seconds", "%(num)d phones ask every few seconds", phones.asking)
        advice = _("The network gives them no direct line. They show everything, five seconds later. Nothing to do.")
        return Check(True, title, found, advice)
    return Check(True, title, _("the same as the room"))


def _copies() -> list[Check]:
    """Of the SQLite database; PostgreSQL is copied by its own means."""
    settings, keeper = current_app.config["SETTINGS"], current_app.extensions.get("keeper")
    if keeper is None or not settings.snapshot_minutes:
        return []
    newest = max((path.stat().st_mtime for path in settings.snapshots.glob("facilitator-*.db")), default=0)
    found = _("the newest was made %(ago)s", ago=_ago(newest * 1000)) if newest else _("none yet: one is made soon")
    advice = _("No copy could be made; the top of the console says why.") if keeper.failure else ""
    return [Check(not keeper.failure, _("Safety copies"), found, advice)]


def _exports() -> list[Check]:
    unfinished = current_app.extensions["exports"].unfinished()
    found = ngettext("one is being made", "%(num)d are being made", unfinished)
    return [Check(True, _("Documents"), found, _("The room isn't slowed by it."))] if unfinished else []


def _without_advice(*checks: Check) -> list[Check]:
    """Theirs is what to do if it isn't well."""
    return [replace(check, advice="") if check.well else check for check in checks]
