"""Whatever is typed into a field of a form: refused, or without what hides or reverses text and within what fits."""

import copy
from collections.abc import Iterator

import pytest
from django import forms
from django.urls import get_resolver

from qixue.core.fields import FORBIDDEN_CHARACTERS
from qixue.web.forms import LARGEST_NUMBER, LONGEST_TEXT, Form, RawTextField, Worded

TEXTS = {
    "nul": "a\x00b",
    "zero_width_space": "a\u200bb",
    "right_to_left": "签到\u202e表",
    "byte_order_mark": "\ufeffa",
    "lone_surrogate": "a\ud800",
    "a_million_characters": "人" * 1_000_000,
}
NUMBERS = [
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "1e309",
    "-0",
    "１２３４５６７８９０１２３４５６７８９０",
    "0x1F",
    "NaN",
]
DAYS = ["0000-01-01", "10000-01-01", "2026-02-30", "９９９９９-１-１"]


def fields() -> Iterator[tuple[str, forms.Field]]:
    """Each field that a form of the site declares. The address table imports all that have pages."""
    assert get_resolver().url_patterns
    kinds: list[type[forms.BaseForm]] = [Worded]
    for kind in kinds:
        kinds += [each for each in kind.__subclasses__() if each not in kinds]
        for name, field in getattr(kind, "base_fields", {}).items():
            if kind.__module__.startswith("qixue."):
                yield f"{kind.__module__.removeprefix('qixue.web.')}.{kind.__name__}.{name}", field


FIELDS = dict(fields())
WRITTEN = {name: field for name, field in FIELDS.items() if isinstance(field, forms.CharField | forms.IntegerField)}


def cleaned(field: forms.Field, value: str) -> object:
    """What a form of this one field keeps of the value; None where it refuses."""
    form = type("OneField", (Form,), {"asked": copy.deepcopy(field)})({"asked": value})
    return form.cleaned_data["asked"] if form.is_valid() else None


def is_password(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.PasswordInput)  # of any characters, and never shown


def test_the_forms_of_the_site_are_found() -> None:
    assert len(WRITTEN) > 100


def test_every_form_is_one_of_the_site() -> None:
    kinds = [forms.Form]
    for kind in kinds:
        kinds += [each for each in kind.__subclasses__() if each not in kinds]

    assert [kind for kind in kinds if kind.__module__.startswith("qixue.") and not issubclass(kind, Worded)] == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_field_lets_hostile_text_through(text: str) -> None:
    kept = {
        name: found for name, field in WRITTEN.items() if not is_password(field) and (found := cleaned(field, text))
    }

    spoilt = {
        name
        for name, found in kept.items()
        if FORBIDDEN_CHARACTERS.search(str(found)) or len(str(found)) > LONGEST_TEXT
    }
    assert {name for name in spoilt if not isinstance(FIELDS[name], RawTextField)} == set()


@pytest.mark.parametrize("text", NUMBERS)
def test_no_field_lets_a_number_through_that_no_database_holds(text: str) -> None:
    kept = {name: cleaned(field, text) for name, field in WRITTEN.items()}

    assert {name: found for name, found in kept.items() if isinstance(found, int) and abs(found) > LARGEST_NUMBER} == {}


@pytest.mark.parametrize("text", DAYS)
def test_no_field_takes_a_day_that_there_is_not(text: str) -> None:
    kept = {name: cleaned(field, text) for name, field in WRITTEN.items()}

    assert {name: found for name, found in kept.items() if hasattr(found, "year")} == {}
