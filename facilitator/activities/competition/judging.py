"""The judge's page: in by the code of the card, out of anybody else's sight."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.activities.competition import scoring
from facilitator.activities.competition.access import let_in, me_judging
from facilitator.activities.competition.bench import Bench
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge, Judgement
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.models import competition as competition_of
from facilitator.activities.competition.routes import AT, competition
from facilitator.activities.competition.rubric import Criterion
from facilitator.activities.competition.standing import RECUSED
from facilitator.extensions import db, now
from facilitator.synthesis.models import SHOWN
from facilitator.web.errors import Refused, Stranger
from facilitator.web.htmx import wants_partial
from facilitator.web.uploads import send_pdf
from facilitator.workshop.commits import together
from facilitator.workshop.joining import mark

JUDGING = f"{AT}/judging"
SEEN_EVERY = timedelta(minutes=1)
UNTYPED = re.compile(r"[^0-9A-Za-z]")
"""What people put between the letters of a code that they copy from a card."""
LONGEST_SCORE = 12


# --- The way in


@competition.get("/G")
@competition.get("/g")
def judge_card() -> str:
    """For whoever can't scan the card: its code, typed."""
    return render_template("activities/competition/judge/card.html")


@competition.post("/G")
@competition.post("/g")
def read_judge_card() -> Response:
    return _come_in(request.form.get("code", ""))


@competition.get("/G/<token>")
@competition.get("/g/<token>")
def come_in_to_judge(token: str) -> Response:
    return _come_in(token)


def _come_in(code: str) -> Response:
    judge = Judge.by_token(UNTYPED.sub("", code))
    here = competition_of(judge.activity_id) if judge else None
    if judge is None or here is None or here.workshop.deleted_at is not None:
        raise Refused(
            _("No judge's card has this code. Please compare it with your card, or ask the facilitator."), 404
        )
    let_in(judge)
    return redirect(url_for("competition.judging", activity_id=here.id), 303)


# --- The page


@competition.get(JUDGING)
def judging(activity_id: int) -> str:
    """All the judge's entries on one page, so that it goes on without a connection."""
    here, judge = _known(activity_id)
    _note_visit(here, judge)
    return _page(Bench.of(here, judge))


@competition.get(f"{JUDGING}/now")
def judging_now(activity_id: int) -> str | Response:
    """Who presents, is there a reminder, is the page older than what stands? Asked every few seconds."""
    here, judge = _known(activity_id)
    _note_visit(here, judge)
    bench = Bench.of(here, judge)
    if request.args.get("seen") == bench.now_mark():
        return Response(status=204)
    return render_template("activities/competition/judge/_now.html", bench=bench)


@competition.get(f"{JUDGING}/<entry_id>/drawings.pdf")
def judge_pdf(activity_id: int, entry_id: str) -> Response:
    """The team's drawings, under a name that gives nobody away."""
    here, judge = _known(activity_id)
    sheet = Bench.of(here, judge).sheet(entry_id)
    if sheet is None or sheet.state == RECUSED or not sheet.entry.pdf:
        abort(404)
    folder = current_app.config["SETTINGS"].data / "photos"
    return send_pdf(folder, sheet.entry.pdf, f"{sheet.entry.number}.pdf")


def _known(activity_id: int) -> tuple[Competition, Judge]:
    try:
        return me_judging(activity_id)
    except Stranger as stranger:
        raise Refused(_("Please come in with your judge's card: scan its code, or open your link."), 404) from stranger


def _note_visit(here: Competition, judge: Judge) -> None:
    if judge.seen_at is None or now() - judge.seen_at >= SEEN_EVERY:
        judge_id = judge.id
        together(here.workshop_id, lambda: _seen(judge_id))


def _seen(judge_id: int) -> None:
    db.session.get_one(Judge, judge_id).seen_at = now()


def _page(bench: Bench) -> str:
    context = {"bench": bench, "activity": bench.competition, "owner": mark(bench.judge.token)}
    return render_template("activities/competition/judge/page.html", **context)


# --- What a judge does. Each act may come twice, late, and from two tabs


@competition.post(f"{JUDGING}/<entry_id>/scores")
def score(activity_id: int, entry_id: str) -> str | Response:
    """Scores for one entry: the one that was tapped, or a whole form from a browser without scripts."""
    given = _scores(request.form)
    return _do(activity_id, entry_id, lambda here, judge, entry: _give(here, judge, entry, given))


