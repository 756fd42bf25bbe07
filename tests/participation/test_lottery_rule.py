"""The rule of the draw as pure arithmetic: what it gives, that it does not depend on order, and that lies are found."""

import datetime
import hashlib
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qixue.participation.lottery import (
    FORMAT,
    FORMAT_WITH_NUMBER,
    Unreadable,
    canonical,
    canonical_value,
    commitment_of,
    day_named,
    draw,
    entry_number,
    faults,
    list_digest,
    new_seed,
)

SEED = bytes(range(32))
ENTRIES = [(f"{number:016x}", number % 3 + 1) for number in range(6)]

entries_of_any_kind = st.lists(st.integers(1, 10), max_size=30).map(
    lambda sizes: [(f"{number:016x}", people) for number, people in enumerate(sizes)]
)


def document(entries: list[tuple[str, int]] = ENTRIES, seats: int = 5) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "commitment": commitment_of(SEED),
        "entries": [list(entry) for entry in canonical(entries)],
        "list_digest": list_digest(entries).hex(),
        "seats": seats,
        "seed": SEED.hex(),
        "order": [
            {"entry": row.entry, "people": row.people, "seats": row.has_seats} for row in draw(SEED, entries, seats)
        ],
    }


def test_order_is_that_of_the_documented_hash():
    lines = "".join(f"{number} {people}\n" for number, people in ENTRIES).encode()
    digest = hashlib.sha256(lines).digest()
    keys = {number: hashlib.sha256(SEED + digest + number.encode()).digest() for number, _people in ENTRIES}

    assert [row.entry for row in draw(SEED, ENTRIES, 5)] == sorted(keys, key=lambda number: keys[number])


def with_number(value: str = "3259.41") -> dict[str, Any]:
    """A draw of the second version: a closing value that was named with the promise."""
    return {
        **document(),
        "format": FORMAT_WITH_NUMBER,
        "commitment": commitment_of(SEED, "上证指数收盘点位"),
        "public_number": "上证指数收盘点位",
        "public_value": value,
        "order": [
            {"entry": row.entry, "people": row.people, "seats": row.has_seats}
            for row in draw(SEED, ENTRIES, 5, public_value=value)
        ],
    }


def test_public_number_goes_into_the_order_as_documented():
    lines = "".join(f"{number} {people}\n" for number, people in ENTRIES).encode()
    start = SEED + b"3259.41" + hashlib.sha256(lines).digest()
    keys = {number: hashlib.sha256(start + number.encode()).digest() for number, _people in ENTRIES}

    assert [row["entry"] for row in with_number()["order"]] == sorted(keys, key=lambda number: keys[number])
    assert faults(with_number()) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"public_value": "3259.42"}, ["order"]),
        ({"public_number": "深证成指收盘点位"}, ["commitment"]),
        ({"format": FORMAT}, ["commitment", "order"]),
    ],
)
def test_each_lie_about_the_public_number_is_found(changes, found):
    assert faults({**with_number(), **changes}) == found


@pytest.mark.parametrize("changes", [{"public_number": ""}, {"public_value": ""}, {"format": "qixue-lottery-3"}])
def test_draw_without_its_public_number_is_not_judged(changes):
    with pytest.raises(Unreadable):
        faults({**with_number(), **changes})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3259.41", "3259.41"),
        (" ３２５９．４１　", "3259.41"),
        ("3259.410", "3259.41"),
        ("003259.41", "3259.41"),
        ("3259.00", "3259"),
        ("3250", "3250"),
        ("0.50", "0.5"),
        ("000", "0"),
        ("051118", "51118"),
    ],
)
def test_public_number_has_one_spelling(typed, kept):
    assert canonical_value(typed) == canonical_value(kept) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "3,259.41", "3，259.41", "3 259.41", "05 11+09", "3259。41", "3259.", ".41", "1.2.3", "-1", "1e3", "٣", "½"],
)
def test_what_is_no_plain_number_has_no_spelling(typed):
    with pytest.raises(ValueError, match="digits"):
        canonical_value(typed)


