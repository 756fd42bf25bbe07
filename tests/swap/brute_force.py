"""The best plan of a tiny round, by trying every one. Shares no code with the product; works on the JSON of a round."""

from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]
Choice = dict[str, str]  # thing -> what its owner receives for it

ABSENCE = 0.03


def best(items: list[Item], rules: dict[str, Any]) -> tuple[float, ...]:
    """What the objective compares, then hand-overs within a community, then rounds waited, of the best plan."""
    return max(scores(items, rules))


def scores(items: list[Item], rules: dict[str, Any]) -> list[tuple[float, ...]]:
    """The same of every plan."""
    nodes = {item["id"]: item for item in (without_dummies(items) if rules["one_per_kind"] else items)}
    return [score(nodes, rules, plan) for plan in plans(nodes, rules)]


def without_dummies(items: list[Item]) -> list[Item]:
    nodes = {item["id"]: item for item in items}

    def real_wants(item: Item) -> list[str]:
        found = []
        for wanted in item["wants"]:
            found += real_wants(nodes[wanted]) if nodes[wanted].get("dummy") else [wanted]
        return sorted(set(found))

    return [{**item, "wants": real_wants(item)} for item in items if not item.get("dummy")]


def plans(nodes: dict[str, Item], rules: dict[str, Any]) -> Iterator[Choice]:
    """Every way to give each thing to at most one person, that keeps to the rules.

    A branch ends where something would be taken whose owner, decided already, receives nothing, or the other way round.
    """

    def extended(names: list[str], plan: Choice) -> Iterator[Choice]:
        if not names:
            if is_valid(nodes, rules, plan):
                yield dict(plan)
            return
        name, *others = names
        if name not in plan.values() or is_gift(nodes[name], rules):
            yield from extended(others, plan)
        for wanted in [] if is_gift(nodes[name], rules) else nodes[name]["wants"]:
            decided = wanted not in names and wanted not in plan and not is_gift(nodes[wanted], rules)
            if wanted not in plan.values() and not decided:
                yield from extended(others, {**plan, name: wanted})

    yield from extended(list(nodes), {})


def is_gift(item: Item, rules: dict[str, Any]) -> bool:
    return rules["gifts"] and item.get("gift", False)


def is_valid(nodes: dict[str, Item], rules: dict[str, Any], plan: Choice) -> bool:
    given = set(plan.values())
    if any(name not in plan and not is_gift(nodes[name], rules) for name in given):
        return False
    if any(name not in given and (not rules["gifts"] or nodes[name].get("dummy")) for name in plan):
        return False
    received = [
        (nodes[name]["user"], nodes[wanted]["kind"]) for name, wanted in plan.items() if "kind" in nodes[wanted]
    ]
    if rules["one_per_kind"] and len(received) != len(set(received)):
        return False
    cap = rules["max_items"]
    return cap is None or all(len(items) <= cap for items in groups(nodes, plan))


def groups(nodes: dict[str, Item], plan: Choice) -> list[list[str]]:
    """The items of each cycle, and of each chain in the order in which they receive: its gift stands last."""
    given, seen, found = set(plan.values()), set[str](), []
    for start in [name for name in plan if name not in given] + list(plan):
        group, name = [], start
        while name not in seen:
            seen.add(name)
            group.append(name)
            name = plan.get(name, name)
        if group:
            found.append([name for name in group if not nodes[name].get("dummy")])
    return found


def score(nodes: dict[str, Item], rules: dict[str, Any], plan: Choice) -> tuple[float, ...]:
    receiving = [name for name in plan if not nodes[name].get("dummy")]
    home = {item["user"]: item["place"] for item in nodes.values()}
    local = sum(
        home[nodes[name]["user"]] == home[nodes[wanted]["user"]]
        for name, wanted in plan.items()
        if not nodes[wanted].get("dummy")
    )
    items = len(receiving) * 100 + rules["local_bonus"] * local
    people = len({nodes[name]["user"] for name in receiving})
    ties = (local, sum(nodes[name]["waiting"] for name in receiving))
    expected = sum(round(expectation(nodes, plan, group) * 10_000) for group in groups(nodes, plan))
    return {
        "items": (items, *ties),
        "people_at_max": (items, people, *ties),
        "people": (people, items, *ties),
        "expected": (expected, items, *ties),
    }[rules["objective"]]


def expectation(nodes: dict[str, Item], plan: Choice, group: list[str]) -> float:
    """A cycle needs all its people; in a chain each hand-over needs those from the gift up to its receiver."""
    if group[-1] in plan:
        return len(group) * (1 - ABSENCE) ** len({nodes[name]["user"] for name in group})
    return sum((1 - ABSENCE) ** len({nodes[name]["user"] for name in group[start:]}) for start in range(len(group) - 1))
