from dataclasses import dataclass
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from qixue.programme.overlaps import overlapping


@dataclass(frozen=True)
class Span:
    starts_at: int
    ends_at: int
    name: int


spans = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(1, 8)), max_size=25).map(
    lambda rows: [(key, Span(start, start + length, name)) for name, (key, start, length) in enumerate(rows)]
)


@given(spans)
def test_sweep_finds_what_comparing_every_pair_finds(items):
    found = sorted(tuple(sorted((first.name, second.name))) for first, second in overlapping(items))

    expected = sorted(
        (one.name, two.name)
        for (one_key, one), (two_key, two) in combinations(items, 2)
        if one_key == two_key and one.starts_at < two.ends_at and two.starts_at < one.ends_at
    )
    assert found == expected


def test_spans_that_touch_do_not_meet():
    assert list(overlapping([("hall", Span(0, 2, 1)), ("hall", Span(2, 4, 2))])) == []


def test_earlier_comes_first():
    early, late = Span(0, 3, 1), Span(2, 4, 2)

    assert list(overlapping([("hall", late), ("hall", early)])) == [(early, late)]
