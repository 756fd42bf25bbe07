"""Against the vectors of RFC 6238, appendix B (SHA-1), whose eight digits end in our six."""

import base64
import datetime

import pytest

from qixue.people.one_time_codes import code_of, matching_step, new_key, step_at

KEY = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def at(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_code_is_that_of_the_standard(seconds: int, code: str):
    assert code_of(KEY, step_at(at(seconds))) == code


@pytest.mark.parametrize(("drift", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clock_of_the_phone_may_be_one_step_off(drift: int, is_taken: bool):
    moment = at(1111111110)
    code = code_of(KEY, step_at(moment) + drift // 30)

    assert (matching_step(KEY, code, moment) is not None) is is_taken


@pytest.mark.parametrize("code", ["", "28708", "2870822", "abcdef", "二八七零八二"])
def test_what_is_no_code_matches_no_step(code: str):
    assert matching_step(KEY, code, at(59)) is None


def test_keys_are_new_each_time_and_can_be_typed():
    keys = {new_key() for _number in range(50)}

    assert len(keys) == 50
    assert {len(base64.b32decode(key)) for key in keys} == {20}
