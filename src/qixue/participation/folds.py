"""People folded to numbers of 64 bits, and crowds of them to two numbers, which compare fast. Pure, no database.

Two people look alike once in 10^19 pairs; then one of them is missed in a crowd with both. Two crowds of as many people
who are not the same look alike as seldom: when their folds have the same sum. How they are folded is drawn for each
comparison, so that what looks alike in one of them does not in the next, and nobody can prepare it.
"""

import secrets
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Column = np.ndarray
WORD = 8  # bytes
HALF, THIRD = np.uint64(32), np.uint64(29)


class Crowds(NamedTuple):
    """Of each group how many people it has, and the sum of their folds."""

    sizes: Column
    sums: Column

    def differ_from(self, other: "Crowds") -> Column:
        """By group whether they are others."""
        return (self.sizes != other.sizes) | (self.sums != other.sums)


class Folds:
    """One way of folding. Each word of a token is mixed in by a step that can be reversed: tokens that differ in one
    word never look alike. The last steps are those of MurmurHash3 (Appleby 2011), with factors that are drawn.
    """

    def __init__(self) -> None:
        self.factors = [np.uint64(secrets.randbits(64) | 1) for _step in range(3)]

    def of(self, tokens: bytes, width: int) -> Column:
        """Of tokens of so many bytes, one behind the other; the width is a multiple of 8."""
        first, second, third = self.factors
        words = np.frombuffer(tokens, dtype=np.uint64).reshape(-1, width // WORD)
        folds = np.zeros(len(words), dtype=np.uint64)
        for column in words.T:
            folds ^= column
            folds *= first
            folds ^= folds >> HALF
        folds *= second
        folds ^= folds >> THIRD
        folds *= third
        folds ^= folds >> HALF
        return folds


def crowds(folds: Column, bounds: Column) -> Crowds:
    """Of folds that lie in groups between two bounds each."""
    return Crowds(np.diff(bounds), sums_between(folds, bounds))


def once_and_again(folds: Column, bounds: Column) -> tuple[Crowds, Crowds]:
    """Who is in each group, and who twice or more. Sorts the folds of each group."""
    for start, end in pairwise(bounds.tolist()):
        folds[start:end].sort()
    is_new = np.ones(len(folds), dtype=bool)
    is_new[1:] = folds[1:] != folds[:-1]
    is_new[bounds[bounds < len(folds)]] = True
    is_second = ~is_new
    is_second[1:] &= is_new[:-1]
    return marked(folds, is_new, bounds), marked(folds, is_second, bounds)


def marked(folds: Column, are_meant: Column, bounds: Column) -> Crowds:
    return Crowds(sums_between(are_meant.astype(np.int64), bounds), sums_between(folds * are_meant, bounds))


def sums_between(values: Column, bounds: Column) -> Column:
    """By group, modulo 2^64."""
    to_here = np.zeros(len(values) + 1, dtype=values.dtype)
    np.cumsum(values, out=to_here[1:])
    return np.diff(to_here[bounds])


def bounds_of(sizes: Column) -> Column:
    """Where groups of these sizes begin, and where the last one ends."""
    bounds = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=bounds[1:])
    return bounds
