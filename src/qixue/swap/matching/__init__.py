"""Who gives what to whom, in three lines; no Django, no database, no clock but the time limit.

    round = load("round.json")
    plan = solve(round, max_items=3, objective="people_at_max")
    plan.cycles, plan.chains, plan.bound, plan.proven, plan.certificate

`repair(plan, absent={"U1"})` matches anew what somebody's staying away leaves. docs/explanation/swap-matching.md says
how it works, docs/reference/swap.md what the files look like.
"""

from collections.abc import Collection
from typing import Unpack

from qixue.swap.matching.checking import BadResult, faults
from qixue.swap.matching.plan import Plan
from qixue.swap.matching.reading import BadRound, load
from qixue.swap.matching.round import OBJECTIVES, NoAssignment, Round, Rules, RuleValues, TooMany

__all__ = [
    "OBJECTIVES",
    "BadResult",
    "BadRound",
    "NoAssignment",
    "Plan",
    "Round",
    "Rules",
    "TooMany",
    "faults",
    "load",
    "repair",
    "solve",
]


def solve(round: Round, /, **rules: Unpack[RuleValues]) -> Plan:
    """The best plan under Rules. Raises ValueError for rules that mean nothing, and TooMany where
    one_per_kind makes far too many wants of dummies; NoAssignment where its numbers are out of the solver's range."""
    from qixue.swap.matching import solving  # noqa: PLC0415 - to check a result, no solver is loaded

    return solving.solve(round, Rules(**rules))


def repair(plan: Plan, *, absent: Collection[str]) -> Plan:
    """The plan without these people: what they are not part of stands, all else is matched anew."""
    from qixue.swap.matching import solving  # noqa: PLC0415 - as above

    return solving.repair(plan, absent)
