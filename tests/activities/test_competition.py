"""Whatever judges and the secretariat do, in whatever order: locked means locked, a recusal equals absence, and the log
tells of every change."""

from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from facilitator.activities.competition import rubrics, scoring
from facilitator.activities.competition.audit import AuditLine
from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge, Judgement, Score
from facilitator.activities.competition.models import Competition
from facilitator.activities.competition.rubric import Criterion, weights, written
from facilitator.activities.competition.standing import Panel
from facilitator.extensions import db
from facilitator.web.errors import Refused

JUDGES, ENTRIES, CRITERIA = 4, 3, 2
ONE = st.integers(0, JUDGES - 1)
ANY = st.integers(0, ENTRIES - 1)
SAID = st.sampled_from(["", "1", "5.5", "7", "10", "10.5", "-1", "7.25", "nan", "1e9", "九"])
GOOD = {"1": 100, "5.5": 550, "7": 700, "10": 1000, "": None}


class Judging(RuleBasedStateMachine):
    """The database beside a few dictionaries that say what should be in it."""

    app = workshop = staff = None

    def __init__(self):
        super().__init__()
        self.context = self.app.test_request_context()
        self.context.push()
        here = Competition(workshop_id=self.workshop.id, title="Final", instruction="Which?", settings={}, state={})
        here.criteria = rubrics.criteria("garden")[:CRITERIA]
        db.session.add(here)
        db.session.flush()
        self.id = here.id
        self.judges = [Judge.invite(here, f"Judge {number}").id for number in range(JUDGES)]
        self.entries = [Entry.add(here, f"Scheme {number}").id for number in range(ENTRIES)]
        self.criteria = [each.id for each in Criterion.of(here)]
        db.session.commit()
        self.given, self.recused, self.abstained, self.locked, self.lines = {}, set(), set(), set(), 0

    def teardown(self):
        self.context.pop()

    def act(self, work, judge, entry=None):
        """Do it; gives whether it was done."""
        here = db.session.get_one(Competition, self.id)
        about = [db.session.get_one(Judge, self.judges[judge])]
        about += [] if entry is None else [db.session.get_one(Entry, self.entries[entry])]
        try:
            work(here, *about)
            db.session.commit()
        except Refused:
            db.session.rollback()
            return False
        return True

    @rule(judge=ONE, entry=ANY, criterion=st.integers(0, CRITERIA - 1), said=SAID)
    def give(self, judge, entry, criterion, said):
        by = self.criteria[criterion]
        done = self.act(
            lambda here, who, what: scoring.give(here, who, what, db.session.get_one(Criterion, by), said),
            judge,
            entry,
        )
        assert done == (judge not in self.locked and (judge, entry) not in self.recused and said in GOOD)
        if done and self.given.get((judge, entry, criterion)) != GOOD[said]:
            self.lines += 1 + ((judge, entry) in self.abstained) + (not self.given)
            self.given[judge, entry, criterion] = GOOD[said]
            self.abstained.discard((judge, entry))

    @rule(judge=ONE, entry=ANY, on=st.booleans())
    def recuse(self, judge, entry, on):
        done = self.act(lambda here, who, what: scoring.recuse(here, who, what, on), judge, entry)
        assert done == (judge not in self.locked)
        self.mark(self.recused, (judge, entry), on, done)

    @rule(judge=ONE, entry=ANY, on=st.booleans())
    def abstain(self, judge, entry, on):
        done = self.act(lambda here, who, what: scoring.abstain(here, who, what, on), judge, entry)
        assert done == (judge not in self.locked and (judge, entry) not in self.recused)
        self.mark(self.abstained, (judge, entry), on, done)

    @rule(judge=ONE)
    def lock(self, judge):
        self.act(scoring.lock, judge)
        self.mark(self.locked, judge, True, True)

    @rule(judge=ONE, reason=st.sampled_from(["", "  ", "A wrong figure"]))
    def unlock(self, judge, reason):
        done = self.act(lambda here, who: scoring.unlock(here, who, reason, self.staff.id), judge)
        assert done == bool(reason.strip())
        self.mark(self.locked, judge, False, done)

    def mark(self, marked, key, on, done):
        if done and on != (key in marked):
            (marked.add if on else marked.discard)(key)
            self.lines += 1

    @invariant()
    def the_database_holds_what_was_done(self):
        here = db.session.get_one(Competition, self.id)
        judges = Judge.of(here)
        places = [self.judges.index, self.entries.index, self.criteria.index]
        found = {
            tuple(place(part) for place, part in zip(places, key, strict=True)): points
            for key, points in Score.of(judges).items()
        }
        assert found == {key: value for key, value in self.given.items() if value is not None}
        judgements = Judgement.of(judges)
        for marked, column in ((self.recused, "recused_at"), (self.abstained, "abstained_at")):
            on = {key for key, row in judgements.items() if getattr(row, column)}
            assert on == {(self.judges[judge], self.entries[entry]) for judge, entry in marked}
        assert {each.id for each in judges if each.locked_at} == {self.judges[judge] for judge in self.locked}

    @invariant()
    def the_log_tells_of_each_change_once(self):
        assert len(AuditLine.of(db.session.get_one(Competition, self.id))) == self.lines

    @invariant()
    def what_counts_is_as_if_the_recused_had_never_come(self):
        here = db.session.get_one(Competition, self.id)
        share = list(weights(Criterion.of(here)).values())
        expected = {}
        for entry in range(ENTRIES):
            sheets = []
            for judge in range(JUDGES):
                points = [self.given.get((judge, entry, criterion)) for criterion in range(CRITERIA)]
                if None not in points and not {(judge, entry)} & (self.recused | self.abstained):
                    sheets.append(sum(part * Fraction(each, 100) for part, each in zip(share, points, strict=True)))
            if sheets:
                expected[self.entries[entry]] = sum(sheets) / len(sheets)
        standing = here.standing()
        assert {place.entry.id: place.jury for place in standing.places if place.rank} == expected
        assert len(Panel.of(here).marks()) == CRITERIA * sum(
            len([1 for judge in range(JUDGES) if self.counts(judge, entry)]) for entry in range(ENTRIES)
        )

    def counts(self, judge, entry):
        complete = all(self.given.get((judge, entry, criterion)) is not None for criterion in range(CRITERIA))
        return complete and (judge, entry) not in self.recused | self.abstained


def test_locks_recusals_and_the_log_hold_in_every_order(app, make):
    staff = make.staff()
    here = {"app": app, "staff": staff, "workshop": make.workshop(staff)}
    run_state_machine_as_test(
        type("Here", (Judging,), here),
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_score_is_written_as_people_say_it():
    assert [written(points) for points in (100, 850, 725, 1000, 0, 50)] == ["1", "8.5", "7.25", "10", "0", "0.5"]
