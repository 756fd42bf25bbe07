"""Plans against what is known of the given rounds, and against every plan of small ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.swap import brute_force
from tests.swap.plans import result, score
from tests.swap.rounds import BEST, NAMES, as_bytes, given_file, small_rounds

from qixue.swap.matching import OBJECTIVES, Plan, TooMany, assigning, faults, load, repair, solve
from qixue.swap.matching.network import best_successors, network_of

KNOWN = {  # key of best-known.json -> rules, and which number it is about
    "unbounded": ({}, "trades"),
    "max_users_at_max_trades": ({"objective": "people_at_max"}, "users"),
    "cycles_le_2": ({"max_items": 2}, "trades"),
    "cycles_le_3": ({"max_items": 3}, "trades"),
    "one_per_kind_and_user_dummies_expanded": ({"one_per_kind": True}, "trades"),
    "gift_chains": ({"gifts": True}, "served"),
}


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in NAMES for key in KNOWN if key in BEST[name]["best"]])
def test_given_round_reaches_the_best_known_and_proves_it(name, key):
    round_ = load(given_file(name))
    rules, number = KNOWN[key]

    plan = solve(round_, **rules)

    reached = plan.people if number == "users" else plan.trades
    assert (reached, plan.proven, plan.certificate is not None) == (BEST[name]["best"][key][number], True, True)
    assert faults(round_, result(plan)) == []


@pytest.mark.parametrize(("name", "trades", "people"), [("syn-500", 61, 40), ("oz-neil", 144, 60)])
def test_people_first_gives_up_items_for_people_and_proves_it(name, trades, people):
    """More people than among the plans with most items (35 and 55); the certificate is checked by itself."""
    round_ = load(given_file(name))

    plan = solve(round_, objective="people")

    assert (plan.trades, plan.people, plan.proven, plan.certificate is not None) == (trades, people, True, True)
    assert faults(round_, result(plan)) == []


@pytest.mark.parametrize("name", ["syn-50", "oz-neil"])
def test_want_list_and_json_give_the_same_plan(name):
    plans = [solve(load(given_file(name).with_suffix(suffix))) for suffix in (".json", ".txt")]

    assert plans[0].trades == plans[1].trades == BEST[name]["best"]["unbounded"]["trades"]


RULES = st.fixed_dictionaries(
    {
        "objective": st.sampled_from(OBJECTIVES),
        "max_items": st.sampled_from([None, 2, 3]),
        "one_per_kind": st.booleans(),
        "gifts": st.booleans(),
        "local_bonus": st.sampled_from([0, 30]),
    }
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(items=small_rounds(), rules=RULES)
def test_small_round_is_solved_as_by_trying_every_plan(items, rules):
    round_ = load(as_bytes(items))

    plan = solve(round_, **rules)

    assert (score(plan), plan.proven) == (brute_force.best(items, rules), True)
    assert faults(round_, result(plan)) == []


@pytest.mark.parametrize("factor", [0, 1, assigning.SMALL_FACTOR])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(items=small_rounds(), gifts=st.booleans(), local_bonus=st.sampled_from([0, 30]))
def test_small_round_without_a_cap_is_an_assignment(factor, items, gifts, local_bonus):
    """Whatever a point outweighs at the first try: with 0 a tie is as good as a point, and the full weights decide."""
    rules = {
        "objective": "items",
        "max_items": None,
        "one_per_kind": False,
        "gifts": gifts,
        "local_bonus": local_bonus,
    }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assigning, "SMALL_FACTOR", factor)
        plan = solve(load(as_bytes(items)), **rules)

    assert (score(plan), plan.proven) == (brute_force.best(items, rules), True)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("max_items", [None, 3])
def test_round_of_which_nothing_is_left_has_an_empty_plan(objective, max_items):
    """At the desk, when all that can be matched stands already."""
    plan = solve(load(as_bytes([])), objective=objective, max_items=max_items)

    assert (plan.trades, plan.people, plan.proven) == (0, 0, True)


def test_one_item_counts_more_than_many_ties():
    """A ring of 21 across three communities; without its first, each two who live together could swap, which is 20."""
    count = 20
    items = [{"id": "I0", "user": "U0", "place": 3, "wants": ["I1"]}]
    for number in range(1, count + 1):
        neighbour = number + 2 if number % 4 in (1, 2) else number - 2
        wants = [f"I{(number + 1) % (count + 1)}", f"I{neighbour}"]
        items.append({"id": f"I{number}", "user": f"U{number}", "place": number % 2, "wants": wants})
    round_ = load(as_bytes(items))
    network = network_of(round_)
    points, local = network.counted.astype(int), network.local.astype(int)
    tempted = best_successors(network, assigning.weighed([points, local], assigning.SMALL_FACTOR))

    plan = solve(round_)

    assert np.count_nonzero(tempted != np.arange(count + 1)) == count
    assert (plan.trades, plan.bound, plan.proven, plan.certificate is not None) == (count + 1, count + 1, True, True)
    assert faults(round_, result(plan)) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(items=small_rounds(), gifts=st.booleans(), one_per_kind=st.booleans())
def test_dummies_that_are_kept_hold_beside_kinds(items, gifts, one_per_kind):
    plan = solve(load(as_bytes(items)), gifts=gifts, one_per_kind=one_per_kind, keep_dummies=True)

    received = [node for exchange in plan.exchanges for _item, node in exchange.hand_overs()]
    assert len(received) == len(set(received))
    assert faults(load(as_bytes(items)), result(plan)) == []


@pytest.mark.parametrize("rules", [{}, {"objective": "people"}, {"max_items": 3}, {"gifts": True}])
def test_same_round_gives_the_same_plan(rules):
    results = [result(solve(load(given_file("syn-500")), **rules)) for _run in range(2)]

    assert results[0] == results[1]


def test_long_cycles_are_cut_at_equal_trades():
    """Six things in a ring, each of which would also close a ring of three."""
    items = [{"id": f"I{n}", "user": f"U{n}", "wants": [f"I{(n + 1) % 6}", f"I{(n + 4) % 6}"]} for n in range(6)]

    plan = solve(load(as_bytes(items)))

    assert (plan.trades, sorted(len(cycle) for cycle in plan.cycles)) == (6, [3, 3])


@pytest.mark.parametrize("rules", [{"max_items": 2}, {"max_items": 3}])
def test_two_people_who_could_exchange_all_are_both_served_and_proven(rules):
    """HiGHS 1.16 states two people here and returns the start, in which nobody is served."""
    items = [
        {"id": f"{user}{n}", "user": user, "wants": [f"{other}1", f"{other}2"]}
        for user, other in ("AB", "BA")
        for n in (1, 2)
    ]

    plan = solve(load(as_bytes(items)), objective="people", **rules)

    assert (plan.people, plan.trades, plan.proven) == (2, 4, True)


def test_ties_go_to_the_same_community_then_to_who_waits():
    items = [
        {"id": "kettle", "user": "A", "place": 1, "wants": ["fan", "lamp", "stool"]},
        {"id": "fan", "user": "B", "place": 2, "wants": ["kettle"], "waiting": 9},
        {"id": "lamp", "user": "C", "place": 1, "wants": ["kettle"]},
        {"id": "stool", "user": "D", "place": 1, "wants": ["kettle"], "waiting": 1},
    ]

    assert solve(load(as_bytes(items))).cycles == [["kettle", "stool"]]


def test_bonus_for_the_community_can_outweigh_an_item():
    """A ring of three across town, or two hand-overs next door that are worth as much and half again."""
    items = [
        {"id": "kettle", "user": "A", "place": 1, "wants": ["fan", "lamp"]},
        {"id": "fan", "user": "B", "place": 2, "wants": ["stool"]},
        {"id": "stool", "user": "C", "place": 3, "wants": ["kettle"]},
        {"id": "lamp", "user": "D", "place": 1, "wants": ["kettle"]},
    ]
    round_ = load(as_bytes(items))

    plans = [solve(round_, local_bonus=percent) for percent in (0, 60)]

    assert [plan.trades for plan in plans] == [3, 2]
    assert [plan.bound for plan in plans] == [3, 3.2]


@pytest.mark.parametrize("rules", [{"objective": "people"}, {"objective": "people_at_max"}, {"one_per_kind": True}])
def test_no_time_leaves_the_assignment_with_a_bound_and_no_proof(rules):
    round_ = load(given_file("oz-neil"))

    plan = solve(round_, **rules, time_limit=1e-9)

    assert (plan.proven, plan.certificate, plan.trades > 40) == (False, None, True)
    assert faults(round_, result(plan)) == []


def test_expected_items_without_a_list_of_all_cycles_state_a_bound():
    plan = solve(load(given_file("syn-500")), objective="expected", time_limit=20)

    assert (plan.proven, plan.certificate) == (False, None)
    assert plan.bound >= plan.expected(0.03) > 44


@pytest.mark.parametrize("rules", [{"max_items": 4}, {"objective": "joy"}, {"local_bonus": 101}, {"time_limit": 0}])
def test_rules_that_mean_nothing_are_refused(rules):
    with pytest.raises(ValueError, match="is"):
        solve(load(as_bytes([])), **rules)


def test_empty_round_has_an_empty_proven_plan():
    plan = solve(load(as_bytes([])))

    assert (plan.trades, plan.bound, plan.proven, plan.cycles) == (0, 0, True, [])


def layered(layers: int, width: int) -> bytes:
    """Dummies in layers, each of which wants all of the next: width ** layers ways from the kettle to the fan."""
    names = [[f"%D{layer}.{place}" for place in range(width)] for layer in range(layers)]
    items: list[dict[str, Any]] = [
        {"id": "kettle", "user": "A", "kind": "K", "wants": names[0]},
        {"id": "fan", "user": "B", "kind": "F", "wants": ["kettle"]},
    ]
    for layer, level in enumerate(names):
        below = names[layer + 1] if layer + 1 < layers else ["fan"]
        items += [{"id": name, "user": "A", "dummy": True, "wants": below} for name in level]
    return as_bytes(items)


@pytest.mark.parametrize("rules", [{}, {"one_per_kind": True}, {"objective": "people"}, {"max_items": 2}])
def test_dummies_may_stand_in_a_long_line(rules):
    round_ = load(layered(layers=3_000, width=1))

    plan = solve(round_, **rules)

    assert (plan.trades, plan.proven) == (2, True)
    assert faults(round_, result(plan)) == []


def test_more_ways_through_dummies_than_can_be_listed_leave_a_bound(monkeypatch):
    monkeypatch.setattr("qixue.swap.matching.exchange.MAX_WAYS", 10_000)

    plan = solve(load(layered(layers=30, width=3)), max_items=2)

    assert (plan.trades, plan.bound, plan.proven) == (0, 2, False)


def test_dummies_that_stand_for_too_much_cannot_be_replaced(monkeypatch):
    monkeypatch.setattr("qixue.swap.matching.round.MAX_EXPANDED", 3)

    with pytest.raises(TooMany):
        solve(load(given_file("syn-50")), one_per_kind=True)


# Repair


@pytest.mark.parametrize("rules", [{}, {"gifts": True}, {"max_items": 3}, {"one_per_kind": True}])
def test_repair_keeps_exchanges_without_the_absent_and_matches_the_rest(rules):
    plan = solve(load(given_file("syn-500")), **rules)
    absent = plan.round.people[plan.round.users[plan.exchanges[0].nodes[0]]]

    again = repair(plan, absent={absent})

    untouched = [
        exchange for exchange in plan.exchanges if absent not in {owner(plan, node) for node in exchange.nodes}
    ]
    assert list(again.kept) == untouched
    assert absent not in {owner(again, node) for exchange in again.all_exchanges for node in exchange.nodes}
    used = [node for exchange in again.all_exchanges for node in exchange.nodes]
    assert len(used) == len(set(used))
    assert again.trades <= plan.trades


def owner(plan: Plan, node: int) -> str:
    return plan.round.people[plan.round.users[node]]


def test_repair_with_nobody_absent_changes_nothing():
    plan = solve(load(given_file("oz-neil")))

    again = repair(plan, absent=set())

    assert (again.kept, again.exchanges) == (plan.exchanges, ())
