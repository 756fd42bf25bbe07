"""Where a word stands in many short texts. Pure.

Each different line is kept once, in one long text that is searched from its start to its end: what 100,000 sessions are
looked up by is 2 million signs, which takes a millisecond, and whatever stands between two line breaks can be found.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain

BREAK = "\n"


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
        self.starts = array("I", accumulate((len(line) + 1 for line in places), initial=0))  # of the lines in the text
        self.places = array("I", chain.from_iterable(places.values()))  # those of the first line, of the second, ...
        self.bounds = array("I", accumulate(map(len, places.values()), initial=0))  # of the lines in the places

    def having(self, word: str) -> Iterator[int]:
        """The places of the texts in one of whose lines the word stands, some of them more than once."""
        found = self.text.find(word)
        while found >= 0:
            line = bisect_right(self.starts, found) - 1
            yield from self.places[self.bounds[line] : self.bounds[line + 1]]
            found = self.text.find(word, self.starts[line + 1])
