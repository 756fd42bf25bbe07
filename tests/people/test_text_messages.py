"""How many pieces a text message is, and where a long one is cut."""

import pytest

from qixue.people.text_messages import length_of, pieces_of, shortened


@pytest.mark.parametrize(
    ("body", "pieces"),
    [("", 1), ("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2)],
)
def test_pieces_are_counted_as_carriers_do(body, pieces):
    assert pieces_of(body) == pieces


@pytest.mark.parametrize(
    ("text", "by", "cut"), [("请带雨具和水杯", 3, "请带雨…"), ("请带 水杯", 1, "请带…"), ("请", 5, "…")]
)
def test_shortened_says_that_there_is_more(text, by, cut):
    assert shortened(text, by=by) == cut
    assert length_of(cut) <= max(length_of(text) - by, 1)


def test_no_picture_character_is_cut_in_two():
    assert shortened("😀😀", by=1) == "😀…"
