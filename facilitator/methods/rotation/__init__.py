"""World Café seating: guests who change tables between rounds meet as many new people as can be.

`plan(numbered(guests=60, tables=12, rounds=3))` seats them; the certificate says how many repeat meetings no plan
avoids.
"""

from facilitator.methods.rotation.bound import Certificate
from facilitator.methods.rotation.party import Impossible, Party, Reason, Rounds, numbered
from facilitator.methods.rotation.planning import Plan, plan

__all__ = ["Certificate", "Impossible", "Party", "Plan", "Reason", "Rounds", "numbered", "plan"]
