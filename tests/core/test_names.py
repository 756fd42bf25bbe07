"""Names are found by what people type, and stand in the order of a Chinese list."""

import pytest

from qixue.core.names import is_called, keys_of_called, name_key


@pytest.mark.parametrize("typed", ["秋", "欧阳", "jingqiu", "OUYANG", "oyjq", "ｊｑ", "欧阳 qiu", ""])
def test_name_is_found_by_a_character_its_pinyin_and_its_initials(typed):
    assert is_called("欧阳静秋", typed)


@pytest.mark.parametrize("typed", ["球", "wang", "qj", "欧阳 wang"])
def test_name_is_not_found_by_something_else(typed):
    assert not is_called("欧阳静秋", typed)


@pytest.mark.parametrize(("name", "typed"), [("曾小明", "zxm"), ("区少华", "ousha"), ("单雄信", "shan")])
def test_surname_is_read_in_its_own_way(name, typed):
    assert is_called(name, typed)


def test_names_stand_by_their_pinyin_not_by_code_point():
    names = ["王芳", "李伟", "曾小明", "安平", "李娜"]

    assert sorted(names, key=name_key) == ["安平", "李娜", "李伟", "王芳", "曾小明"]


def test_keys_of_those_called_so_are_in_order_and_no_more_than_wanted():
    named = [(1, "王芳"), (2, "李伟"), (3, "安平"), (4, "李娜")]

    assert [keys_of_called(named, "li"), keys_of_called(named, "", most=2)] == [[4, 2], [3, 4]]


def test_those_who_begin_with_what_was_typed_come_first():
    named = [(1, "陈丽"), (2, "李伟"), (3, "邓林"), (4, "李娜")]

    assert keys_of_called(named, "li", most=3) == [4, 2, 1]
