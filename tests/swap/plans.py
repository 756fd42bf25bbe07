"""What tests compare of a plan."""

import json
from typing import Any

from qixue.swap.matching import Plan
from qixue.swap.matching.document import document


def result(plan: Plan) -> Any:
    """As a reader of the file gets it."""
    return json.loads(json.dumps(document(plan, {"load": 0.0, "solve": 0.0})))


def score(plan: Plan) -> tuple[float, ...]:
    """What brute_force.best returns, from the plan's own figures."""
    found = result(plan)
    local = sum(exchange.local(plan.round) for exchange in plan.exchanges)
    waiting = sum(plan.round.waiting[item] for exchange in plan.exchanges for item in exchange.receivers(plan.round))
    items = found["trades"] * 100 + plan.rules.local_bonus * local
    return {
        "items": (items, local, waiting),
        "people_at_max": (items, found["people"], local, waiting),
        "people": (found["people"], items, local, waiting),
        "expected": (round(found["value"] * 10_000), items, local, waiting),
    }[plan.rules.objective]
