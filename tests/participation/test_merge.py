"""The rules of the door alone: what counts, what waits for whom, and which numbers are missing."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import NOON

from qixue.participation.door_words import SENTENCES
from qixue.participation.merge import Facts, Holder, Judgement, Window, judge, missing_ranges, size_of

HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)
WINDOW = Window(NOON, NOON + HOUR)
SEATED = Holder("confirmed", is_here=True)
GOOD = Facts(NOON, NOON, NOON + HOUR, NOON + 3 * HOUR, WINDOW, SEATED)


def cancelled(at: datetime.datetime) -> Holder:
    return Holder("cancelled", is_here=True, cancelled_at=at)


def test_good_scan_counts_without_a_mark() -> None:
    assert judge(GOOD) == Judgement()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"session": None}, "unknown_session"),
        ({"session": Window(NOON, None, is_off=True)}, "session_off"),
        ({"session": Window(None, None)}, "outside_hours"),
        ({"corrected_at": NOON - 2 * HOUR - MINUTE}, "outside_hours"),
        ({"corrected_at": NOON + 3 * HOUR + MINUTE, "received_at": NOON + 9 * HOUR}, "outside_hours"),
        ({"hours_end": NOON - MINUTE}, "device_hours_over"),
        ({"received_at": NOON - 6 * MINUTE}, "in_future"),
        ({"holder": None}, "unknown_person"),
        ({"holder": None, "problem": "bad_ticket"}, "bad_ticket"),
        ({"holder": Holder("confirmed", is_here=False)}, "wrong_session"),
        ({"holder": Holder("waiting", is_here=True)}, "waiting"),
        ({"holder": Holder("entered", is_here=True)}, "waiting"),
        ({"holder": cancelled(NOON - HOUR)}, "cancelled"),
        ({"holder": cancelled(NOON - HOUR), "list_from": NOON - MINUTE}, "cancelled"),
        ({"shown": "waiting"}, "turned_away"),
        ({"shown": "waiting", "holder": cancelled(NOON - MINUTE), "list_from": NOON - HOUR}, "turned_away"),
        ({"shown": "unknown_code", "pace": 61}, "turned_away"),
        ({"shown": "of_a_later_app"}, "turned_away"),
        ({"shown": "name_gone"}, "name_gone"),
        ({"holder": Holder("confirmed", is_here=True, is_forgotten=True)}, "forgotten"),
        ({"shown": "waiting", "holder": Holder("waiting", is_here=True)}, "waiting"),
        ({"pace": 61}, "too_fast"),
    ],
)
def test_odd_scan_waits_for_a_person(changes: dict, reason: str) -> None:
    judgement = judge(GOOD._replace(**changes))

    assert (judgement.reason, judgement.counts) == (reason, False)
    assert SENTENCES[reason]


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({"holder": None, "problem": "unknown_code"}, ("unknown_code",)),
        ({"holder": None}, ("unknown_person",)),
        ({"holder": None, "needs_holder": False}, ()),
        ({"holder": Holder("waiting", is_here=True)}, ("waiting",)),
        ({}, ()),
    ],
)
def test_scan_at_the_wrong_hour_says_what_is_wrong_about_the_person_too(changes: dict, marks: tuple[str, ...]) -> None:
    early = GOOD._replace(corrected_at=NOON - 24 * HOUR, occurred_at=NOON - 24 * HOUR)

    assert judge(early._replace(**changes)) == Judgement("outside_hours", marks)


@pytest.mark.parametrize(
    "changes",
    [
        {"corrected_at": NOON - 2 * HOUR, "occurred_at": NOON - 2 * HOUR},
        {"holder": Holder("offered", is_here=True)},
        {"holder": None, "needs_holder": False},
        {"received_at": NOON - 5 * MINUTE},
        {"pace": 60},
        {"hours_end": None},
        {"shown": "in"},
        {"shown": "already"},
        {"shown": "walked_in", "holder": None, "needs_holder": False},
        {"shown": "counted", "holder": None, "needs_holder": False},
    ],
)
def test_what_is_just_within_the_rules_counts(changes: dict) -> None:
    assert judge(GOOD._replace(**changes)).counts


def test_clock_that_is_off_is_marked() -> None:
    odd = GOOD._replace(occurred_at=NOON - 5 * MINUTE - datetime.timedelta(seconds=1))

    assert judge(odd) == Judgement(marks=("clock_off",))


@pytest.mark.parametrize(
    ("cancelled_at", "list_from"), [(NOON - MINUTE, NOON - HOUR), (NOON + MINUTE, None), (NOON + MINUTE, NOON)]
)
def test_cancelled_where_the_device_could_not_know_counts_with_a_mark(
    cancelled_at: datetime.datetime, list_from: datetime.datetime | None
) -> None:
    found = judge(GOOD._replace(holder=cancelled(cancelled_at), list_from=list_from))

    assert found == Judgement(marks=("cancelled_later",))


@given(st.sets(st.integers(1, 60)), st.integers(0, 60))
def test_missing_numbers_are_those_that_are_not_there(there: set[int], highest: int) -> None:
    gaps = missing_ranges(there, highest)

    found = {number for first, last in gaps for number in range(first, last + 1)}
    assert found == set(range(1, highest + 1)) - there
    assert size_of(gaps) == len(found)
    assert all(gaps[at][1] + 1 < gaps[at + 1][0] for at in range(len(gaps) - 1))


def test_a_device_that_claims_an_absurd_number_costs_nothing() -> None:
    assert missing_ranges([1, 3], 2**63 - 1) == [(2, 2), (4, 2**63 - 1)]
