import datetime

import pytest

from qixue.core.typed import (
    has_identity_number,
    holds_private_number,
    parse_day,
    parse_hedged,
    parse_time,
    parse_whole_number,
)


@pytest.mark.parametrize(
    "text", ["2026-11-25", "2026/11/25", "2026.11.25", "2026年11月25日", "２０２６年１１月２５日", " 2026 - 11 - 25 "]
)
def test_day_is_read_as_people_write_it(text: str) -> None:
    assert parse_day(text) == datetime.date(2026, 11, 25)


@pytest.mark.parametrize("text", ["", "25.11.2026", "2026-13-01", "2026-02-30", "11月25日", "0001-01-01", "明天"])
def test_unclear_day_is_not_guessed(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("9:00", 9, 0),
        ("０９：３０", 9, 30),
        ("9点", 9, 0),
        ("9点30分", 9, 30),
        ("下午2点半", 14, 30),
        ("2:30 pm", 14, 30),
    ],
)
def test_time_is_read_as_people_write_it(text: str, hour: int, minute: int) -> None:
    assert parse_time(text) == datetime.time(hour, minute)


@pytest.mark.parametrize("text", ["", "9", "25:00", "9:75", "中饭后"])
def test_unclear_time_is_not_guessed(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("１２０", 120), ("1,200", 1200), ("-5", -5), ("十", None), ("1.5", None)]
)
def test_whole_number_is_read_as_people_write_it(text: str, number: int | None) -> None:
    assert parse_whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "bare", "hedge"),
    [
        ("120", "120", "exact"),
        ("１，２００", "1,200", "exact"),
        ("约120", "120", "about"),
        ("120左右", "120", "about"),
        ("近4000", "4000", "nearly"),
        ("3500多", "3500", "at_least"),
        ("80余", "80", "at_least"),
        ("more than 80", "80", "at_least"),
        ("1.2万多", "1.2万", "at_least"),
    ],
)
def test_hedge_is_read_as_people_write_it(text: str, bare: str, hedge: str) -> None:
    assert parse_hedged(text) == (bare, hedge)


@pytest.mark.parametrize("text", ["", "近4000多", "约120左右多", "许多", "-5", "12人次", "3到5"])
def test_unclear_hedge_is_not_guessed(text: str) -> None:
    assert parse_hedged(text) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("11010519491231002X", True),  # the example of GB 11643-1999
        ("证件：１１０１０５１９４９１２３１００２ｘ。", True),
        ("110105194912310021", False),  # its check digit is wrong
        ("x11010519491231002X", False),
        ("1101051949123100", False),
        ("13900000000", False),
    ],
)
def test_identity_number_is_known_by_its_check_digit(text: str, is_one: bool) -> None:
    assert has_identity_number(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("证件：１１０１０５１９４９１２３１００２ｘ。", True),
        ("110105194912310021", True),  # wrong by a digit, and still somebody's
        ("电话13900000000", True),
        ("1101051949123100", False),
        ("139000000001", False),
    ],
)
def test_private_number_in_what_everybody_reads_is_known_by_its_length(text: str, is_one: bool) -> None:
    assert holds_private_number(text) is is_one


@pytest.mark.parametrize(
    "text",
    [
        "打13900000000",
        "139 0000 0000",
        "139-0000-0000",
        "１３９－００００－００００",
        "+86 139 0000 0000 找我",
        "壶2个 139 0000 0000 3楼",
        "0763-3366789",
        "（0763）336 6789",
        "02022345678",
        "电话：3366789",
    ],
)
def test_telephone_number_is_found_however_its_digits_are_set_apart(text: str) -> None:
    assert holds_private_number(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-25", "1985 1990 1995 2000", "220V 1500W", "ISBN 978-7-02-000220-7", "电话机1部 2019", "第13-14 15-16号"],
)
def test_other_digits_are_no_telephone_number(text: str) -> None:
    assert not holds_private_number(text)
