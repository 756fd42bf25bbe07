"""From a round to a plan, and from a plan to what is left of it when people stay away."""

import time
from collections.abc import Collection
from dataclasses import replace

from qixue.swap.matching.assigning import assigned
from qixue.swap.matching.plan import Plan
from qixue.swap.matching.round import Round, Rules, kind_received, under_rules


def solve(round_: Round, rules: Rules) -> Plan:
    """The best plan of a round. The same call gives the same plan, unless the time ran out."""
    round_ = under_rules(round_, rules)
    if rules.max_items is None and rules.objective == "items" and not rules.one_per_kind:
        return assigned(round_, rules)
    from qixue.swap.matching import searching  # noqa: PLC0415 - scipy and HiGHS, which an assignment does not need

    deadline = time.monotonic() + rules.time_limit
    if rules.max_items is not None:
        return searching.plan_by_packing(round_, rules, deadline)
    if rules.objective == "expected":
        return searching.plan_expected(round_, rules, deadline)
    return searching.plan_by_arcs(round_, rules, deadline)


def repair(plan: Plan, absent: Collection[str]) -> Plan:
    """The plan without the people who are absent: exchanges without them stand, all else is matched anew.

    Only what is there can be: whoever is neither in a cycle that stands nor at hand is absent, too. The proof and the
    certificate are those of what was matched anew, in `plan.round`.
    """
    gone = {number for number, person in enumerate(plan.round.people) if person in set(absent)}
    kept = tuple(
        exchange
        for exchange in plan.all_exchanges
        if gone.isdisjoint(plan.round.users[node] for node in exchange.nodes)
    )
    out = {node for node, user in enumerate(plan.round.users) if user in gone}
    out.update(node for exchange in kept for node in exchange.nodes)
    had = {key for exchange in kept for key in exchange.kinds(plan.round)} if plan.rules.one_per_kind else set()
    wants = tuple(
        ()
        if node in out
        else tuple(
            wanted for wanted in wants if wanted not in out and kind_received(plan.round, node, wanted) not in had
        )
        for node, wants in enumerate(plan.round.wants)
    )
    gifts = tuple(gift and node not in out for node, gift in enumerate(plan.round.is_gift))
    left = replace(plan.round, wants=wants, is_gift=gifts)
    return replace(solve(left, plan.rules), kept=kept)
