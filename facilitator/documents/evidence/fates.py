"""From an idea forward: what became of it. Its theme, the room's dots, the proposal, the scheme, the award, the reply.

The room may know only what it has seen: a result counts once it is revealed, the plan once a paper was made of it, a
scheme once it hangs. What hasn't come is said as plainly as what has; nothing is promised.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from facilitator.documents.drafts.drafted import Drafted, drafted
from facilitator.documents.drafts.scope import Catalogue
from facilitator.documents.evidence.following import Answering, Followed, Replied, followed
from facilitator.documents.evidence.heard import Heard, listen
from facilitator.documents.paper import PlanRow
from facilitator.documents.proposal import quoted
from facilitator.extensions import read
from facilitator.methods import tally
from facilitator.synthesis.models import SHOWN, Statement, heirs_among
from facilitator.web.text import mask
from facilitator.workshop import own_page
from facilitator.workshop.kept import at_version
from facilitator.workshop.models import Activity, Participant, Workshop


class Named(NamedTuple):
    """A theme as the wall names it."""

    name: str
    colour: int


class Known(NamedTuple):
    """What is the same for everybody in the room."""

    places: Mapping[int, str]
    """By activity: what stands before its ideas' numbers."""
    themes: Mapping[int, Named]
    votes: Mapping[int, str]
    """By activity: what its last revealed vote was on."""
    lines: Mapping[Any, tally.Line]
    """By what was voted for."""
    gathered: Mapping[int, tally.Line]
    """By theme: what its ideas got together, where they were voted for."""
    quoted: frozenset[str]
    catalogue: Catalogue
    heirs: Mapping[int, int]
    """Which living theme stands for each that ever was."""
    same: Mapping[int, frozenset[int]]
    """By living theme: all of its name, in whatever activity; what is replied to one concerns them all."""
    heads: Mapping[str, str]
    """By idea that stands for others: its words."""
    said: Mapping[str, int]
    """By the same: how many say so, itself included."""


@dataclass(frozen=True)
class Fate:
    """One idea and what became of it."""

    id: str
    number: str
    """As the proposal numbers it."""
    question: str
    text: str
    photo: str
    source: str
    status: str
    theme: Named | None
    voted: str
    """What the room's dots were on: ideas, themes, or empty."""
    line: tally.Line | None
    gathered: tally.Line | None
    """What the ideas of its theme got together, where the dots were on ideas."""
    is_quoted: bool
    proposals: Sequence[Drafted]
    """In which it stands: those of the whole workshop, and those on its theme."""
    workshop_id: int
    schemes: Sequence[Answering]
    """Those that answer its theme."""
    replies: Sequence[Replied]
    """To its theme, or to the whole of a proposal in which it stands."""
    in_contest: bool
    """Are there schemes that answer what this room said, be it this theme or another?"""
    head: str = ""
    """In whose words it goes on together with others; empty where it stands for itself."""
    others: int = 0
    """How many more say the same."""

    @property
    def is_shown(self) -> bool:
        return self.status == SHOWN

    @property
    def papers(self) -> list[Drafted]:
        """Those that people may hold in their hands."""
        return [each for each in self.proposals if each.is_made]

    @property
    def drafts(self) -> list[Drafted]:
        """Those that only staff know of."""
        return [each for each in self.proposals if not each.is_made]

    @property
    def plan(self) -> list[PlanRow]:
        if self.theme is None or not self.is_shown:
            return []
        rows = [row for each in self.proposals for row in each.about(self.theme.name)]
        return [row for at, row in enumerate(rows) if row not in rows[:at]]

    @property
    def decided(self) -> list[Answering]:
        """Schemes of which something was decided that the room has seen."""
        return [each for each in self.schemes if each.scheme.rank or each.scheme.is_chosen]

    @property
    def own_replies(self) -> list[Replied]:
        """Those to its theme."""
        return [each for each in self.replies if each.theme_id]

    @property
    def waits_for(self) -> tuple[bool, ...]:
        """By this, whoever said several reads those first of which most is known: the reply, the award, a scheme."""
        return (not self.is_shown, not self.own_replies, not self.decided, not self.schemes)

    @property
    def open(self) -> list[str]:
        """What hasn't come, as words of `OPEN`; of what may never come only what has begun."""
        made = bool(self.papers)
        lacks = {
            "theme": not self.theme,
            "proposal": not made,
            "scheme": bool(self.theme) and self.in_contest and not self.schemes,
            "decision": bool(self.schemes) and not self.decided,
            "reply": made and not self.replies,
        }
        return [name for name, is_so in lacks.items() if is_so]


def fates_of(workshop: Workshop, person: Participant) -> list[Fate]:
    """Everything that one person said here, in the agenda's order."""
    return _fates(workshop, read(_BY_PERSON, workshop=workshop.id, person=person.id))


def told(workshop: Workshop, person: Participant) -> dict[str, Any]:
    """One person's page: what came since first; what is about all of it is told once."""
    fates = sorted(fates_of(workshop, person), key=lambda fate: fate.waits_for)
    whole = {reply.id: reply for fate in fates for reply in fate.replies if reply.theme_id is None}
    news = [*_news(fates), *((reply, f"reply-{reply.id}") for reply in whole.values())]
    return {"fates": fates, "whole": list(whole.values()), "news": news}


