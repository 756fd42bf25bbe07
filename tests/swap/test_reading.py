"""Rounds from files, and what is wrong with files."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qixue.swap.matching import BadRound, load, reading, round

KETTLE = {"id": "kettle", "user": "A", "wants": ["fan"]}
FAN = {"id": "fan", "user": "B", "wants": ["kettle"]}


def json_round(*items: Any) -> bytes:
    return json.dumps({"items": items}, indent=0).encode()


def test_want_list():
    lists = b"(An Na) kettle : %ANY lamp\n(An Na) %any : FAN; lamp=2\r\n(B) fan:\nlamp kettle\n"

    round_ = load(b"#! REQUIRE-COLONS\n\n# market\n" + lists)

    assert round_.ids == ("KETTLE", "%ANY", "FAN", "LAMP")
    assert [round_.people[user] for user in round_.users] == ["AN NA", "AN NA", "B", "LAMP"]
    assert round_.wants == ((1, 3), (2, 3), (), (0,))
    assert round_.is_dummy == (False, True, False, False)


def test_want_list_keeps_case_where_it_says_so():
    assert load(b"#! CASE-SENSITIVE\n(a) kettle :\n(b) KETTLE :\n").ids == ("kettle", "KETTLE")


def test_dummies_of_two_people_may_share_a_name():
    round_ = load(b"(A) ONE : %X\n(A) %X : TWO\n(B) TWO : %X\n(B) %X : ONE\n")

    assert round_.ids == ("ONE", "%X for user (A)", "TWO", "%X for user (B)")
    assert round_.wants == ((1,), (2,), (3,), (0,))


def test_official_name_that_nobody_brought_is_wanted_in_vain():
    text = (
        b"!BEGIN-OFFICIAL-NAMES\nONE : a kettle\nTWO\nTHREE\n!END-OFFICIAL-NAMES\n(A) ONE : TWO THREE\n(B) TWO : ONE\n"
    )

    assert load(text).wants == ((1,), (0,))


def test_json_round():
    items = [{**KETTLE, "kind": "K1", "place": 3, "gift": True, "waiting": 2}, {**FAN, "wants": ["kettle", "kettle"]}]

    round_ = load(b"\xef\xbb\xbf" + json_round(*items))

    assert (round_.kinds, round_.places, round_.is_gift, round_.waiting) == (
        ("K1", None),
        ("3", None),
        (True, False),
        (2, 0),
    )
    assert round_.wants == ((1,), (0,))


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"(A) ONE :\n(B) \xff :\n", "encoding", 2),
        (b"(A) ONE :\n(B TWO : ONE\n", "syntax", 2),
        (b"(A) ONE : TWO : THREE\n", "syntax", 1),
        (b"(A) ONE :\n(A) ONE :\n", "duplicate", 2),
        (b"(A) ONE :\n(B) TWO : NONE\n", "unknown", 2),
        (b"(A) ONE :\n(B) TWO : %NONE\n", "unknown", 2),
        (b"(A) ONE : ONE\n", "self_want", 1),
        (b"(A) ONE :\n(A) TWO : ONE\n", "own_item", 2),
        (b"(A) ONE : %X\n%X : ONE\n", "dummy_without_user", 2),
        (b"(A) ONE : %X\n(B) TWO :\n(A) %X : TWO %Y\n(A) %Y : %X\n", "dummy_cycle", 3),
        (b'{"items": [}', "syntax", 1),
        (b'{"items": 3}', "syntax", 1),
        (b"{" * 100_000, "syntax", 1),
        (b'{"items":' + b"[" * 100_000, "syntax", 1),
        (json_round(3), "syntax", 1),
        (json_round({"user": "A"}), "syntax", 1),
        (json_round({**KETTLE, "id": "a\nb"}), "syntax", 1),
        (json_round({**KETTLE, "id": "\ud800"}), "syntax", 1),
        (json_round(KETTLE, {**FAN, "user": ""}), "syntax", 11),
        (json_round(KETTLE, {**FAN, "wants": "kettle"}), "syntax", 11),
        (json_round(KETTLE, {**FAN, "wants": [3]}), "syntax", 11),
        (json_round(KETTLE, {**FAN, "dummy": 1}), "syntax", 11),
        (json_round(KETTLE, {**FAN, "place": [1]}), "syntax", 11),
        (json_round(KETTLE, {**FAN, "waiting": -1}), "syntax", 11),
        (json_round(KETTLE, FAN, KETTLE), "duplicate", 18),
        (json_round(KETTLE, {**FAN, "wants": ["lamp"]}), "unknown", 14),
        (json_round(KETTLE, {**FAN, "wants": ["fan"]}), "self_want", 14),
        (json_round(KETTLE, {**FAN, "user": "A"}), "own_item", 7),
        (json_round({**KETTLE, "wants": ["%X"]}, {"id": "%X", "user": "B", "dummy": True}), "foreign_dummy", 7),
        (json_round({"id": "%X", "user": "B", "dummy": True, "wants": ["%X"]}), "self_want", 8),
    ],
)
def test_what_is_no_round_says_where(content, code, line):
    with pytest.raises(BadRound) as caught:
        load(content)

    assert (caught.value.code, caught.value.line) == (code, line)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("MAX_ITEMS", "too_many_items"),
        ("MAX_NODES", "too_many_nodes"),
        ("MAX_WANTS", "too_many_wants"),
        ("MAX_BYTES", "too_big"),
    ],
)
def test_more_than_a_round_may_have_is_refused(limit, code, monkeypatch):
    monkeypatch.setattr(reading, limit, 1)

    with pytest.raises(BadRound) as caught:
        load(json_round(KETTLE, {**FAN, "wants": ["kettle"]}))

    assert caught.value.code == code


def test_limits_are_those_of_the_manual():
    assert (round.MAX_ITEMS, round.MAX_NODES, round.MAX_WANTS, round.MAX_BYTES) == (
        20_000,
        50_000,
        1_000_000,
        8_388_608,
    )


@settings(max_examples=300, deadline=None, derandomize=True)
@given(content=st.binary(max_size=60) | st.text(alphabet='(A) %:;={}[]"items\n', max_size=60).map(str.encode))
def test_any_bytes_are_a_round_or_refused_with_a_line(content):
    assert line_of_refusal(content) <= content.count(b"\n") + 1


def line_of_refusal(content: bytes) -> int:
    """0 where there is nothing to refuse."""
    try:
        load(content)
    except BadRound as error:
        return error.line
    return 0
