"""The competition as tables for a workbook: people and judges are numbers, texts are masked.

Once the scores are locked, `competition_means` and `competition_result` reckon the result again by formulas, from the
scores, weights and dots that stand in the other tables, beside what the program printed. Where judges are weighed
against each other the fit isn't a formula of a cell: there the jury's points stand as numbers beside the weighted mean,
and what follows from them (one scale, mixture, rank) is reckoned.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from facilitator.activities.competition.entries import Entry, pictures_of
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.record import FITTED, Record, shown
from facilitator.activities.competition.rubric import POINT, Criterion
from facilitator.activities.competition.standing import COMPLETE, Place
from facilitator.methods import judging
from facilitator.methods.judging.scoring import TRIMMED_FROM
from facilitator.voting.dots import HandCount
from facilitator.web.text import mask, mask_name
from facilitator.workshop.paperwork import Formula

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

Row = dict[str, Any]


def sheets(competition: Competition) -> dict[str, list[Row]]:
    """Before the lock nothing of what judges or residents gave."""
    entries = Entry.ever(competition)
    pictures = pictures_of(entries)
    plain = {
        "competition_rules": [_rules(competition)],
        "competition_entries": [_entry(each, len(pictures[each.id])) for each in entries],
        "competition_judges": [_judge(each) for each in Judge.of(competition)],
        "competition_criteria": [_criterion(number, each) for number, each in _numbered(competition)],
    }
    if not competition.stands():
        return plain
    record = Record.of(competition)
    dots = _dots(record)
    return plain | {
        "competition_judgements": _judgements(record),
        "competition_scores": _scores(record),
        "competition_dots": dots,
        "competition_means": _means(record),
        "competition_result": [_result(record, place, bool(dots)) for place in record.ranked],
    }


def _rules(competition: Competition) -> Row:
    scale = competition.scale
    return {
        **competition.rules,
        **{name: getattr(scale, name) / POINT for name in ("lowest", "highest", "step")},
        "blind": "yes" if competition.setting("blind") else "",
    }


def _entry(entry: Entry, pictures: int) -> Row:
    return {
        "entry": entry.number,
        "title": entry.title,
        "team": mask(entry.team),
        "neighbourhood": mask(entry.neighbourhood),
        "site": mask(entry.site),
        "text": entry.public_about,
        "turn": entry.turn or "",
        "status": entry.status,
        "pictures": pictures,
        "pdf": "yes" if entry.pdf else "",
    }


def _judge(judge: Judge) -> Row:
    return {
        "judge": judge.number,
        "name": mask_name(judge.name),
        "office": mask(judge.office),
        "locked": "yes" if judge.locked_at else "",
    }


def _numbered(competition: Competition) -> list[tuple[int, Criterion]]:
    return list(enumerate(Criterion.of(competition), 1))


def _criterion(number: int, criterion: Criterion) -> Row:
    anchors = "\n".join(f"{score}: {words}" for score, words in criterion.words())
    return {
        "criterion": number,
        "name": criterion.name,
        "english": criterion.name_en,
        "weight": criterion.weight,
        "text": anchors,
    }


# What was given.


def _judgements(record: Record) -> list[Row]:
    return [
        {"entry": entry.number, "judge": judge.number, "state": record.panel.state(judge, entry)}
        for entry in record.entries
        for judge in record.judges
    ]


def _scores(record: Record) -> list[Row]:
    """Also what was given and doesn't count: of a sheet that isn't complete, or before a recusal."""
    return [
        {
            "entry": entry.number,
            "judge": judge.number,
            "criterion": number,
            "points": record.panel.points[judge.id, entry.id, criterion.id] / POINT,
            "counts": "yes" if record.panel.state(judge, entry) == COMPLETE else "",
        }
        for entry in record.entries
        for judge in record.judges
        for number, criterion in enumerate(record.criteria, 1)
        if (judge.id, entry.id, criterion.id) in record.panel.points
    ]


def _dots(record: Record) -> list[Row]:
    """One row for each dot of a phone, and for each count by hand."""
    if record.standing.round is None:
        return []
    people = record.people
    given = sorted((record.number(target), people[person].number) for person, target in record.ballots)
    by_hand = [count for count in HandCount.of(record.competition, 1) if record.knows(str(count.target))]
    return [
        *({"entry": number, "person": person, "source": "phone", "dots": 1} for number, person in given),
        *(
            {"entry": record.number(str(each.target)), "person": "", "source": each.source, "dots": each.dots}
            for each in by_hand
        ),
    ]


# What comes of it, by formulas.

_OF_CELL = "[{t}.activity],[activity],[{t}.entry],[entry],[{t}.criterion],[criterion]"
_SHEETS = _OF_CELL.format(t="competition_scores") + ',[competition_scores.counts],"yes"'
_EACH = (
    "([competition_scores.activity]=[activity])*([competition_scores.entry]=[entry])"
    '*([competition_scores.criterion]=[criterion])*([competition_scores.counts]="yes")'
)
_ABOVE_ALL = {"points": 1_000, "jury": 1_000, "dots": 1_000_000}
"""Above whatever can stand in a column: the least of some cells is what lies furthest below it."""
_MINE = "([competition_result.activity]=[activity])"


def _means(record: Record) -> list[Row]:
    """Of each entry and criterion."""
    return [
        _mean(record, place.entry, number, criterion)
        for place in record.ranked
        for number, criterion in enumerate(record.criteria, 1)
    ]


def _mean(record: Record, entry: Entry, number: int, criterion: Criterion) -> Row:
    given = record.given(entry, criterion)
    mean = record.mean(entry, criterion) or Fraction()
    plain, least = "[sum]/[scores]", _ABOVE_ALL["points"]
    trimmed = f"IF([scores]>={TRIMMED_FROM},([sum]-[highest]-[lowest])/([scores]-2),{plain})"
    weight = f"SUMIFS([competition_criteria.weight],{_rows('competition_criteria', 'criterion')})"
    return {
        "entry": entry.number,
        "criterion": number,
        "weight": _formula(weight, criterion.weight),
        "scores": _formula(f"COUNTIFS({_SHEETS})", len(given)),
        "sum": _formula(f"SUMIFS([competition_scores.points],{_SHEETS})", sum(given)),
        "highest": _formula(f"SUMPRODUCT(MAX({_EACH}*[competition_scores.points]))", max(given)),
        "lowest": _formula(f"{least}-SUMPRODUCT(MAX({_EACH}*({least}-[competition_scores.points])))", min(given)),
        "mean": _formula(trimmed if record.method == "trimmed" else plain, mean),
        "weighted": _formula("[weight]*[mean]", criterion.weight * mean),
    }


def _result(record: Record, place: Place, has_dots: bool) -> Row:
    mixed = record.standing.mixture is not None
    total = _mixture() if mixed else "[jury]"
    close = "ABS([{0}]-[printed_{0}])<0.0051"
    same = f"AND({close.format('jury')},{close.format('total')},[rank]=[printed_rank])"
    words = _("differs")
    return {
        "entry": place.entry.number,
        "weighted_mean": _formula(_weighted("weighted"), _weighted_mean(record, place.entry)),
        "jury": float(place.jury) if record.method in FITTED else _formula("[weighted_mean]", place.jury),
        "dots": _formula(f"SUMIFS([competition_dots.dots],{_rows('competition_dots', 'entry')})", place.dots)
        if has_dots
        else 0,
        "jury_scaled": _formula(_scaled(record, "jury"), place.jury_scaled) if mixed else "",
        "public_scaled": _formula(_scaled(record, "dots"), place.public_scaled) if mixed else "",
        "total": _formula(total, place.total),
        "tie_break": _tie_break(record, place),
        "rank": _formula(_rank(), place.rank),
        "printed_jury": float(shown(place.jury)),
        "printed_total": float(shown(place.total)),
        "printed_rank": place.rank,
        "differs": Formula(formula=f'=IF({same},"","{words}")', value=""),
        "text": _("The jury's points are fitted, not reckoned in a cell.") if record.method in FITTED else "",
    }


def _rows(table: str, column: str) -> str:
    """The criteria of SUMIFS that pick this competition's rows with the same value in the column."""
    return f"[{table}.activity],[activity],[{table}.{column}],[{column}]"


