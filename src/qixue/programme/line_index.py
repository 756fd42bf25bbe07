"""Where a word stands in many short texts, found without reading them. Pure.

Each different line is kept once, in one long text, and with it the places of all signs in the order of what stands from
there on: those of one word are neighbours, found by halving (a suffix array, Manber and Myers 1990). The order looks at
the first few signs only, so that one sort of numbers makes it; a longer word is compared where its rarest part stands.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray
from pyroaring import FrozenBitMap

BREAK = "\n"
ALL_SIGNS = 0x110000  # of Unicode
KEY_BITS = 64


class LineIndex:
    """Made from texts of several lines each; a text is known by its place among them, from 0."""

    def __init__(self, texts: Iterable[str]) -> None:
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            for line in text.split(BREAK):
                if line in places:
                    places[line].append(place)
                else:
                    places[line] = [place]
        self.text = BREAK.join(places)
        self.starts = np.array([*accumulate((len(line) + 1 for line in places), initial=0)])  # of lines in the text
        self.places = array("I", chain.from_iterable(places.values()))  # those of the first line, of the second, ...
        self.bounds = np.array([*accumulate(map(len, places.values()), initial=0)])  # of the lines in the places
        self.order, self.depth = order_of(self.text)

    def having(self, word: str) -> FrozenBitMap:
        """The places of the texts in one of whose lines the word stands."""
        lines = np.unique(np.searchsorted(self.starts, self.occurrences(word), side="right")) - 1
        begins, ends = self.bounds[lines], self.bounds[lines + 1]
        counts = ends - begins
        within = np.repeat(ends - np.cumsum(counts), counts) + np.arange(counts.sum())
        return FrozenBitMap(array("I", np.asarray(self.places)[within].tobytes()))

    def occurrences(self, word: str) -> NDArray[np.int64]:
        """Where in the text the word begins, in no order."""
        last = max(0, len(word) - self.depth)
        found, offset = min((self.beginning(word, min(at, last)) for at in range(0, len(word), self.depth)), key=size)
        begins = np.asarray(self.order[found.start : found.stop], np.int64) - offset
        if len(word) <= self.depth:
            return begins
        return np.array([at for at in begins.tolist() if at >= 0 and self.text.startswith(word, at)], np.int64)

    def beginning(self, word: str, offset: int) -> tuple[range, int]:
        """Where in the order the part of the word from the offset on stands, as far as the order looks; the offset."""
        part = word[offset : offset + self.depth]

        def signs(at: int) -> str:
            return self.text[at : at + len(part)]

        first = bisect_left(self.order, part, key=signs)
        return range(first, bisect_right(self.order, part, lo=first, key=signs)), offset


def size(found: tuple[range, int]) -> int:
    return len(found[0])


def order_of(text: str) -> tuple["array[int]", int]:
    """The places of all signs in the order of the signs from there on, and how many of these it looks at.

    As many as fit into one number: 5 where some thousand different ones occur, 10 where fewer than 64 do.
    """
    signs = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    is_used = np.zeros(ALL_SIGNS, np.uint64)
    is_used[signs] = 1
    ranks = np.cumsum(is_used)[signs]  # from 1; behind the end of the text stands 0
    bits = max(1, int(is_used.sum()).bit_length())
    depth = max(1, min(KEY_BITS // bits, len(text)))
    keys = np.zeros(len(text), np.uint64)
    for step in range(depth):
        keys <<= bits
        keys[: len(text) - step] |= ranks[step:]
    return array("I", np.argsort(keys).astype(np.uint32).tobytes()), depth
