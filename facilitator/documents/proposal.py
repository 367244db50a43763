"""Gather a workshop into the plain data of its proposal. Each figure is counted here, now; none is typed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from facilitator.documents.chapters import chapters_of
from facilitator.documents.drafts.scope import Topic
from facilitator.documents.evidence.heard import Heard, listen, narrowed, people_of
from facilitator.documents.evidence.replies import Reply
from facilitator.documents.models import Proposal
from facilitator.documents.paper import (
    SOURCES,
    Also,
    Idea,
    Meta,
    Name,
    Paper,
    Photo,
    Question,
    Replied,
    Share,
    Shift,
    Stop,
    Theme,
    Totals,
    Vote,
)
from facilitator.documents.topics import key_of
from facilitator.extensions import db, now
from facilitator.methods import tally
from facilitator.synthesis.answers import heirs_of
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.synthesis.models import Theme as Cluster
from facilitator.web.text import mask, mask_name
from facilitator.workshop.forms import TOWN_TIME
from facilitator.workshop.models import Workshop
from facilitator.workshop.paperwork import Where

QUOTES = 4
MOST_PHOTOS = 12
NOWHERE = Where(zh="", en="")


def gather(proposal: Proposal, check_code: str = "", check_url: str = "") -> Paper:
    """Everything the proposal shows, counted at this moment."""
    people = people_of(proposal.workshop)  # in one query; held so that each idea finds its author without asking
    every, topics = listen(proposal.workshop), proposal.topics()
    scope = frozenset(number for topic in topics for number in topic.ids) if proposal.themes else None
    heard = narrowed(every, scope)
    ideas = [idea for each in heard for idea in _ideas(each)]
    questions = [_question(each) for each in heard if each.statements or each.clusters]
    return Paper(
        meta=_meta(proposal, topics, check_code, check_url),
        totals=_totals(len(people), _held_back(proposal.workshop, scope), heard, questions),
        shares=_shares(heard),
        stops=[_stop(each) for each in every],  # the agenda is that of the whole meeting
        questions=questions,
        ideas=ideas,
        photos=_photos(heard),
        # What a kind tells of an activity is about all of it.
        chapters=chapters_of(heard) if scope is None else [],
        wording=proposal.passages(),
        plan=proposal.plan(),
        replies=replied(proposal),
    )


def replied(proposal: Proposal) -> list[Replied]:
    """The replies, each under the name that its theme has now."""
    every = Reply.to(proposal)
    heirs = heirs_of([reply.theme for reply in every if reply.theme])
    return [_replied(reply, reply.theme and (heirs[reply.theme.id] or reply.theme)) for reply in every]


def _replied(reply: Reply, theme: Cluster | None) -> Replied:
    return Replied(
        id=reply.id,
        who=reply.who,
        decision=reply.decision,
        theme=theme.name if theme else "",
        theme_en=theme.name_en if theme else "",
        colour=theme.colour if theme else 0,
        text=mask(reply.text),
        text_en=mask(reply.text_en),
        said_on=reply.said_on,
    )


def _meta(proposal: Proposal, topics: Sequence[Topic], check_code: str, check_url: str) -> Meta:
    workshop = proposal.workshop
    place, project = workshop.home, workshop.project
    return Meta(
        number=proposal.label,
        workshop=workshop.title,
        workshop_id=workshop.id,
        purpose=workshop.purpose,
        neighbourhood=place.name if place else "",
        neighbourhood_en=place.name_en if place else "",
        project=project.name if project else "",
        project_en=project.name_en if project else "",
        place=workshop.place,
        held_on=workshop.starts_at.astimezone(TOWN_TIME).date().isoformat() if workshop.starts_at else "",
        made_at=now().astimezone(TOWN_TIME).isoformat(timespec="seconds"),
        check_code=check_code,
        check_url=check_url,
        themes=[Name(name=topic.name, name_en=topic.name_en) for topic in topics],
        is_part=bool(proposal.themes),
        is_made=proposal.is_made,
    )


def _totals(people: int, held_back: int, heard: Sequence[Heard], questions: Sequence[Question]) -> Totals:
    statements = [statement for each in heard for statement in each.statements]
    lasts = [each for each in heard if each.last]
    return Totals(
        people=people,
        writers=len({each.participant_id for each in statements if each.participant_id}),
        without_phone=sum(each.source != "phone" for each in statements),
        held_back=held_back,
        ideas=len(statements),
        themes=len({key_of(cluster.name) for each in heard for cluster in each.clusters}),
        dots=sum(each.last.dots for each in lasts if each.last),
        voters=_voters(lasts),
        loose=sum(question["loose"] for question in questions),
        photos=sum(bool(each.photo) for each in statements),
        merged=sum(bool(each.merged_into_id) for each in statements),
    )


def _held_back(workshop: Workshop, scope: frozenset[int] | None) -> int:
    ids = [activity.id for activity in workshop.activities if activity.is_heard]
    held = select(func.count()).where(
        Statement.activity_id.in_(ids), Statement.status != SHOWN, Statement.deleted_at.is_(None)
    )
    return db.session.scalar(held if scope is None else held.where(Statement.theme_id.in_(scope))) or 0


def _voters(heard: Iterable[Heard]) -> int:
    """Distinct phones over all votes, and the people whose dots were counted by hand: at least those of one vote."""
    phones: set[int] = set()
    by_hand = 0
    for each in heard:
        if each.last:
            voters = each.voters(each.last)
            by_hand = max(by_hand, each.last.voters - len(voters))
            phones |= voters
    return len(phones) + by_hand


def _shares(heard: Sequence[Heard]) -> list[Share]:
    ideas = Counter(statement.source for each in heard for statement in each.statements)
    dots: Counter[str] = Counter()
    for each in heard:
        for line in each.last.lines if each.last else ():
            dots.update(line.sources)
    return [Share(source=source, ideas=ideas[source], dots=dots[source]) for source in SOURCES]


def _stop(heard: Heard) -> Stop:
    writers = {each.participant_id for each in heard.statements if each.participant_id}
    return Stop(
        title=heard.activity.title,
        instruction=heard.activity.instruction,
        people=max(len(writers), heard.last.voters if heard.last else 0),
        ideas=len(heard.statements),
        dots=heard.last.dots if heard.last else 0,
    )


def _ideas(heard: Heard) -> list[Idea]:
    wheres = heard.activity.wheres()
    return [_idea(heard, statement, wheres.get(statement.id, NOWHERE)) for statement in heard.statements]


def _idea(heard: Heard, statement: Statement, where: Where) -> Idea:
    author = statement.participant
    known = {cluster.id for cluster in heard.clusters}
    head = heard.head(statement)
    return Idea(
        number=heard.number(statement),
        text=statement.public_text,
        text_en=mask(statement.text_en),
        person=author.number if author else 0,
        name=mask_name(author.name) if author else "",
        source=statement.source,
        theme=statement.theme_id if statement.theme_id in known else None,
        dots=heard.dots_on(statement),
        photo=statement.photo,
        where=where["zh"],
        where_en=where["en"],
        merged_into=heard.number(head) if head else "",
        also=[_also(heard, each) for each in heard.standing_for(statement)],
    )


def _also(heard: Heard, statement: Statement) -> Also:
    author = statement.participant
    return Also(
        number=heard.number(statement),
        person=author.number if author else 0,
        name=mask_name(author.name) if author else "",
    )


def _question(heard: Heard) -> Question:
    return Question(
        id=heard.activity.id,
        title=heard.activity.title,
        instruction=heard.activity.instruction,
        ideas=len(heard.statements),
        people=len({each.participant_id for each in heard.statements if each.participant_id}),
        loose=len(heard.loose()) if heard.clusters else 0,
        unmarked=sum(not line.dots for line in heard.last.lines) if heard.last else None,
        votes_on=heard.last.on if heard.last else "",
        themes=_themes(heard),
        top=[] if heard.clusters else [heard.number(each) for each in quoted(heard, heard.statements)],
        votes=[Vote(number=each.number, dots=each.dots, voters=each.voters) for each in heard.rounds],
        shifts=_shifts(heard),
    )


def _themes(heard: Heard) -> list[Theme]:
    standings = heard.standings(heard.last)
    order = {target: position for position, target in enumerate(standings)}
    return sorted((_theme(heard, each, standings) for each in heard.clusters), key=lambda theme: order[theme["id"]])


def _theme(heard: Heard, cluster: Cluster, standings: Mapping[Any, tally.Line]) -> Theme:
    line, ideas = standings[cluster.id], heard.inside(cluster.id)
    return Theme(
        id=cluster.id,
        name=cluster.name,
        name_en=cluster.name_en,
        colour=cluster.colour,
        ideas=len(ideas),
        people=len({each.participant_id for each in ideas if each.participant_id}),
        dots=line.dots if heard.last else 0,
        voters=line.voters if heard.last else None,
        rank=line.rank,
        tied=line.tied,
        quotes=[heard.number(each) for each in quoted(heard, ideas)],
    )


def quoted(heard: Heard, ideas: Sequence[Statement]) -> list[Statement]:
    """The ideas with the most dots, then the earliest; a second one of the same person only after everybody's first.

    What was merged is quoted in the words of the one that stands for it.
    """
    ordered = sorted(
        (each for each in ideas if not each.merged_into_id), key=lambda each: (-(heard.dots_on(each) or 0), each.number)
    )
    seen: Counter[int | None] = Counter()
    turns = []
    for each in ordered:
        turns.append((seen[each.participant_id] if each.participant_id else 0, each))
        seen[each.participant_id] += 1
    return [each for _turn, each in sorted(turns, key=lambda turn: turn[0])][:QUOTES]


def _shifts(heard: Heard) -> list[Shift]:
    if len(heard.rounds) < 2:
        return []
    before, after = heard.standings(heard.rounds[0]), heard.standings(heard.last)
    by_id = {cluster.id: cluster for cluster in heard.clusters}
    return [
        Shift(
            name=by_id[target].name,
            name_en=by_id[target].name_en,
            colour=by_id[target].colour,
            before=before[target].dots if target in before else 0,
            after=line.dots,
        )
        for target, line in after.items()
    ]


def _photos(heard: Sequence[Heard]) -> list[Photo]:
    every = [(each, statement) for each in heard for statement in each.statements if statement.photo]
    return [
        Photo(file=statement.photo, idea=each.number(statement), text=statement.public_text)
        for each, statement in every[:MOST_PHOTOS]
    ]
