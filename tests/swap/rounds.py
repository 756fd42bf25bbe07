"""Rounds for tests: the given instances, and small random ones."""

import json
import random
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

INSTANCES = Path(__file__).parent / "instances"
NAMES = ("syn-50", "syn-500", "oz-neil", "tm-xmas")
BEST = json.loads((INSTANCES / "best-known.json").read_text(encoding="utf-8"))["instances"]


def given_file(name: str) -> Path:
    return INSTANCES / f"{name}.json"


def as_bytes(items: list[dict[str, Any]]) -> bytes:
    return json.dumps({"items": items}, indent=1).encode()


@st.composite
def small_rounds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Four to six items of up to four people and up to two dummies; a second dummy may want the first."""
    people = draw(st.integers(2, 4))
    places = [draw(st.sampled_from([1, 2])) for _person in range(people)]
    owners = [draw(st.integers(0, people - 1)) for _item in range(draw(st.integers(4, 6)))]
    items: list[dict[str, Any]] = [
        {
            "id": f"I{number}",
            "user": f"U{owner}",
            "place": places[owner],
            "kind": draw(st.sampled_from(["K1", "K2", "K3"])),
            "gift": draw(st.booleans()),
            "waiting": draw(st.integers(0, 2)),
        }
        for number, owner in enumerate(owners)
    ]
    foreign = {f"U{owner}": [f"I{n}" for n, other in enumerate(owners) if other != owner] for owner in range(people)}
    dummies: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 2))):
        owner = f"U{draw(st.sampled_from(owners))}"
        below = [dummy["id"] for dummy in dummies if dummy["user"] == owner]
        dummies.append(
            {"id": f"%D{number}", "user": owner, "dummy": True, "place": places[int(owner[1])], "waiting": 0}
        )
        dummies[-1]["wants"] = draw(some_of(foreign[owner] + below))
    for item in items:
        own = [dummy["id"] for dummy in dummies if dummy["user"] == item["user"]]
        item["wants"] = draw(some_of(foreign[item["user"]] + own))
    return items + dummies


def some_of(names: list[str]) -> st.SearchStrategy[list[str]]:
    """Rather more than fewer, so that plans compete."""
    fewest = min(2, len(names))
    return st.lists(st.sampled_from(names), unique=True, min_size=fewest, max_size=3) if names else st.just([])


def contested_round(seed: int) -> list[dict[str, Any]]:
    """Ten items of six people and two dummies, the same for the same seed.

    One person has about half of the items, half of all wants are for the same few, all waiting times differ.
    """
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    people = [{"user": f"U{number}", "place": chance.choice([1, 2])} for number in range(6)]
    items: list[dict[str, Any]] = [
        {
            "id": f"I{number}",
            **(people[0] if chance.random() < 0.4 else chance.choice(people[1:])),
            "kind": chance.choice(["K1", "K2", "K3"]),
            "gift": chance.random() < 0.2,
            "waiting": waiting,
        }
        for number, waiting in enumerate(chance.sample(range(20), 10))
    ]
    dummies: list[dict[str, Any]] = [
        {"id": f"%D{number}", "user": item["user"], "place": item["place"], "dummy": True, "waiting": 0}
        for number, item in enumerate(chance.sample(items, 2))
    ]
    for thing in [*dummies, *items]:
        foreign = [item["id"] for item in items if item["user"] != thing["user"]]
        own = [dummy["id"] for dummy in dummies if dummy["user"] == thing["user"] and "dummy" not in thing]
        count = chance.randint(2, 4)
        drawn = [chance.choice(foreign[:3] if chance.random() < 0.5 else foreign + own) for _want in range(count)]
        thing["wants"] = list(dict.fromkeys(drawn))
    return items + dummies


def side_by_side(rounds: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One round of several that have nobody in common: its best plan is the best plan of each."""
    return [
        {
            **item,
            "id": f"{item['id'][:1]}{number}-{item['id']}" if item.get("dummy") else f"R{number}-{item['id']}",
            "user": f"R{number}-{item['user']}",
            "wants": [
                f"{name[:1]}{number}-{name}" if name[0] == "%" else f"R{number}-{name}" for name in item["wants"]
            ],
        }
        for number, items in enumerate(rounds)
        for item in items
    ]
