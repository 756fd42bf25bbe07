"""Rounds in which one rule decides: each is known to have a worse plan that a solver without the rule would take."""

from dataclasses import replace
from typing import Any

import pytest
from tests.swap import brute_force
from tests.swap.plans import result, score
from tests.swap.rounds import as_bytes, contested_round, side_by_side

from qixue.swap.matching import faults, load, repair, solve

PLAIN: dict[str, Any] = {
    "objective": "items",
    "max_items": None,
    "one_per_kind": False,
    "gifts": False,
    "local_bonus": 0,
}

# Rules, others under which the best plan counts another number of items, and the seeds of rounds where it does.
RIVALS = [
    ({"objective": "people"}, {"objective": "people_at_max"}, [2, 38, 73, 178, 535, 691]),
    ({"objective": "people", "max_items": 3}, {"objective": "people_at_max", "max_items": 3}, [74, 81, 158, 197]),
    ({"max_items": 2}, {"max_items": 3}, [3, 6, 9, 13]),
    ({"max_items": 3}, {}, [3, 6, 9, 13]),
    ({"one_per_kind": True}, {}, [1, 3, 7, 12]),
    ({"one_per_kind": True, "max_items": 3}, {"max_items": 3}, [1, 3, 4, 7]),
    ({"gifts": True}, {}, [3, 4, 5, 7, 8, 9]),
    ({"gifts": True, "max_items": 2}, {"max_items": 2}, [4, 5, 7]),
    ({"gifts": True, "max_items": 3}, {"gifts": True}, [3, 7]),
    ({"gifts": True, "objective": "people_at_max"}, {"objective": "people_at_max"}, [3, 4, 5, 7]),
    ({"gifts": True, "objective": "expected", "max_items": 3}, {"gifts": True, "max_items": 2}, [3, 5, 8]),
    ({"objective": "expected"}, {}, [618]),
]

# Rules, the place in what `brute_force.best` compares at which plans that are equal before differ, and seeds.
TIES = [
    ({"objective": "people_at_max"}, 1, [11, 44, 97, 254]),
    ({"objective": "people_at_max", "max_items": 3}, 1, [2, 13, 44, 46]),
    ({}, 1, [25, 29, 30, 51]),
    ({"max_items": 2}, 1, [1, 16, 31, 49]),
    ({"max_items": 3}, 1, [56, 79, 104, 126]),
    ({}, 2, [1, 18, 26, 42]),
    ({"max_items": 2}, 2, [2, 7, 8, 9]),
    ({"max_items": 3}, 2, [2, 7, 9, 13]),
]


def each(cases: list[tuple[Any, Any, list[int]]]) -> list[tuple[Any, Any, int]]:
    return [(rules, other, seed) for rules, other, seeds in cases for seed in seeds]


def items_of(best: tuple[float, ...], rules: dict[str, Any]) -> float:
    return best[1 if rules.get("objective") in ("people", "expected") else 0]


@pytest.mark.parametrize(("rules", "others", "seed"), each(RIVALS))
def test_rule_that_costs_or_wins_items_is_kept(rules, others, seed):
    items = contested_round(seed)
    best, rival = (brute_force.best(items, {**PLAIN, **chosen}) for chosen in (rules, others))
    assert items_of(best, rules) != items_of(rival, others)

    plan = solve(load(as_bytes(items)), **rules)

    assert (score(plan), plan.proven) == (best, True)
    assert faults(load(as_bytes(items)), result(plan)) == []


@pytest.mark.parametrize(("rules", "place", "seed"), each(TIES))
def test_tie_is_broken_as_the_rules_say(rules, place, seed):
    items = contested_round(seed)
    scores = brute_force.scores(items, {**PLAIN, **rules})
    best = max(scores)
    assert len({found[place] for found in scores if found[:place] == best[:place]}) > 1

    plan = solve(load(as_bytes(items)), **rules)

    assert (score(plan), plan.proven) == (best, True)


