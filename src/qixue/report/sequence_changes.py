"""What was replaced between two sequences, found in a time that stays short whatever they hold. Pure."""

import difflib
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

MOST_PAIRS = 50_000  # of equal members: difflib takes seconds for a few hundred lines that are all alike
Change = tuple[str, int, int, int, int]


def is_costly(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether so many members are alike that comparing them would take seconds."""
    counts = Counter(after)
    return sum(counts[each] for each in before) > MOST_PAIRS


def changes(before: Sequence[str], after: Sequence[str]) -> Sequence[Change]:
    """As difflib's `get_opcodes`. Where that is costly all is replaced between what is the same at both ends."""
    if not is_costly(before, after):
        return difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    begins = common_length(before, after)
    ends = common_length(before[begins:][::-1], after[begins:][::-1])
    end, new_end = len(before) - ends, len(after) - ends
    return [
        ("equal", 0, begins, 0, begins),
        ("replace", begins, end, begins, new_end),
        ("equal", end, len(before), new_end, len(after)),
    ]


def common_length(one: Sequence[str], other: Sequence[str]) -> int:
    """How many members at the beginning are the same."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
