"""A plan: which exchanges a round makes, what they are worth, and what proves that none are better."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qixue.swap.matching.exchange import Exchange
from qixue.swap.matching.round import Round, Rules

FORMAT = "qixue-swap-1"
ABSENCES = {"1": 0.01, "3": 0.03, "5": 0.05}  # percent of people who do not come, and the share
AIMED_ABSENCE = 0.03  # of objective "expected"
EXPECTED_UNIT = 10_000  # expected items are compared in ten-thousandths
SCALE = 1 << 16  # one point in the units of a certificate with multipliers

Certificate = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is exchanged, with `exchanges` in the order of their first thing.

    `bound` limits what the objective counts (items, with local_bonus in hundredths; people; expected items): no plan
    has more. `proven` says that none is better, by all that the objective looks at. `certificate` is what `check`
    verifies; None where only the solver vouches for the bound. `kept` stood already when the plan was repaired.
    """

    round: Round = field(repr=False)  # under the rules
    rules: Rules
    exchanges: tuple[Exchange, ...]
    bound: float
    proven: bool
    certificate: Certificate | None = field(repr=False, default=None)
    kept: tuple[Exchange, ...] = ()

    @property
    def all_exchanges(self) -> tuple[Exchange, ...]:
        return (*self.kept, *self.exchanges)

    @property
    def cycles(self) -> list[list[str]]:
        return self._named(is_chain=False)

    @property
    def chains(self) -> list[list[str]]:
        return self._named(is_chain=True)

    def _named(self, *, is_chain: bool) -> list[list[str]]:
        found = (exchange for exchange in self.all_exchanges if exchange.is_chain == is_chain)
        return [[self.round.ids[node] for node in exchange.nodes] for exchange in found]

    @property
    def trades(self) -> int:
        """Things that are handed to a person."""
        return trades(self.round, self.all_exchanges)

    @property
    def people(self) -> int:
        """People who receive something."""
        return people(self.round, self.all_exchanges)

    def expected(self, absence: float) -> float:
        """Things handed to a person when each person stays away with this probability."""
        return sum(exchange.expected(self.round, absence) for exchange in self.all_exchanges)


def trades(round_: Round, exchanges: Iterable[Exchange]) -> int:
    return sum(len(exchange.receivers(round_)) for exchange in exchanges)


def people(round_: Round, exchanges: Iterable[Exchange]) -> int:
    return len(set().union(*(exchange.served(round_) for exchange in exchanges)))


def expected_units(round_: Round, exchange: Exchange) -> int:
    return round(exchange.expected(round_, AIMED_ABSENCE) * EXPECTED_UNIT)


def weights(round_: Round, rules: Rules) -> dict[str, int]:
    """By what each measure is multiplied so that the sum of all compares plans as the objective does."""
    count = round_.item_count
    all_points = (rules.unit + rules.local_bonus) * count + 1
    return {
        "items": {"items": 1},
        "people_at_max": {"items": len(round_.ids) + 1, "people": 1},
        "people": {"items": 1, "people": all_points},
        "expected": {"expected": 1},
    }[rules.objective]


def measured(round_: Round, rules: Rules, exchanges: Iterable[Exchange]) -> dict[str, int]:
    """What a plan gives, by measure."""
    exchanges = tuple(exchanges)
    return {
        "items": sum(exchange.points(round_, rules) for exchange in exchanges),
        "people": people(round_, exchanges),
        "expected": sum(expected_units(round_, exchange) for exchange in exchanges),
    }


def worth(round_: Round, rules: Rules, exchanges: Iterable[Exchange]) -> int:
    """The weighted sum of a plan, which a certificate limits."""
    values = measured(round_, rules, exchanges)
    return sum(weight * values[name] for name, weight in weights(round_, rules).items())


def shown(rules: Rules, units: int) -> float:
    """What the objective counts, as people read it, from the units of its measure."""
    size = {"items": rules.unit, "expected": EXPECTED_UNIT}.get(rules.objective, 1)
    return units if size == 1 else units / size


def deciding(rules: Rules) -> str:
    """The measure that `bound` is about."""
    return "people" if rules.objective == "people_at_max" else rules.objective


def value(round_: Round, rules: Rules, exchanges: Iterable[Exchange]) -> float:
    """What the objective counts in a plan."""
    return shown(rules, measured(round_, rules, exchanges)[deciding(rules)])