def test_dummy_is_received_once_and_not_counted():
    """Ann would give a kettle and a stool, but wants only one of fan and lamp."""
    items = [
        {"id": "kettle", "user": "Ann", "wants": ["%one"]},
        {"id": "stool", "user": "Ann", "wants": ["%one"]},
        {"id": "%one", "user": "Ann", "dummy": True, "wants": ["fan", "lamp"]},
        {"id": "fan", "user": "Bo", "wants": ["kettle", "stool"]},
        {"id": "lamp", "user": "Cai", "wants": ["stool", "kettle"]},
    ]

    plans = [solve(load(as_bytes(items)), max_items=cap) for cap in (None, 2, 3)]

    expected = solve(load(as_bytes(items)), objective="expected")
    assert [(plan.trades, plan.people, plan.bound, plan.proven) for plan in plans] == [(2, 2, 2, True)] * 3
    assert (expected.trades, expected.people, expected.proven) == (2, 2, True)


# Rules, who stays away, and seeds of rounds in which some exchanges stand and others are found anew.
ABSENCES: list[tuple[dict[str, Any], str, list[int]]] = [
    ({}, "U0", [0, 1, 6]),
    ({}, "U1", [3, 9]),
    ({"max_items": 2}, "U2", [5, 9, 16]),
    ({"max_items": 3}, "U1", [0, 9, 16]),
    ({"gifts": True}, "U0", [0, 1, 2]),
    ({"one_per_kind": True}, "U2", [26, 30, 31]),
]


@pytest.mark.parametrize(("rules", "absent", "seed"), each(ABSENCES))
def test_repair_makes_the_best_of_what_does_not_stand(rules, absent, seed):
    items = contested_round(seed)
    plan = solve(load(as_bytes(items)), **rules)

    again = repair(plan, absent={absent})

    owners = {item["id"]: item["user"] for item in items}
    stands = [names for names in plan.cycles + plan.chains if absent not in {owners[name] for name in names}]
    left = without(items, absent, stands, rules)
    alone = replace(again, kept=())
    assert [names for names in again.cycles + again.chains if names in stands] == stands != []
    assert (score(alone), again.proven) == (brute_force.best(left, {**PLAIN, **rules}), True)
    assert alone.trades > 0


def without(
    items: list[dict[str, Any]], absent: str, stands: list[list[str]], rules: dict[str, Any]
) -> list[dict[str, Any]]:
    """What is there to be matched anew; with one_per_kind, nobody wants a kind that they receive already."""
    used = {name for names in stands for name in names}
    nodes = {item["id"]: item for item in items}
    had = set()
    for names in stands if rules.get("one_per_kind") else []:
        had |= {
            (nodes[name]["user"], nodes[got]["kind"]) for name, got in zip(names, [*names[1:], names[0]], strict=True)
        }
    here = {name for name, item in nodes.items() if item["user"] != absent and name not in used}
    return [
        {
            **item,
            "wants": [
                name for name in item["wants"] if name in here and (item["user"], nodes[name].get("kind")) not in had
            ],
        }
        for item in items
        if item["id"] in here
    ]


# Rules, and rounds that make a large one, in which HiGHS must search: it stops too early when its gap is wide.
LARGE = [
    ({"one_per_kind": True}, range(100, 125)),
    ({"max_items": 3}, range(10)),
    ({"objective": "people", "max_items": 3}, range(25)),
]


@pytest.mark.parametrize(("rules", "seeds"), LARGE)
def test_large_round_is_the_sum_of_its_parts(rules, seeds):
    parts = [contested_round(seed) for seed in seeds]
    best = [brute_force.best(items, {**PLAIN, **rules}) for items in parts]

    plan = solve(load(as_bytes(side_by_side(parts))), **rules)

    assert (score(plan), plan.proven) == (tuple(map(sum, zip(*best, strict=True))), True)
