"""The judges at the facilitator's desk: invite, remind, assign, lock. All of it stands in the log."""

from __future__ import annotations

from collections import Counter

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.activities.competition import scoring
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.judges import Assignment, Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.office import done, link_page, logged, note, page
from facilitator.activities.competition.routes import AT, competition
from facilitator.activities.competition.standing import BEGUN, OPEN, RECUSED, Panel
from facilitator.extensions import now
from facilitator.methods import judging
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.qr import public

MOST_JUDGES = 60
LONGEST_NAME, LONGEST_OFFICE = 24, 40


@competition.get(f"{AT}/judges")
@login_required
def judges(activity_id: int) -> str:
    """Who judges, and how far each is with each entry: yes or no, never a score."""
    here = staff_competition(activity_id)
    panel = Panel.of(here)
    states = {(judge.id, entry.id): panel.state(judge, entry) for judge in panel.judges for entry in panel.entries}
    behind = Counter(judge.id for judge, _entry in panel.missing())
    context = {
        "panel": panel,
        "states": states,
        "behind": behind,
        "withdrawn": [each for each in Judge.ever(here) if each.deleted_at is not None],
        "seats": int(here.setting("panel")),
        "assigned": Assignment.pairs(here),
        "recused": {pair for pair, state in states.items() if state == RECUSED},
        "loads": Counter(judge for judge, _entry in Assignment.pairs(here)),
        "undone": {OPEN, BEGUN},
    }
    return page("judges", here, **context)


@competition.post(f"{AT}/judges")
@login_required
def invite(activity_id: int) -> Response:
    """One on each line: name, office."""
    here = _unrevealed(activity_id)
    lines = [line for line in request.form.get("judges", "").replace("\uff0c", ",").splitlines() if clean(line)]
    if not lines:
        raise Refused(_("Write a few words first."))
    if len(lines) + len(Judge.of(here)) > MOST_JUDGES:
        raise Refused(_("%(most)d judges are the most.", most=MOST_JUDGES))
    with logged(here):
        for line in lines:
            name, _comma, office = line.partition(",")
            judge = Judge.invite(here, clean(name)[:LONGEST_NAME] or "–", clean(office)[:LONGEST_OFFICE])
            note(here, "invited", judge_id=judge.id, said={"after": judge.name})
    return done(here, "judges")


@competition.post(f"{AT}/judges/<int:judge_id>")
@login_required
def correct(activity_id: int, judge_id: int) -> Response:
    """Another name or office for one who was written wrongly: link and scores stay, and the log has both."""
    here = staff_competition(activity_id)
    judge = _judge(here, judge_id)
    name = clean(request.form.get("name", ""))[:LONGEST_NAME]
    if not name:
        raise Refused(_("Please give it a name."))
    office = clean(request.form.get("office", ""))[:LONGEST_OFFICE]
    if (name, office) != (judge.name, judge.office):
        with logged(here):
            before = _known_as(judge)
            judge.name, judge.office = name, office
            note(here, "judge-changed", judge_id=judge.id, said={"before": before, "after": _known_as(judge)})
    return done(here, "judges")


@competition.post(f"{AT}/judges/<int:judge_id>/standing")
@login_required
def withdraw(activity_id: int, judge_id: int) -> Response:
    """Withdrawn (`out` 1): the link opens nothing and the scores don't count; or back again (0)."""
    here = staff_competition(activity_id)
    here.check_unlocked()
    judge = _judge(here, judge_id)
    out = request.form.get("out") == "1"
    if out != (judge.deleted_at is not None):
        with logged(here):
            judge.deleted_at = now() if out else None
            note(here, "withdrawn" if out else "returned", judge_id=judge.id)
    return done(here, "judges")


@competition.get(f"{AT}/judges/<int:judge_id>/link")
@login_required
def judge_link(activity_id: int, judge_id: int) -> str:
    here = staff_competition(activity_id)
    judge = _judge(here, judge_id)
    link = public(url_for("competition.come_in_to_judge", token=judge.token))
    return link_page(here, link, _known_as(judge), _("The judge's own page"), "judges")