def _weighted(column: str) -> str:
    mine = _rows("competition_means", "entry")
    return f"SUMIFS([competition_means.{column}],{mine})/SUMIFS([competition_means.weight],{mine})"


def _weighted_mean(record: Record, entry: Entry) -> Fraction:
    weights = sum(each.weight for each in record.criteria)
    parts = (each.weight * (record.mean(entry, each) or Fraction()) for each in record.criteria)
    return sum(parts, Fraction()) / weights


def _scaled(record: Record, column: str) -> str:
    """The column between 0 and 100, as `judging.mix` puts it there."""
    every = f"[competition_result.{column}]"
    if record.standing.rules["scale_by"] == "rank":
        many, below = f"SUMPRODUCT({_MINE}*1)", f"SUMPRODUCT({_MINE}*(ROUND({every},9)<ROUND([{column}],9)))"
        equal = f"SUMPRODUCT({_MINE}*(ROUND({every},9)=ROUND([{column}],9)))"
        return f"IF({many}<2,50,100/({many}-1)*({below}+({equal}-1)/2))"
    above = _ABOVE_ALL[column]
    high = f"(SUMPRODUCT(MAX({_MINE}*({above}+{every})))-{above})"
    low = f"({above}-SUMPRODUCT(MAX({_MINE}*({above}-{every}))))"
    return f"IF(ROUND({high}-{low},9)=0,50,100*([{column}]-{low})/({high}-{low}))"


def _mixture() -> str:
    share = "SUMIFS([competition_rules.jury_share],[competition_rules.activity],[activity])/100"
    return f"{share}*[jury_scaled]+(1-{share})*[public_scaled]"


def _tie_break(record: Record, place: Place) -> Any:
    """What decides among equals."""
    rule = record.standing.rules["tie"]
    if rule == "public":
        return _formula("[dots]", place.dots)
    if rule != "first":
        return 0
    first = str(record.criteria[0].id)
    marks = [mark for mark in record.panel.marks() if mark.criterion == first]
    found = judging.score(marks, record.method).scores[place.entry.id]
    if record.method in FITTED:
        return float(found)
    only = f"{_rows('competition_means', 'entry')},[competition_means.criterion],1"
    return _formula(f"SUMIFS([competition_means.mean],{only})", found)


def _rank() -> str:
    total, tie = (f"ROUND([competition_result.{name}],9)" for name in ("total", "tie_break"))
    better = f"({total}>ROUND([total],9))+({total}=ROUND([total],9))*({tie}>ROUND([tie_break],9))"
    return f"1+SUMPRODUCT({_MINE}*({better}))"


def _formula(formula: str, value: Any) -> Formula:
    return Formula(formula=f"={formula}", value=None if value is None else float(value))
