"""The competition's own papers: the score sheet, a feedback sheet for each entry, certificates, and the print kit.

The score sheet is the formal record of what a jury decided in its office: the names of the judges stand in it in full,
as under any protocol, and each of them signs it. Residents appear in none of these papers; teams are named as they
entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from facilitator.activities.competition.chapter import entry_of, explained, rubric_of, vote_of
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.record import Record, short, shown
from facilitator.activities.competition.rubric import Criterion
from facilitator.activities.competition.standing import COMPLETE
from facilitator.web.text import mask
from facilitator.workshop.paperwork import Figure, Part
from facilitator.workshop.qr import join_address, public

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

SCORES, FEEDBACK, CERTIFICATE = "scores", "feedback", "certificate"


def refusal(competition: Competition, name: str) -> str:
    """Before the lock nobody reads a score, staff neither; certificates say what the room has seen."""
    if competition.is_locked() and not competition.stands():
        return str(_("This can be made once the public vote is over."))
    if not competition.is_locked():
        return str(_("This can be made once the scores of all judges are locked."))
    if name == CERTIFICATE and not competition.is_awarded:
        return str(_("This can be made once the whole result was revealed."))
    return ""


def paper(competition: Competition, name: str) -> Part:
    record = Record.of(competition)
    made = {SCORES: _scores, FEEDBACK: _feedback, CERTIFICATE: _certificates}[name]
    content = {"name": competition.title, "task": mask(competition.instruction), **made(record)}
    photos = sorted({entry["cover"] for entry in content["entries"] if entry["cover"]}) if name == FEEDBACK else []
    return Part(title="设计赛", title_en="Design competition", figures=[], photos=photos, content=content)


# The score sheet.


def _scores(record: Record) -> dict[str, Any]:
    judges = [_judge(record, judge) for judge in record.judges]
    return {
        "criteria": rubric_of(record),
        "judges": judges,
        "places": [_line(record, place.entry) for place in record.standing.places],
        "entries": [{**entry_of(record, entry), "rows": _rows(record, entry)} for entry in record.entries],
        "explained": explained(record),
        "vote": vote_of(record),
        "recused": [[judge.number, entry.number] for judge, entry in record.recused],
        "abstained": [[judge.number, entry.number] for judge, entry in record.abstained],
    }


def _judge(record: Record, judge: Judge) -> dict[str, Any]:
    severity = record.severity.get(judge.id)
    given = sum(record.panel.state(judge, entry) == COMPLETE for entry in record.entries)
    return {
        "number": judge.number,
        "name": judge.name,
        "office": judge.office,
        "given": given,
        "severity": severity,
        "off": shown(abs(severity)) if severity is not None else "",
    }


def _line(record: Record, entry: Entry) -> dict[str, Any]:
    """An entry in the summary: the total of each judge's sheet beside what came of them."""
    totals = [
        {"state": record.panel.state(judge, entry), "total": shown(record.panel.total(judge, entry))}
        for judge in record.judges
    ]
    return {**entry_of(record, entry), "totals": totals}


def _rows(record: Record, entry: Entry) -> list[dict[str, Any]]:
    """One line for each criterion: what each judge gave, and the mean."""
    return [
        {
            "given": [
                {"state": record.panel.state(judge, entry), "points": short(record.points(judge, entry, criterion))}
                for judge in record.judges
            ],
            "mean": shown(record.mean(entry, criterion)),
        }
        for criterion in record.criteria
    ]


# What a team gets.


def _feedback(record: Record) -> dict[str, Any]:
    return {
        "criteria": rubric_of(record),
        "entries": [_told(record, entry) for entry in record.entries],
        "explained": explained(record),
        "vote": vote_of(record),
        "scale": _scale(record),
    }


def _told(record: Record, entry: Entry) -> dict[str, Any]:
    """How an entry did by each criterion, beside all entries; no judge is told apart in it."""
    return {**entry_of(record, entry), "results": [_result(record, entry, each) for each in record.criteria]}


