"""Rounds for tests: the given instances, and small random ones."""

import json
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
