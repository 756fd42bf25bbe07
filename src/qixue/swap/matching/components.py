"""Strongly connected components of an array of arcs, all at once with numpy.

Colouring: the greatest number that reaches a node is its colour; a node whose colour is its own number is the root of
a component, which is what reaches the root within the colour. Found components are taken out, the rest goes on.
Orzan, On distributed verification and verified distribution (2004), section 4.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def components(size: int, tails: Ints, heads: Ints) -> Ints:
    """For each node the greatest number in its component."""
    label = np.full(size, -1)
    while True:
        left = trimmed(size, tails, heads)
        tails, heads = tails[left], heads[left]
        if not len(tails):
            return np.where(label < 0, np.arange(size), label)
        colour = np.arange(size)
        raise_all(colour, tails, heads)
        inside = colour[tails] == colour[heads]
        back_tails, back_heads = heads[inside], tails[inside]
        reaches = (colour == np.arange(size)).astype(np.int64)
        raise_all(reaches, back_tails, back_heads)
        done = mask(size, tails, heads) & (reaches > 0)
        label[done] = colour[done]
        open_ends = ~done[tails] & ~done[heads]
        tails, heads = tails[open_ends], heads[open_ends]


def mask(size: int, *nodes: Ints) -> Bools:
    """For each node whether it is among these. np.unique and its like would load numpy.ma, a tenth of a cold start."""
    found = np.zeros(size, dtype=bool)
    for some in nodes:
        found[some] = True
    return found


def trimmed(size: int, tails: Ints, heads: Ints) -> Ints:
    """The arcs without those from nodes to which none leads and to nodes from which none does, again and again."""
    left = np.arange(len(tails))
    while len(left):
        ways_in, ways_out = np.bincount(heads[left], minlength=size), np.bincount(tails[left], minlength=size)
        goes_on = (ways_in[tails[left]] > 0) & (ways_out[heads[left]] > 0)
        if goes_on.all():
            break
        left = left[goes_on]
    return left


def raise_all(values: Ints, tails: Ints, heads: Ints) -> None:
    """Let each arc raise its head to its tail's value until nothing rises."""
    while True:
        rising = values[tails] > values[heads]
        if not rising.any():
            return
        np.maximum.at(values, heads[rising], values[tails[rising]])
