"""The index answers as a walk through the rows would, whatever the rows are."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qixue.core.clock import SHANGHAI
from qixue.programme.listing_index import Entry, ListingIndex, Narrowed, facets_of_time

NINE = datetime.datetime(2026, 11, 4, 9, tzinfo=SHANGHAI)
HOURS = st.none() | st.integers(0, 300).map(lambda hours: NINE + datetime.timedelta(hours=hours))
ROWS = st.lists(st.tuples(HOURS, st.sampled_from("abc"), st.sampled_from(["1/2", "1/3", ""])), max_size=150)


def index_of(rows):
    entries = []
    for number, (starts_at, kind, path) in enumerate(rows):
        facets = {**facets_of_time(starts_at), "kind": [kind], "place": [code for code in path.split("/") if code]}
        entries.append(Entry(number * 7, starts_at, None, facets))
    return ListingIndex(entries)


@given(ROWS, st.sampled_from("abcd"), st.sampled_from("123"), st.integers(0, 50), st.integers(0, 50))
@settings(max_examples=200, deadline=None)
def test_index_counts_and_pages_like_a_walk_through_the_rows(rows, kind, place, start, length):
    index = index_of(rows)
    narrowed = Narrowed(index, {"kind": index.having("kind", kind), "county": index.having("place", place)})
    in_place = [number for number, row in enumerate(rows) if place in row[2].split("/")]
    both = [number * 7 for number in in_place if rows[number][1] == kind]

    assert len(narrowed.found) == len(both)
    assert index.keys(narrowed.found, start, start + length) == both[start : start + length]
    counted = {value: sum(rows[number][1] == value for number in in_place) for value in "abc"}
    assert narrowed.counts("kind", "kind") == {value: count for value, count in counted.items() if count}


@given(ROWS, st.integers(0, 300))
def test_what_is_over_is_not_coming(rows, hours):
    at = NINE + datetime.timedelta(hours=hours, seconds=30)
    index = index_of(rows)

    still = [number * 7 for number, row in enumerate(rows) if row[0] is None or row[0] >= at.replace(second=0)]

    assert index.keys(index.coming(at), 0, len(rows)) == still


@given(st.lists(st.text("ab\n", max_size=8), max_size=40), st.text("abc", min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_word_is_found_where_a_walk_through_the_lines_finds_it(texts, word):
    index = ListingIndex(Entry(place, NINE, None, {}, written=text) for place, text in enumerate(texts))

    assert index.keys(index.with_word(word, is_sound=False), 0, len(texts)) == [
        place for place, text in enumerate(texts) if word in text
    ]
    assert not index.with_word(word, is_sound=True)


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")]
)
def test_day_has_three_parts(hour, part):
    assert facets_of_time(NINE.replace(hour=hour)) == {"day": ["2026-11-04"], "time": [part]}


def test_keys_of_sessions_that_are_not_listed_are_left_out():
    index = index_of([(NINE, "a", "")])

    assert list(index.of_keys([0, 12345])) == [0]
