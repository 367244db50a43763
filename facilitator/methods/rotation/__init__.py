"""World Café seating: guests who change tables between rounds meet as many new people as can be.

`plan(numbered(guests=60, tables=12, rounds=3))` seats them, and its certificate says how many repeat meetings no plan
avoids. `under_way(plan)` is the course of a plan; `join`, `leave`, `merge` and others give the next one.
"""

from facilitator.methods.rotation.bound import Certificate
from facilitator.methods.rotation.change import add_table, correct, exchange, join, leave, merge, replan, succeed
from facilitator.methods.rotation.course import Course, Seat, explained, under_way
from facilitator.methods.rotation.party import Impossible, Party, Reason, Rounds, numbered
from facilitator.methods.rotation.planning import Plan, plan

__all__ = [
    "Certificate",
    "Course",
    "Impossible",
    "Party",
    "Plan",
    "Reason",
    "Rounds",
    "Seat",
    "add_table",
    "correct",
    "exchange",
    "explained",
    "join",
    "leave",
    "merge",
    "numbered",
    "plan",
    "replan",
    "succeed",
    "under_way",
]
