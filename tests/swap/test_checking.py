"""The checker lets no result pass that was changed."""

import copy
import json
import subprocess
import sys
from typing import Any

import pytest
from tests.swap.rounds import as_bytes, given_file

from qixue.swap.matching import BadResult, faults, load, solve
from qixue.swap.matching.document import document

ITEMS = [
    {"id": "kettle", "user": "A", "kind": "K", "wants": ["fan", "lamp"]},
    {"id": "fan", "user": "B", "kind": "F", "wants": ["kettle", "lamp"]},
    {"id": "lamp", "user": "C", "kind": "L", "wants": ["stool", "chair"]},
    {"id": "stool", "user": "D", "kind": "S", "wants": ["lamp"]},
    {"id": "chair", "user": "E", "kind": "S", "wants": ["kettle"], "gift": True},
]
ROUND = load(as_bytes(ITEMS))


def result(**rules: Any) -> Any:
    return json.loads(json.dumps(document(solve(ROUND, **rules), {})))


def test_result_that_holds():
    assert faults(ROUND, result()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"instance": "0" * 64}, "instance"),
        ({"objective": "people"}, "instance"),
        ({"cycles": [["kettle", "fan"], ["lamp", "pan"]]}, "thing"),
        ({"cycles": [["kettle", "fan"], ["kettle", "fan"]]}, "thing"),
        ({"cycles": [["kettle", "fan"], ["stool", "chair"]]}, "want"),
        ({"cycles": [["kettle", "fan"], ["lamp"]]}, "want"),
        ({"cycles": [["kettle", "fan"], []]}, "thing"),
        ({"cycles": [["kettle", "fan"]]}, "counts"),
        ({"trades": 5}, "counts"),
        ({"people": 5}, "counts"),
        ({"value": 5}, "counts"),
        ({"bound": 5}, "bound"),
        ({"bound": 3}, "bound"),
        ({"bound": float("nan")}, "bound"),
        ({"proven": False}, "certificate"),
        ({"certificate": {}}, "certificate"),
        ({"certificate": 7}, "certificate"),
        ({"chains": [["stool", "lamp"]], "cycles": [["kettle", "fan"]]}, "gift"),
    ],
)
def test_result_that_was_changed_is_refused(changes, fault):
    assert fault in faults(ROUND, {**result(), **changes})


def test_cycle_beyond_the_cap_is_refused():
    found = result(max_items=2)

    assert "length" in faults(ROUND, {**found, "cycles": [["kettle", "fan", "lamp", "chair"]]})


def test_two_of_a_kind_are_refused():
    items = [
        {"id": "a1", "user": "A", "kind": "1", "wants": ["b1"]},
        {"id": "a2", "user": "A", "kind": "2", "wants": ["b2"]},
        {"id": "b1", "user": "B", "kind": "S", "wants": ["a1"]},
        {"id": "b2", "user": "C", "kind": "S", "wants": ["a2"]},
    ]
    round_ = load(as_bytes(items))
    found = document(solve(round_, one_per_kind=True), {})

    assert found["trades"] == 2
    assert "kind" in faults(round_, {**found, "cycles": [["a1", "b1"], ["a2", "b2"]], "trades": 4})


def test_smaller_plan_is_not_proven_by_the_certificate_of_a_better_one():
    found = result()
    found.update(cycles=[["kettle", "fan"]], trades=2, people=2, value=2, bound=2)

    assert faults(ROUND, found) == ["certificate"]


@pytest.mark.parametrize(
    "document", [None, [], {}, {"format": "other"}, {"format": "qixue-swap-1"}, {**result(), "rules": {"x": 1}}]
)
def test_what_is_no_result_is_refused(document):
    with pytest.raises(BadResult):
        faults(ROUND, document)


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"objective": "people_at_max"},
        {"objective": "people"},
        {"max_items": 2},
        {"gifts": True},
        {"max_items": 3, "objective": "expected"},
    ],
)
def test_every_single_bit_of_a_certificate_counts(rules):
    found = result(**rules)
    text = json.dumps(found["certificate"]).encode()

    accepted = [
        bit
        for bit in range(len(text) * 8)
        if (changed := parsed(flipped(text, bit))) is not None
        and faults(ROUND, {**found, "certificate": changed}) == []
    ]

    assert faults(ROUND, found) == []
    assert accepted == []


def flipped(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


@pytest.mark.parametrize("rules", [{}, {"one_per_kind": True}, {"objective": "people"}, {"max_items": 3}])
def test_every_number_of_a_real_certificate_counts(rules):
    round_ = load(given_file("syn-50"))
    found = document(solve(round_, **rules), {})
    lists = [name for name in ("give", "take", "nodes", "people") if found["certificate"].get(name)]

    for name in lists:
        for place in range(len(found["certificate"][name])):
            for step in (-1, 1):
                changed = copy.deepcopy(found)
                changed["certificate"][name][place] += step
                assert faults(round_, changed) == ["certificate"]


def test_checking_loads_no_solver(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps(result()))
    (tmp_path / "round.json").write_bytes(as_bytes(ITEMS))
    script = (
        "import json, sys\n"
        "from qixue.swap.matching import faults, load\n"
        "print(faults(load('round.json'), json.load(open('result.json'))))\n"
        "print([name for name in ('ortools', 'highspy', 'scipy', 'numpy', 'django') if name in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]", "[]"]
