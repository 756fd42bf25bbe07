"""A hedged number as columns of a file: its unit and its hedge are words of the reader's language."""

import pytest
from django.utils.translation import override

from qixue.core.quantity import PIECE, SESSION, Qualifier, Quantity, Unit
from qixue.web.tables.quantities import quantity_columns


def cells(quantity: Quantity) -> list[object]:
    return [column.cell(quantity) for column in quantity_columns("Value", lambda each: each)]


@pytest.mark.parametrize(
    ("qualifier", "hedge"),
    [(Qualifier.AT_LEAST, "多"), (Qualifier.NEARLY, "近"), (Qualifier.ABOUT, "约")],
)
def test_hedge_is_the_word_that_a_chinese_document_prints(qualifier: Qualifier, hedge: str) -> None:
    with override("zh-hans"):
        assert cells(Quantity(3500, SESSION, qualifier)) == [3500, "场", hedge]


@pytest.mark.parametrize(("unit", "words"), [(SESSION, "sessions"), (PIECE, "")])
def test_english_file_has_no_chinese_unit(unit: Unit, words: str) -> None:
    with override("en"):
        assert cells(Quantity(9, unit, Qualifier.ABOUT)) == [9, words, "About"]
