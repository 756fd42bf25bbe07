"""A start for the search where people count."""

import time

from tests.swap.rounds import as_bytes

from qixue.swap.matching import Rules, load
from qixue.swap.matching.assigning import best_assignment
from qixue.swap.matching.favouring import count, serving_more, total
from qixue.swap.matching.network import arc_worth, network_of

ITEMS = [  # Ann and Bo can swap two things next door, or one, and Bo the other with Cai across town
    {"id": "kettle", "user": "Ann", "place": 1, "wants": ["lamp"]},
    {"id": "fan", "user": "Ann", "place": 1, "wants": ["stool"]},
    {"id": "lamp", "user": "Bo", "place": 1, "wants": ["kettle"]},
    {"id": "stool", "user": "Bo", "place": 1, "wants": ["fan", "globe"]},
    {"id": "globe", "user": "Cai", "place": 2, "wants": ["stool"]},
]


def test_whoever_was_left_out_is_favoured_at_equal_points():
    round_ = load(as_bytes(ITEMS))
    network = network_of(round_)
    points = arc_worth(network, Rules())
    best, _dual = best_assignment(network, Rules())

    found = serving_more(round_, network, points, best, time.monotonic() + 60)

    assert [count(round_, network, successors) for successors in (best, found)] == [2, 3]
    assert [total(network, points, successors) for successors in (best, found)] == [4, 4]


def test_without_time_the_assignment_stays():
    round_ = load(as_bytes(ITEMS))
    network = network_of(round_)
    best, _dual = best_assignment(network, Rules())

    assert serving_more(round_, network, arc_worth(network, Rules()), best, time.monotonic()) is best
