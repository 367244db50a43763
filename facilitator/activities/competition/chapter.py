"""The competition's section of a proposal, and what several of its papers say in the same words.

Plain data. Telephone and identity numbers are masked; judges are numbers here, and residents don't appear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.record import EVEN, Record, short, shown
from facilitator.activities.competition.rubric import Criterion, weights
from facilitator.methods.judging import METHODS
from facilitator.web.text import mask
from facilitator.workshop.paperwork import Figure, Part

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

SOURCES = ("phone", "helper", "paper", "hands")


def chapter(competition: Competition) -> Part | None:
    """None before the room has seen the whole result."""
    return told(Record.of(competition)) if competition.is_awarded else None


def told(record: Record) -> Part:
    """The entries, the best first, then those that nobody judged."""
    entries = [_compared(record, place.entry) for place in record.standing.places]
    pairs = [name for entry in entries for name in entry["pair"] or ()]
    return Part(
        title="方案比选",
        title_en="The schemes compared",
        figures=_figures(record),
        photos=sorted({*pairs, *(entry["cover"] for entry in entries if entry["cover"])}),
        content={
            "name": record.competition.title,
            "task": mask(record.competition.instruction),
            "entries": entries,
            "criteria": rubric_of(record),
            "explained": explained(record),
            "vote": vote_of(record),
        },
    )


def _figures(record: Record) -> list[Figure]:
    vote = record.standing.round
    return [
        _figure("entries", len(record.entries), "个方案", "scheme", "schemes"),
        _figure("judges", len(record.judges), "位评委", "judge", "judges"),
        _figure("scores", len(record.panel.marks()), "个计入的评分", "score that counts", "scores that count"),
        _figure("recusals", len(record.recused), "次回避", "recusal", "recusals"),
        *([_figure("dots", vote.dots, "枚居民圆点", "dot of residents", "dots of residents")] if vote else []),
    ]


def _figure(key: str, value: int, zh: str, one: str, many: str) -> Figure:
    return Figure(key=key, value=value, zh=zh, en=one if value == 1 else many)


def _compared(record: Record, entry: Entry) -> dict[str, Any]:
    """Where a pair shows how it will be, no cover says it again."""
    pair, told = record.pair(entry), entry_of(record, entry)
    return {**told, "pair": list(pair) if pair else None, "cover": "" if pair else told["cover"]}


# What several papers show.


def entry_of(record: Record, entry: Entry) -> dict[str, Any]:
    """An entry with what it came to."""
    place = record.place(entry)
    return {
        "number": entry.number,
        "title": entry.title,
        "title_en": mask(entry.text_en),
        "team": mask(entry.team),
        "neighbourhood": entry.neighbourhood,
        "site": mask(entry.site),
        "about": entry.public_about,
        "about_en": mask(entry.about_en),
        "cover": record.cover(entry),
        "rank": place.rank,
        "total": shown(place.total),
        "jury": shown(place.jury),
        "jury_scaled": shown(place.jury_scaled, 1),
        "public_scaled": shown(place.public_scaled, 1),
        "dots": place.dots,
    }


def rubric_of(record: Record) -> list[dict[str, Any]]:
    """The criteria with their shares in percent and what the scores mean."""
    share = weights(record.criteria)
    return [
        {
            "name": each.name,
            "name_en": each.name_en or each.name,
            "weight": each.weight,
            "share": short(100 * share[each.id]) if each.id in share else "0",
            "anchors": _anchors(each),
        }
        for each in record.criteria
    ]


def _anchors(criterion: Criterion) -> list[dict[str, str]]:
    plain = {score: text for score, text in criterion.anchors.items() if not score.startswith("en")}
    return [
        {"score": score, "zh": text, "en": criterion.anchors.get(f"en{score}") or text}
        for score, text in sorted(plain.items(), key=lambda pair: float(pair[0]), reverse=True)
    ]


def vote_of(record: Record) -> dict[str, Any] | None:
    """The public vote; None where there was none."""
    vote = record.standing.round
    if vote is None:
        return None
    by_source = {source: sum(line.sources.get(source, 0) for line in vote.lines) for source in SOURCES}
    return {
        "dots": vote.dots,
        "voters": vote.voters,
        "sources": by_source,
        "budget": record.competition.setting("budget"),
    }


def explained(record: Record) -> dict[str, Any]:
    """By what rules the result came about, and how much it hangs on them."""
    standing, outcome = record.standing, record.standing.outcome
    mixture = standing.mixture
    return {
        "method": record.method,
        "scale": {name: short(getattr(record.competition.scale, name) / 100) for name in ("lowest", "highest", "step")},
        "not_trimmed": record.numbers(outcome.not_trimmed),
        "separate": outcome.separate,
        "outliers": [[record.judge_numbers[judge], record.number(entry)] for judge, entry in outcome.outliers],
        "mixed": mixture is not None,
        "share": int(standing.rules["jury_share"]),
        "effective": shown(100 * mixture.effective_share, 0) if mixture else "",
        "scale_by": standing.rules["scale_by"],
        "tie": standing.rules["tie"],
        "ties": [_tie([[place.entry.number, place.rank] for place in group]) for group in standing.tied],
        "severity": _severity(record),
        "sensitivity": _sensitivity(record),
        "unjudged": [place.entry.number for place in standing.places if not place.rank],
    }


def _tie(members: list[list[int]]) -> dict[str, Any]:
    """Entries that were equal, and whether the tie-break told them apart."""
    numbers, ranks = [number for number, _rank in members], [rank for _number, rank in members]
    return {"numbers": numbers, "ranks": ranks, "decided": len(set(ranks)) == len(ranks)}


def _severity(record: Record) -> list[dict[str, Any]]:
    """Of each judge, where the method makes use of it: stricter than the panel, milder, or like it."""
    return [
        {
            "judge": record.judge_numbers[judge],
            "is": "even" if abs(off) < EVEN else "strict" if off > 0 else "mild",
            "off": shown(abs(off), 1),
        }
        for judge, off in record.severity.items()
    ]


def _sensitivity(record: Record) -> dict[str, Any] | None:
    found = record.standing.sensitivity
    if found is None:
        return None
    return {
        "changes": [other.method for other in found.others if other.order_changes],
        "first": [other.method for other in found.others if other.first_changes],
        "others": [method for method in METHODS if method != record.method],
        "without": sorted(record.judge_numbers[judge] for judge in found.without),
        "judges": len(found.chosen.severity),
    }
