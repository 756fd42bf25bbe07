import pytest
from django.core.exceptions import ValidationError

from qixue.core.fields import (
    check_person_name,
    cleaned_person_name,
    code_validator,
    partial_date_validator,
    person_name_validator,
    plain_text_validator,
)
from qixue.core.refusal import Refused


@pytest.mark.parametrize("text", ["浛洸镇", "𠮷", "阿卜杜拉·买买提", "line\nbreak"])
def test_plain_text_takes_names_and_line_breaks(text: str) -> None:
    assert plain_text_validator(text) is None


@pytest.mark.parametrize("text", ["a\x00b", "a\u200bb", "a\u202eb", "\ufeffa", "a\ud800"])
def test_plain_text_refuses_invisible_characters(text: str) -> None:
    with pytest.raises(ValidationError):
        plain_text_validator(text)


@pytest.mark.parametrize("text", ["2016", "2016-11", "2016-11-05"])
def test_partial_date_takes_year_month_and_day(text: str) -> None:
    assert partial_date_validator(text) is None


@pytest.mark.parametrize("text", ["16", "2016-13", "2016-11-32", "2016-11-05\n", "2016年"])
def test_partial_date_refuses_anything_else(text: str) -> None:
    with pytest.raises(ValidationError):
        partial_date_validator(text)


@pytest.mark.parametrize("text", ["", "-a", "编号", "a/b", "a\n"])
def test_code_refuses_anything_but_latin_letters_digits_dots_and_dashes(text: str) -> None:
    with pytest.raises(ValidationError):
        code_validator(text)


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "𠮷田𬎆", "𰻝先生", "José O’Brien", "李〇一", "李□"])
def test_name_of_a_person_can_be_of_any_script(name: str) -> None:
    assert person_name_validator(name) is None


@pytest.mark.parametrize("name", ["李😀明", "李❤️", "👨‍👩‍👧", "🇨🇳", "李\u202e明", "★☎李"])
def test_name_of_a_person_has_no_pictures(name: str) -> None:
    with pytest.raises(ValidationError):
        person_name_validator(name)


@pytest.mark.parametrize("name", ["李😀明", "李\u202e明", "明" * 101])
def test_operation_refuses_what_is_no_name_beside_its_field(name: str) -> None:
    with pytest.raises(Refused) as refused:
        check_person_name(name, field="guardian")

    assert (refused.value.code, refused.value.field) == ("name_mistaken", "guardian")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("李😀明", "李明"),
        (" 李\u202e  明 ", "李 明"),
        ("明" * 101, "明" * 100),
        ("👍", ""),
        ("买买提·艾", "买买提·艾"),
    ],
)
def test_what_must_not_be_refused_keeps_what_is_a_name(typed: str, name: str) -> None:
    assert cleaned_person_name(typed) == name