def _news(fates: Sequence[Fate]) -> Iterator[tuple[Replied, str]]:
    """Each reply once, with where on the page the first idea that it answers stands."""
    seen: set[int] = set()
    for fate in fates:
        for reply in fate.own_replies:
            if reply.id not in seen:
                seen.add(reply.id)
                yield reply, f"fate-{fate.id}"


def fate_of(workshop: Workshop, statement_id: str) -> Fate | None:
    """What became of one idea; None where it isn't one that papers count."""
    return next(iter(_fates(workshop, read(_BY_ID, workshop=workshop.id, idea=statement_id))), None)


def _fates(workshop: Workshop, rows: Sequence[Any]) -> list[Fate]:
    heard = {activity.id: activity for activity in workshop.activities if activity.is_heard}
    said = [row for row in rows if row.activity_id in heard]
    if not said:
        return []
    known = _known(workshop)
    after = followed(workshop.id, known.heirs)
    answered = {reply.proposal_id for reply in after.replies}
    # What was answered was handed in, on whatever paper.
    drafts = drafted(workshop.id, known.catalogue)
    proposals = [each._replace(is_made=each.is_made or each.id in answered) for each in drafts]
    return [_fate(row, heard[row.activity_id], known, proposals, after) for row in said]


def _fate(row: Any, activity: Activity, known: Known, proposals: Sequence[Drafted], after: Followed) -> Fate:
    voted = known.votes.get(activity.id, "")
    theme = known.themes.get(row.theme_id)
    inside = [each for each in proposals if each.holds(row.theme_id)]
    stands = row.merged_into_id or row.id
    return Fate(
        id=row.id,
        number=f"{known.places.get(activity.id, '')}{row.number}",
        question=activity.title,
        text=mask(row.text),
        photo=row.photo,
        source=row.source,
        status=row.status,
        theme=theme,
        voted=voted,
        line=known.lines.get(row.theme_id if voted == "themes" else stands) if voted else None,
        gathered=known.gathered.get(row.theme_id) if voted == "ideas" else None,
        is_quoted=row.id in known.quoted,
        proposals=inside,
        workshop_id=activity.workshop_id,
        schemes=after.schemes.get(row.theme_id, ()),
        replies=_replies(after, known, row.theme_id, inside) if row.status == SHOWN else (),
        in_contest=bool(after.schemes),
        head=known.heads.get(stands, "") if row.merged_into_id else "",
        others=known.said.get(stands, 1) - 1 if row.status == SHOWN else 0,
    )


def _replies(after: Followed, known: Known, theme_id: int | None, inside: Sequence[Drafted]) -> list[Replied]:
    return after.replies_to(known.same.get(theme_id or 0, frozenset()), {each.id for each in inside})


def _known(workshop: Workshop) -> Known:
    """Worked out once for the whole room, which opens its pages all at the same time."""
    state: Hashable = tuple((each.id, each.title, str(each.settings), str(each.state)) for each in workshop.activities)
    return at_version(workshop.id, ("fates", state), lambda: _work_out(workshop.id, listen(workshop)))


def _work_out(workshop_id: int, heard: Sequence[Heard]) -> Known:
    catalogue = Catalogue.of(workshop_id)
    return Known(
        places={each.activity.id: each.place for each in heard},
        themes={cluster.id: Named(cluster.name, cluster.colour) for each in heard for cluster in each.clusters},
        votes={each.activity.id: each.last.on for each in heard if each.last},
        lines={line.target: line for each in heard if each.last for line in each.last.lines},
        gathered={target: line for each in heard for target, line in _gathered(each).items()},
        quoted=frozenset(statement.id for each in heard for statement in _printed_with_themes(each)),
        catalogue=catalogue,
        heirs=heirs_among(catalogue.every),
        same=catalogue.same(),
        heads={head.id: head.public_text for head, _merged in _heads(heard)},
        said={head.id: 1 + len(merged) for head, merged in _heads(heard)},
    )


def _gathered(heard: Heard) -> dict[Any, tally.Line]:
    return heard.standings(heard.last) if heard.last and heard.last.on == "ideas" else {}


def _heads(heard: Sequence[Heard]) -> Iterator[tuple[Statement, list[Statement]]]:
    """Ideas that stand for others, with these."""
    for each in heard:
        for statement in each.statements:
            if merged := each.standing_for(statement):
                yield statement, merged


def _printed_with_themes(heard: Heard) -> list[Statement]:
    lists: Sequence[Sequence[Statement]]
    lists = [heard.inside(cluster.id) for cluster in heard.clusters] if heard.clusters else [heard.statements]
    return [statement for ideas in lists for statement in quoted(heard, ideas)]


_SAID = (
    select(
        Statement.id,
        Statement.activity_id,
        Statement.number,
        Statement.text,
        Statement.photo,
        Statement.source,
        Statement.status,
        Statement.theme_id,
        Statement.merged_into_id,
    )
    .join(Activity, Activity.id == Statement.activity_id)
    .where(Activity.workshop_id == bindparam("workshop"), Activity.deleted_at.is_(None), Statement.deleted_at.is_(None))
    .order_by(Activity.position, Activity.id, Statement.number)
)
_BY_PERSON = _SAID.where(Statement.participant_id == bindparam("person"))
_BY_ID = _SAID.where(Statement.id == bindparam("idea"))
own_page.PARTS.append(own_page.Told("documents/_fates.html", told, "documents/_news.html"))
