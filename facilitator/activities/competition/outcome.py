"""The result at the facilitator's desk, once all scores are locked; before that only what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from facilitator.accounts.access import login_required
from facilitator.activities.competition.access import staff_competition
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.forms import CompetitionForm
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.office import page
from facilitator.activities.competition.routes import AT, competition
from facilitator.activities.competition.standing import Panel, Standing
from facilitator.methods.judging import rounded

SLIGHT = 0.05
"""Points of severity that nobody would notice."""


@competition.get(f"{AT}/result")
@login_required
def result(activity_id: int) -> str:
    here = staff_competition(activity_id)
    if not here.stands():
        return page("result", here, standing=None, **_missing(here))
    standing = here.standing()
    context = {
        "standing": standing,
        "points": lambda value, places=2: "–" if value is None else str(rounded(value, places)),
        "said": said(),
        "severity": _severity(standing),
        "outliers": _outliers(standing),
        "share": round((standing.mixture.effective_share if standing.mixture else 1) * 100),
        "others": _others(standing),
        "without": [
            judge
            for judge in standing.panel.judges
            if standing.sensitivity and judge.id in standing.sensitivity.without
        ],
    }
    return page("result", here, **context)


def said() -> dict[str, dict[str, Any]]:
    """Each choice of the settings in words: setting → value → words."""
    form = CompetitionForm
    fields = {name: getattr(form, name).kwargs["choices"] for name in ("method", "vote_on", "scale_by", "tie")}
    return {name: {each.value: str(each.label) for each in choices} for name, choices in fields.items()}


def _missing(here: Competition) -> dict[str, Any]:
    """What has to happen before there is a result; no number of it says anything about a score."""
    panel = Panel.of(here)
    behind: dict[int, list[Entry]] = {}
    for judge, entry in panel.missing():
        behind.setdefault(judge.id, []).append(entry)
    return {"panel": panel, "behind": behind, "unlocked": [each for each in panel.judges if each.locked_at is None]}


def _severity(standing: Standing) -> list[tuple[Judge, str]]:
    """Each judge, in plain words."""
    added = standing.rules["method"] in ("calibrated", "robust")
    lines = []
    for judge in standing.panel.judges:
        value = standing.outcome.severity.get(judge.id)
        lines.append((judge, _("gave nothing that counts") if value is None else _stern(float(value), added)))
    return lines


def _stern(value: float, added: bool) -> str:
    points = str(rounded(abs(value), 1))
    if abs(value) < SLIGHT:
        return str(_("as strict as the others"))
    if value > 0:
        words = _("stricter by %(points)s points, added back") if added else _("stricter by %(points)s points")
    else:
        words = _("milder by %(points)s points, taken off again") if added else _("milder by %(points)s points")
    return str(words) % {"points": points}


def _outliers(standing: Standing) -> list[tuple[Judge, Entry]]:
    judges = {each.id: each for each in standing.panel.judges}
    entries = {each.id: each for each in standing.panel.entries}
    return [(judges[judge], entries[entry]) for judge, entry in standing.outcome.outliers if judge in judges]


def _others(standing: Standing) -> list[Mapping[str, Any]]:
    """What the jury's order would be by the other methods."""
    entries = {each.id: each for each in standing.panel.entries}
    found: list[Mapping[str, Any]] = []
    for other in standing.sensitivity.others if standing.sensitivity else ():
        order = sorted(other.ranks, key=lambda key: (other.ranks[key], entries[key].number))
        ranked = [(other.ranks[key], entries[key]) for key in order]
        found.append(
            {"method": other.method, "changes": other.order_changes, "first": other.first_changes, "order": ranked}
        )
    return found
