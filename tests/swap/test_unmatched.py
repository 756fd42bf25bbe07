"""Why a thing is not in a plan."""

from tests.swap.rounds import as_bytes

from qixue.swap.matching import load, solve
from qixue.swap.matching.unmatched import unmatched

RING_OF_THREE = {"A": ["B"], "B": ["C"], "C": ["A"]}
ONE_OF_TWO_PAIRS = {"D": ["E", "F"], "E": ["D"], "F": ["D"]}


def reasons(wants: dict[str, list[str]], max_items: int | None) -> dict[str, str]:
    """Each thing belongs to somebody else."""
    items = [{"id": name, "user": f"U{name}", "wants": wanted} for name, wanted in wants.items()]
    return {str(name): reason for name, reason in unmatched(solve(load(as_bytes(items)), max_items=max_items)).items()}


def test_under_a_cap_who_had_only_larger_rings_had_none() -> None:
    found = reasons({**RING_OF_THREE, **ONE_OF_TWO_PAIRS}, max_items=2)

    left = found.keys() - RING_OF_THREE
    assert len(left) == 1
    assert found == dict.fromkeys(RING_OF_THREE, "no_way_round") | dict.fromkeys(left, "others_came_first")


def test_without_a_cap_others_came_first() -> None:
    assert set(reasons(ONE_OF_TWO_PAIRS, max_items=None).values()) == {"others_came_first"}


def test_who_wants_nothing_and_whom_nobody_wants() -> None:
    assert reasons({"A": ["B"], "B": []}, max_items=2) == {"A": "nobody_wants", "B": "no_wishes"}