def _result(record: Record, entry: Entry, criterion: Criterion) -> dict[str, Any]:
    mean = record.mean(entry, criterion)
    every = [each for each in (record.mean(other, criterion) for other in record.entries) if each is not None]
    return {
        "mean": shown(mean),
        "at": _along(record, mean) if mean is not None else None,
        "low": _along(record, min(every)) if every else None,
        "high": _along(record, max(every)) if every else None,
        "least": shown(min(every, default=None)),
        "most": shown(max(every, default=None)),
        "level": _level(criterion, mean) if mean is not None else None,
    }


def _along(record: Record, value: Any) -> float:
    """Where on the scale: 0 the lowest, 1 the highest score."""
    scale = record.competition.scale
    return round(float((value * 100 - scale.lowest) / (scale.highest - scale.lowest)), 4)


def _level(criterion: Criterion, mean: Any) -> dict[str, str] | None:
    """The words of the highest anchor that was reached; of the lowest where none was."""
    anchors = sorted(float(score) for score in criterion.anchors if not score.startswith("en"))
    if not anchors:
        return None
    at = max((score for score in anchors if score <= mean), default=anchors[0])
    score = next(each for each in criterion.anchors if not each.startswith("en") and float(each) == at)
    zh = criterion.anchors[score]
    return {"score": score, "zh": zh, "en": criterion.anchors.get(f"en{score}") or zh}


def _scale(record: Record) -> dict[str, str]:
    scale = record.competition.scale
    return {"lowest": short(scale.lowest / 100), "highest": short(scale.highest / 100)}


def _certificates(record: Record) -> dict[str, Any]:
    places = int(record.competition.setting("places"))
    certified = [
        {**entry_of(record, place.entry), "honour": place.rank if place.rank <= places else 0}
        for place in record.ranked
    ]
    return {"entries": certified, "criteria": [], "several": _several(record)}


def _several(record: Record) -> list[int]:
    """Ranks that more than one entry has."""
    ranks = [place.rank for place in record.ranked]
    return sorted({rank for rank in ranks if ranks.count(rank) > 1})


# What is printed for the room.


def prints(competition: Competition) -> Part:
    """A card for each judge and each entry, and the rules of the vote; personal codes are on it, so it stays here."""
    judges, entries = Judge.of(competition), Entry.in_order(competition)
    poster = _poster(competition) if competition.has_vote else None
    return Part(
        title="设计赛",
        title_en="Design competition",
        figures=[
            Figure(key="judges", value=len(judges), zh="张评委卡", en="judge cards"),
            Figure(key="entries", value=len(entries), zh="张方案号牌", en="entry cards"),
            Figure(key="posters", value=1 if poster else 0, zh="张投票海报", en="vote posters"),
        ],
        photos=[],
        content={
            "name": competition.title,
            "task": competition.instruction,
            "judges": [_card(each) for each in judges],
            "typed_at": public(url_for("competition.judge_card")),
            "entries": [_sign(competition, each) for each in sorted(entries, key=lambda each: each.number)],
            "poster": poster,
            "lacks": " ".join(_lacks(judges, entries)),
        },
    )


def _lacks(judges: list[Judge], entries: list[Entry]) -> Iterator[str]:
    if not judges:
        yield str(_("No judge is invited yet: invite them first, then print their cards."))
    if not entries:
        yield str(_("There are no entries yet: their cards are printed once they have come in."))


def _card(judge: Judge) -> dict[str, Any]:
    """In capitals, so that the code is a coarse one."""
    return {
        "number": judge.number,
        "name": judge.name,
        "office": judge.office,
        "code": " ".join(judge.token[at : at + 4] for at in range(0, len(judge.token), 4)),
        "link": public(url_for("competition.come_in_to_judge", token=judge.token)).upper(),
    }


def _sign(competition: Competition, entry: Entry) -> dict[str, Any]:
    """What stands beside an entry; in a blind competition without its team."""
    return {
        "number": entry.number,
        "title": entry.title,
        "title_en": mask(entry.text_en),
        "team": "" if competition.setting("blind") else mask(entry.team),
        "site": mask(entry.site),
    }


def _poster(competition: Competition) -> dict[str, Any]:
    return {
        "budget": int(competition.setting("budget")),
        "cap": int(competition.setting("cap")),
        "until": competition.setting("vote_until"),
        "jury_share": int(competition.rules["jury_share"]),
        "tie": competition.rules["tie"],
        "code": competition.workshop.code,
        "address": join_address(competition.workshop),
    }
