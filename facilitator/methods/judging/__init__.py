"""Judging: from the marks of a jury to scores, ranks and what can be said of both.

`score(marks, "calibrated", weights)` gives an `Outcome` with the severity of each judge; `sensitivity` says whether
another method, or one judge fewer, would have put others first. `mix` joins jury and public on one scale, `ranked`
breaks ties as it was declared, `panels` says which judge sees which entries. What can be exact is a Fraction.
"""

from facilitator.methods.judging.assigning import Impossible, Reason, connected, panels
from facilitator.methods.judging.comparing import Other, Sensitivity, sensitivity
from facilitator.methods.judging.marks import Flaw, Mark, Unusable, rounded
from facilitator.methods.judging.mixing import Mixture, effective_share, mix
from facilitator.methods.judging.overlapping import Group
from facilitator.methods.judging.ranking import kendall, ranked
from facilitator.methods.judging.scoring import METHODS, Outcome, score

__all__ = [
    "METHODS",
    "Flaw",
    "Group",
    "Impossible",
    "Mark",
    "Mixture",
    "Other",
    "Outcome",
    "Reason",
    "Sensitivity",
    "Unusable",
    "connected",
    "effective_share",
    "kendall",
    "mix",
    "panels",
    "ranked",
    "rounded",
    "score",
    "sensitivity",
]
