"""Whatever is merged, taken apart, hidden, withdrawn, voted for and undone, in whatever order: nothing is ever lost."""

from collections import Counter, defaultdict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from facilitator.accounts.models import Staff
from facilitator.activities.board.ideas import Idea
from facilitator.activities.board.models import Board
from facilitator.extensions import db
from facilitator.synthesis import doubles
from facilitator.synthesis.doubles import KeptApart
from facilitator.synthesis.models import Statement, Theme, new_id
from facilitator.voting import soundness as votes
from facilitator.voting.ballot import Ballot, given_by
from facilitator.voting.dots import Dot
from facilitator.web.errors import Refused
from facilitator.workshop import soundness
from facilitator.workshop.history import Deed, deed, last_deed, last_undone, redo, undo
from facilitator.workshop.models import Workshop
from facilitator.workshop.soundness import WRONG

IDEAS, PEOPLE, THEMES, BUDGET, CAP = 5, 3, 2, 4, 2
ONE = st.integers(0, IDEAS - 1)
WHO = st.integers(0, PEOPLE - 1)
DESK = st.integers(0, 1)


class Wall(RuleBasedStateMachine):
    """The database beside the little that must be true of it. Two facilitators, each with an undo of their own."""

    app = make = workshop = staff = people = None

    def __init__(self):
        super().__init__()
        about = {"budget": BUDGET, "cap": CAP, "vote_on": "ideas"}
        board = self.make.board(self.workshop, **about)
        said = [(f"Bench {number}", self.people[number % PEOPLE]) for number in range(IDEAS)]
        self.ideas = [self.make.idea(board, words, person).id for words, person in said]
        self.themes = [self.make.theme(board, name).id for name in "AB"]
        self.make.room_at(self.workshop, board, "vote")
        self.context = self.app.test_request_context()
        self.context.push()
        self.id, self.changes, self.before = board.id, 0, {}
        self.originals = self.said()
        self.persons = [person.id for person in self.people]

    def teardown(self):
        found = [*soundness.findings(ask), *votes.findings(ask)]
        db.session.remove()
        self.context.pop()
        assert [each for each in found if each.level == WRONG] == []

    # What the database holds.

    def said(self):
        rows = select(Statement.id, Statement.text, Statement.participant_id, Statement.number)
        of_board = rows.where(Statement.activity_id == self.id).order_by(Statement.number)
        return [tuple(row) for row in db.session.execute(of_board)]

    def rows(self):
        of_board = select(Statement).where(Statement.activity_id == self.id).order_by(Statement.number)
        found = db.session.scalars(of_board)
        return {each.id: each for each in found}

    def state(self):
        """All that a deed may change, and where everybody's dots lie."""
        wall = [
            (each.id, each.status, each.theme_id, each.merged_into_id, each.position) for each in self.rows().values()
        ]
        return wall, KeptApart.of(self.board), [self.given(person) for person in self.persons]

    @property
    def board(self):
        return db.session.get_one(Board, self.id)

    def given(self, person):
        return given_by(db.session.connection(), person, self.id, 1, False)

    # What people do.

    def act(self, work, desk=None, name="arrange"):
        """Do it, as a deed of one desk or by itself; gives whether it was done."""
        before, last = self.state(), db.session.scalar(select(Deed.id).order_by(Deed.id.desc()))
        try:
            if desk is None:
                work()
                db.session.commit()
            else:
                with deed(db.session.get_one(Workshop, self.workshop.id), self.at(desk), name):
                    work()
        except Refused:
            db.session.rollback()
            assert self.state() == before
            return False
        self.changes += self.state() != before
        done = db.session.scalar(select(Deed.id).order_by(Deed.id.desc()))
        if done != last:
            self.before[done] = (before, self.changes)
        return True

    def at(self, desk):
        return db.session.get_one(Staff, self.staff[desk].id)

    def idea(self, number):
        return db.session.get_one(Statement, self.ideas[number])

    @rule(desk=DESK, head=ONE, other=ONE)
    def merge(self, desk, head, other):
        stand = doubles.stands(self.idea(head)) and doubles.stands(self.idea(other))
        fit = (head != other and stand) or doubles.is_merged(self.idea(head), self.idea(other))
        assert self.act(lambda: doubles.merge(self.idea(head), self.idea(other)), desk) == fit

    @rule(desk=DESK, one=ONE)
    def take_apart(self, desk, one):
        merged = self.idea(one).merged_into_id
        assert self.act(lambda: doubles.take_apart(self.idea(one), self.at(desk)), desk)
        if merged:
            assert frozenset((merged, self.ideas[one])) in KeptApart.of(self.board)

    @rule(desk=DESK, one=ONE, other=ONE)
    def keep(self, desk, one, other):
        if one != other:
            self.act(lambda: KeptApart.keep([(self.idea(one), self.idea(other))], self.at(desk)), desk)

    @rule(desk=DESK, one=ONE, theme=st.integers(0, THEMES))
    def move(self, desk, one, theme):
        into = db.session.get_one(Theme, self.themes[theme]) if theme < THEMES else None
        self.act(lambda: self.idea(one).move_to(into), desk)

    @rule(desk=DESK, one=ONE, status=st.sampled_from(["shown", "held", "hidden"]))
    def moderate(self, desk, one, status):
        def set_status():
            self.idea(one).status = status

        self.act(set_status, desk)

    @rule(one=ONE)
    def withdraw(self, one):
        idea = db.session.get_one(Idea, self.ideas[one])
        if not idea.deleted_at:
            self.act(idea.withdraw)

    @rule(who=WHO, one=ONE)
    def place(self, who, one):
        person, rows = self.persons[who], self.rows()
        head = rows[self.ideas[one]].merged_into_id or self.ideas[one]
        given = self.given(person)
        free = sum(map(len, given.values())) < BUDGET and len(given.get(head, ())) < CAP
        fit = free and doubles.stands(rows[head])
        assert self.act(lambda: Ballot.of_person(self.id, person).place(new_id(), self.ideas[one])) == fit
        if fit:
            assert len(self.given(person)[head]) == len(given.get(head, ())) + 1

    @rule(who=WHO, which=st.integers(0, 9))
    def take_back(self, who, which):
        person = self.persons[who]
        lying = [(head, dot) for head, dots in self.given(person).items() for dot in dots]
        if lying:
            head, dot = lying[which % len(lying)]
            self.act(lambda: Ballot.of_person(self.id, person).withdraw(dot))
            assert dot not in self.given(person).get(head, ())

    @rule(desk=DESK)
    def undo(self, desk):
        workshop = db.session.get_one(Workshop, self.workshop.id)
        last = last_deed(workshop, self.at(desk))
        if last is None:
            return
        before, changes = self.before.get(last.id, (None, -1))
        untouched, number = changes == self.changes, last.id
        done = self.act(lambda: undo(db.session.get_one(Workshop, self.workshop.id), self.at(desk), number))
        if untouched:
            assert done
            assert self.state() == before

    @rule(desk=DESK)
    def redo(self, desk):
        last = last_undone(db.session.get_one(Workshop, self.workshop.id), self.at(desk))
        if last:
            number = last.id
            self.act(lambda: redo(db.session.get_one(Workshop, self.workshop.id), self.at(desk), number))

    # What is true at any time.

    @invariant()
    def nothing_is_lost_families_are_flat_and_each_dot_counts_once(self):
        rows = self.rows()
        assert [(each.id, each.text, each.participant_id, each.number) for each in rows.values()] == self.originals
        self.families_hang_together(rows)
        self.dots_count_for_what_stands_there(rows)

    def families_hang_together(self, rows):
        for each in rows.values():
            head = rows.get(each.merged_into_id)
            if head:
                assert (head.merged_into_id, head.theme_id) == (None, each.theme_id)
                assert doubles.stands(head) or not doubles._may_hang(each)

    def dots_count_for_what_stands_there(self, rows):
        lying = defaultdict(list)
        for dot in db.session.scalars(select(Dot).where(Dot.activity_id == self.id, Dot.withdrawn_at.is_(None))):
            head = rows[rows[dot.statement_id].merged_into_id or dot.statement_id]
            if doubles.stands(head):
                lying[head.id].append(dot.participant_id)
        counted = self.board.round(1)
        assert {line.target for line in counted.lines} == {key for key, each in rows.items() if doubles.stands(each)}
        for line in counted.lines:
            assert (line.dots, line.voters) == (len(lying[line.target]), len(set(lying[line.target])))
        assert counted.dots == sum(map(len, lying.values()))
        assert counted.voters == len({person for persons in lying.values() for person in persons})
        for person in self.persons:
            own = Counter(head for head, persons in lying.items() for each in persons if each == person)
            assert {head: len(dots) for head, dots in self.given(person).items()} == own


def ask(query):
    return [tuple(row) for row in db.session.execute(text(query))]


def test_nothing_is_lost_in_any_order(app, make):
    staff = [make.staff(), make.staff()]
    workshop = make.workshop(staff[0], shared_with=staff[1])
    here = {"app": app, "make": make, "staff": staff, "workshop": workshop, "people": make.people(workshop, PEOPLE)}
    run_state_machine_as_test(
        type("Here", (Wall,), here),
        settings=settings(
            max_examples=12, stateful_step_count=24, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