@competition.post(f"{AT}/reminders")
@login_required
def remind(activity_id: int) -> Response:
    """Remind one `judge`, or all who are behind: their page says so."""
    here = staff_competition(activity_id)
    asked = request.form.get("judge", 0, type=int)
    behind = {judge.id: judge for judge, _entry in Panel.of(here).missing() if judge.locked_at is None}
    whom = [behind[asked]] if asked in behind else [] if asked else list(behind.values())
    with logged(here):
        for judge in whom:
            judge.reminded_at = now()
    flash(
        ngettext("%(num)d judge is reminded on their page.", "%(num)d judges are reminded on their pages.", len(whom))
    )
    return done(here, "judges")


@competition.post(f"{AT}/locks")
@login_required
def lock(activity_id: int) -> Response:
    """Lock everybody's scores and the rules; while somebody is behind only if one is `sure`."""
    here = staff_competition(activity_id)
    panel = Panel.of(here)
    missing = panel.missing()
    if not panel.judges:
        raise Refused(_("There is nobody to judge yet."), 409)
    if not panel.marks():
        raise Refused(_("No judge has given a complete sheet yet: there is no result to lock."), 409)
    if missing and request.form.get("sure") != "1":
        names = ", ".join(dict.fromkeys(judge.name for judge, _entry in missing))
        raise Refused(_("Not complete yet: %(names)s. Tick that you are sure, then lock.", names=names), 409)
    with logged(here):
        scoring.lock_all(here, current_staff().id)
    return done(here, "judges")


@competition.post(f"{AT}/judges/<int:judge_id>/unlocking")
@login_required
def unlock(activity_id: int, judge_id: int) -> Response:
    """Let one judge correct something, with the reason that then stands in the log."""
    here = staff_competition(activity_id)
    judge = _judge(here, judge_id)
    with logged(here):
        scoring.unlock(here, judge, request.form.get("reason", ""), current_staff().id)
    return done(here, "judges")


@competition.post(f"{AT}/assignment")
@login_required
def assign(activity_id: int) -> Response:
    """Which judge judges which entries: each ticked `pair` (judge:entry), or all `as` suggested."""
    here = _unrevealed(activity_id)
    if any(judge.locked_at for judge in Judge.of(here)):
        raise Refused(_("Scores are locked: who judges what stands."), 409)
    panel = Panel.of(here)
    known = {(judge.id, entry.id) for judge in panel.judges for entry in panel.entries}
    if request.form.get("as") == "suggested":
        wanted = _suggested(here, panel)
    else:
        sent = (pair.partition(":") for pair in request.form.getlist("pair"))
        wanted = {(int(judge), entry) for judge, _colon, entry in sent if judge.isdecimal()} & known
    with logged(here):
        before = Assignment.pairs(here)
        Assignment.put(here, wanted)
        if before != wanted:
            note(here, "assigned", said={"before": len(before), "after": len(wanted)})
    return done(here, "judges")


def _suggested(here: Competition, panel: Panel) -> set[tuple[int, str]]:
    """Balanced panels that overlap; who declared a conflict of interest is kept out of that entry."""
    kept_out = {pair for pair, judgement in panel.judgements.items() if judgement.recused_at}
    judges, entries = [each.id for each in panel.judges], [each.id for each in panel.entries]
    try:
        found = judging.panels(judges, entries, int(here.setting("panel")), kept_out)
    except judging.Impossible as error:
        if error.reason is judging.Reason.CONFLICTS:
            titles = ", ".join(str(each.number) for each in panel.entries if each.id in error.about)
            raise Refused(
                _("Too many recusals: too few judges are left for entry %(which)s.", which=titles), 409
            ) from error
        raise Refused(_("There are too few judges for that many on each entry."), 409) from error
    return {(judge, entry) for judge, theirs in found.items() for entry in theirs}


def _known_as(judge: Judge) -> str:
    return " · ".join(filter(None, (judge.name, judge.office)))


def _judge(here: Competition, judge_id: int) -> Judge:
    return next((each for each in Judge.ever(here) if each.id == judge_id), None) or abort(404)


def _unrevealed(activity_id: int) -> Competition:
    here = staff_competition(activity_id)
    if here.revealed:
        raise Refused(_("The result is being shown. Hide it again before anything changes that makes it."), 409)
    return here
