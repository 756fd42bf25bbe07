"""A round: the things that are offered, whose they are, and for what their owners would give them.

Things are numbered from 0 in the order of the file; every other tuple of `Round` has one value for each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Literal, TypedDict, get_args

MAX_ITEMS = 20_000
MAX_NODES = 50_000  # items and dummies
MAX_WANTS = 1_000_000
MAX_BYTES = 8 * 1024 * 1024

Objective = Literal["items", "people_at_max", "people", "expected"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
CAPS = (None, 2, 3)
MAX_EXPANDED = 5 * MAX_WANTS  # where dummies are replaced by what they want


class TooMany(Exception):
    """There are more possibilities than can be listed."""


class NoAssignment(Exception):
    """The solver found none, although keeping everything is one: numbers out of its range."""


@dataclass(frozen=True)
class Round:
    """What is to be matched.

    A dummy stands for "one of these, no more": things want it, it wants things, it is received at most once and
    never counted. A gift asks for nothing; that it is one matters only where gifts start chains.
    """

    ids: tuple[str, ...]
    users: tuple[int, ...]  # number of the owner in `people`
    wants: tuple[tuple[int, ...], ...]
    is_dummy: tuple[bool, ...]
    is_gift: tuple[bool, ...]
    kinds: tuple[str | None, ...]
    places: tuple[str | None, ...]  # the community of the owner
    waiting: tuple[int, ...]  # rounds for which the thing has waited
    people: tuple[str, ...] = field(repr=False)
    digest: str = ""  # SHA-256 of the file, hexadecimal

    @property
    def item_count(self) -> int:
        return len(self.ids) - sum(self.is_dummy)

    def arcs(self) -> Iterator[tuple[int, int]]:
        """Every (thing, thing that is wanted for it)."""
        return ((item, wanted) for item, wants in enumerate(self.wants) for wanted in wants)


class RuleValues(TypedDict, total=False):
    """The keywords of `solve`; see Rules."""

    max_items: int | None
    objective: Objective
    one_per_kind: bool
    keep_dummies: bool
    gifts: bool
    local_bonus: int
    time_limit: float


@dataclass(frozen=True)
class Rules:
    """What a plan may look like and what makes it good. Raises ValueError for values that mean nothing.

    `max_items`: a cycle or chain has at most that many items (dummies are none), and so at most that many people; None
    for any length. Two people who exchange four items in one cycle are beyond a cap of 2.
    `objective`: most items; most people among the plans with most items; most people, then items; most items that are
    expected to be handed over when 3 % of the people do not come.
    `one_per_kind`: nobody receives two things of one kind. Want lists use dummies for the same purpose, so each dummy
    is replaced by what it wants, unless `keep_dummies`.
    `gifts`: gifts ask for nothing and start chains; the last thing of a chain goes to the common table.
    `local_bonus`: percent of an item that a hand-over within one community is worth on top.
    `time_limit`: seconds for the searches that have no polynomial bound; then the plan states a bound.
    """

    max_items: int | None = None
    objective: Objective = "items"
    one_per_kind: bool = False
    keep_dummies: bool = False
    gifts: bool = False
    local_bonus: int = 0
    time_limit: float = 60.0

    def __post_init__(self) -> None:
        if self.max_items not in CAPS or self.objective not in OBJECTIVES:
            raise ValueError("max_items is None, 2 or 3; objective is one of " + ", ".join(OBJECTIVES))
        if not 0 <= self.local_bonus <= 100 or not self.time_limit > 0:
            raise ValueError("local_bonus is 0 to 100 percent; time_limit is more than 0 seconds")

    @property
    def unit(self) -> int:
        """Points for one item: hundredths where a hand-over nearby is worth a part of one."""
        return 100 if self.local_bonus else 1


def under_rules(round_: Round, rules: Rules) -> Round:
    """The wants that count under these rules; things keep their numbers."""
    if rules.one_per_kind and not rules.keep_dummies:
        round_ = without_dummies(round_)
    if rules.gifts:
        wants = tuple(() if gift else wants for gift, wants in zip(round_.is_gift, round_.wants, strict=True))
        return replace(round_, wants=wants)
    return replace(round_, is_gift=(False,) * len(round_.ids))


def without_dummies(round_: Round) -> Round:
    """Each dummy replaced by what it wants: nobody wants a dummy any more, and none wants anything.

    Raises TooMany where that makes far more wants than a round may have.
    """
    reached: dict[int, dict[int, None]] = {}  # the items that a node wants, itself or through dummies, in order
    count = 0
    for node in [*dummies_below_first(round_), *(node for node, dummy in enumerate(round_.is_dummy) if not dummy)]:
        reached[node] = {}
        for wanted in round_.wants[node]:
            reached[node].update(reached[wanted] if round_.is_dummy[wanted] else {wanted: None})
        count += len(reached[node])
        if count > MAX_EXPANDED:
            raise TooMany
    wants = tuple(() if dummy else tuple(reached[node]) for node, dummy in enumerate(round_.is_dummy))
    return replace(round_, wants=wants)


def dummies_below_first(round_: Round) -> list[int]:
    """The dummies, each after those that it wants."""
    wanted = {
        node: [target for target in round_.wants[node] if round_.is_dummy[target]]
        for node, dummy in enumerate(round_.is_dummy)
        if dummy
    }
    return list(TopologicalSorter(wanted).static_order())


def arc_points(round_: Round, rules: Rules, item: int, wanted: int) -> int:
    """What it is worth that the owner of `item` receives `wanted` for it; a dummy counts nothing by itself."""
    points = 0 if round_.is_dummy[item] else rules.unit
    return points + (rules.local_bonus if is_local(round_, item, wanted) else 0)


def is_local(round_: Round, item: int, wanted: int) -> bool:
    """Whether the thing stays in one community."""
    place = round_.places[item]
    return place is not None and not round_.is_dummy[wanted] and place == round_.places[wanted]


def kind_received(round_: Round, item: int, wanted: int) -> tuple[int, str] | None:
    """The person and the kind that a hand-over serves; None through a dummy or where the kind is unknown."""
    kind = None if round_.is_dummy[wanted] else round_.kinds[wanted]
    return None if kind is None else (round_.users[item], kind)
