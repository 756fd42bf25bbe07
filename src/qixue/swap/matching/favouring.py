"""A good start where people count: assignments in which those who were left out are favoured, turn by turn.

As FastTradeMaximizer does. It proves nothing and takes seconds where the search for the best takes minutes.
"""

import time

import numpy as np

from qixue.swap.matching.assigning import SMALL_FACTOR, weighed
from qixue.swap.matching.network import Bools, Ints, Network, best_successors
from qixue.swap.matching.round import Round

MOST_TURNS = 10


def serving_more(round_: Round, network: Network, points: Ints, best: Ints, deadline: float) -> Ints:
    """Of assignments with as many points as the best one that serves more people, if there is one, as successors.

    Each turn favours one more item of everybody who receives nothing, among the assignments with most points.
    """
    users = np.array(round_.users, dtype=np.int64)
    can_receive = ~np.array(round_.is_dummy, dtype=bool) & (np.diff(network.first) > 0)
    favoured = np.zeros(network.size, dtype=np.int64)
    found = successors = best
    for _turn in range(MOST_TURNS):
        served = people_served(round_, network, successors)
        left_out = np.flatnonzero(can_receive & ~served[users] & (favoured == 0))
        if not len(left_out) or time.monotonic() >= deadline:
            break
        favoured[left_out[np.unique(users[left_out], return_index=True)[1]]] = 1
        successors = best_successors(network, weighed([points, favoured[network.tails]], SMALL_FACTOR))
        is_best = total(network, points, successors) == total(network, points, best)
        if is_best and count(round_, network, successors) > count(round_, network, found):
            found = successors
    return found


def people_served(round_: Round, network: Network, successors: Ints) -> Bools:
    """For each person whether they receive something."""
    receives = network.tails[network.counted & (network.heads == successors[network.tails])]
    served = np.zeros(len(round_.people), dtype=bool)
    served[np.array(round_.users, dtype=np.int64)[receives]] = True
    return served


def count(round_: Round, network: Network, successors: Ints) -> int:
    return int(people_served(round_, network, successors).sum())


def total(network: Network, points: Ints, successors: Ints) -> int:
    return int(points[network.heads == successors[network.tails]].sum())