def test_draw_whose_number_was_entered_before_the_rule_stays_valid():
    assert faults(with_number("05 11 18 22 27 31 + 09")) == faults(with_number("3,259.410")) == []


def test_party_that_does_not_fit_waits_and_the_next_that_fits_is_seated():
    entries = [("a" * 16, 2), ("b" * 16, 2), ("c" * 16, 1)]

    drawn = draw(bytes(32), entries, 3)

    assert [(row.people, row.has_seats) for row in drawn] in (
        [[(2, True), (2, False), (1, True)], [(2, True), (1, True), (2, False)], [(1, True), (2, True), (2, False)]]
    )
    assert [row.place for row in drawn] == [1, 2, 3]


@given(entries_of_any_kind, st.integers(0, 60))
def test_every_draw_seats_who_fits_in_its_order_and_does_not_depend_on_that_of_the_list(entries, seats):
    drawn = draw(SEED, entries, seats)

    assert draw(SEED, entries[::-1], seats) == drawn
    assert sorted((row.entry, row.people) for row in drawn) == canonical(entries)
    left = seats
    for row in drawn:
        assert row.has_seats == (row.people <= left)
        left -= row.people if row.has_seats else 0
    assert faults(document(entries, seats)) == []


def test_every_entry_has_the_same_chance():
    """6,000 draws of 6 entries for 1 seat: 1,000 each, within five standard deviations."""
    entries = [(number, 1) for number, _people in ENTRIES]
    first = Counter(draw(hashlib.sha256(bytes([n % 256, n // 256])).digest(), entries, 1)[0].entry for n in range(6000))

    assert all(abs(count - 1000) < 5 * (6000 * 1 / 6 * 5 / 6) ** 0.5 for count in first.values())
    assert len(first) == 6


def test_another_list_gives_another_order():
    one = [row.entry for row in draw(SEED, ENTRIES, 5)]
    more = [row.entry for row in draw(SEED, [*ENTRIES, ("f" * 16, 1)], 5) if row.entry != "f" * 16]

    assert one != more


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"commitment": "0" * 64}, ["commitment"]),
        ({"seed": "00" * 32}, ["commitment", "order"]),
        ({"list_digest": "0" * 64}, ["list_digest"]),
        ({"entries": [list(entry) for entry in ENTRIES[:-1]]}, ["list_digest", "order"]),
        ({"entries": [["a" * 16, 1], ["a" * 16, 2]]}, ["entries"]),
        ({"entries": [["a" * 16, 0]]}, ["entries"]),
        ({"seats": 500}, ["order"]),
        ({"order": []}, ["order"]),
    ],
)
def test_each_lie_is_found(changes, found):
    assert faults({**document(), **changes}) == found


@pytest.mark.parametrize(
    "changes", [{"format": "other"}, {"seed": ""}, {"seed": "xy"}, {"order": None}, {"seats": None}]
)
def test_what_is_no_draw_is_not_judged(changes):
    with pytest.raises(Unreadable):
        faults({**document(), **changes})


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("上证指数2026年11月5日收盘点位（两位小数）", "2026-11-05"),
        ("上证指数２０２６-１２-０１收盘点位", "2026-12-01"),
        ("双色球2026年第132期（2026年11月8日开奖，兑奖期至2027年1月7日）", "2027-01-07"),
        ("12月1日上证指数收盘点位", "2026-12-01"),
        ("1月4日上证指数收盘点位", "2027-01-04"),
        ("上证指数2026年13月40日收盘点位", None),
        ("双色球第2026132期的红球", None),
    ],
)
def test_day_of_a_public_number_is_read_in_its_name(words, found):
    named = day_named(words, closed_on=datetime.date(2026, 11, 5))

    assert (str(named) if named else None) == found


def test_number_of_an_entry_is_opaque_and_stays():
    party = uuid.UUID(int=7)

    assert entry_number(party) == entry_number(uuid.UUID(int=7)) == "d0dd4427c3cb5862"
    assert entry_number(uuid.UUID(int=8)) != entry_number(party)
    assert len(new_seed()) == 32


def test_entry_in_the_list_twice_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="twice"):
        canonical([("a", 1), ("a", 2)])