def _scores(form: Mapping[str, str]) -> dict[int, str]:
    """By criterion, as typed; half a point may be ticked beside a whole one."""
    named = {name.removeprefix("score-"): text.strip() for name, text in form.items() if name.startswith("score-")}
    halves = {key for key, text in named.items() if text and f"half-{key}" in form}
    return {
        int(key): (f"{text}.5" if key in halves else text)[:LONGEST_SCORE]
        for key, text in named.items()
        if key.isascii() and key.isdecimal() and len(key) <= LONGEST_SCORE
    }


def _give(here: Competition, judge: Judge, entry: Entry, given: Mapping[int, str]) -> None:
    criteria = {each.id: each for each in Criterion.of(here)}
    if given.keys() - criteria.keys():
        abort(404)
    for key, text in given.items():
        scoring.give(here, judge, entry, criteria[key], text)


@competition.post(f"{JUDGING}/<entry_id>/recusal")
def recuse(activity_id: int, entry_id: str) -> str | Response:
    on = _is_on()
    return _do(activity_id, entry_id, lambda here, judge, entry: scoring.recuse(here, judge, entry, on))


@competition.post(f"{JUDGING}/<entry_id>/abstention")
def abstain(activity_id: int, entry_id: str) -> str | Response:
    on = _is_on()
    return _do(activity_id, entry_id, lambda here, judge, entry: scoring.abstain(here, judge, entry, on))


@competition.post(f"{JUDGING}/<entry_id>/note")
def judge_note(activity_id: int, entry_id: str) -> str | Response:
    text = request.form.get("note", "")
    return _do(activity_id, entry_id, lambda here, judge, entry: scoring.write_note(here, judge, entry, text))


@competition.post(f"{JUDGING}/recusals")
def recuse_from_several(activity_id: int) -> Response:
    """The first question: which of these have to do with me? None may be the answer."""
    here, judge = me_judging(activity_id)
    chosen, judge_id = request.form.getlist("entry"), judge.id
    together(here.workshop_id, lambda: _recuse(activity_id, judge_id, chosen))
    return _done(activity_id)


def _recuse(activity_id: int, judge_id: int, chosen: list[str]) -> None:
    here, judge = _again(activity_id, judge_id)
    for entry_id in chosen:
        scoring.recuse(here, judge, _entry(here, entry_id), on=True)
    scoring.check_open(here, judge)
    for sheet in Bench.of(here, judge).sheets:
        Judgement.one(judge, sheet.entry)  # they were asked, and are not asked again


@competition.post(f"{JUDGING}/lock")
def lock_own_scores(activity_id: int) -> Response:
    """The judge is done. From now on only the facilitator can let them correct something."""
    here, judge = me_judging(activity_id)
    judge_id = judge.id
    together(here.workshop_id, lambda: _lock(activity_id, judge_id))
    return _done(activity_id)


def _lock(activity_id: int, judge_id: int) -> None:
    here, judge = _again(activity_id, judge_id)
    missing = [str(sheet.entry.number) for sheet in Bench.of(here, judge).missing]
    if missing:
        raise Refused(_("Scores are still missing for: %(numbers)s.", numbers=", ".join(missing)), 409)
    scoring.lock(here, judge)


# --- Below all of them


def _do(activity_id: int, entry_id: str, act: Callable[[Competition, Judge, Entry], None]) -> str | Response:
    """One act of a judge upon an entry, and what it changed on their page."""
    here, judge = me_judging(activity_id)
    judge_id = judge.id

    def job() -> None:
        again, who = _again(activity_id, judge_id)
        act(again, who, _entry(again, entry_id))

    together(here.workshop_id, job)
    if not wants_partial():
        return redirect(url_for("competition.judging", activity_id=activity_id, _anchor=f"entry-{entry_id}"), 303)
    bench = Bench.of(here, judge)
    sheet = bench.sheet(entry_id)
    if sheet is None:  # of others again, now that it is no longer recused
        return Response(status=204)
    return render_template("activities/competition/judge/_answer.html", bench=bench, sheet=sheet)


def _again(activity_id: int, judge_id: int) -> tuple[Competition, Judge]:
    """As they are in the writer's own transaction: the judge may have been withdrawn in the meantime."""
    judge = db.session.get(Judge, judge_id)
    if judge is None or judge.deleted_at is not None:
        raise Stranger
    return competition_of(activity_id) or abort(404), judge


def _entry(here: Competition, entry_id: str) -> Entry:
    entry = Entry.by_id(here, entry_id) or abort(404)
    if entry.status != SHOWN:
        raise Refused(_("This entry was taken out of the competition."), 409)
    return entry


def _is_on() -> bool:
    return request.form.get("on", "1") == "1"


def _done(activity_id: int) -> Response:
    """Nothing to show by itself: the page asks for all of it."""
    if wants_partial():
        return Response(status=204)
    return redirect(url_for("competition.judging", activity_id=activity_id), 303)
