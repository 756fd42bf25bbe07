import pytest

from qixue.core.money import parse_yuan, yuan_text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("1200", 120_000),
        (" 1,200.50 ", 120_050),
        ("0.12万", 120_000),
        ("１２００元", 120_000),
        ("￥1200", 120_000),
        ("1.5万元", 1_500_000),
        ("99.99", 9_999),
    ],
)
def test_parse_yuan_takes_what_people_write(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "-5", "1,20", "12.345", "about 100", "1e5", "0.00000012万", "999999999999999", "."]
)
def test_parse_yuan_says_when_it_is_unclear(text: str) -> None:
    assert parse_yuan(text) is None


def test_yuan_text_shows_fen_only_where_there_are_some() -> None:
    assert [yuan_text(0), yuan_text(120_000), yuan_text(120_005)] == ["0", "1,200", "1,200.05"]
