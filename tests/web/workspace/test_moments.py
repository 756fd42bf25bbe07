"""Days and times in forms: the browser picks them, a browser that cannot shows a line of text."""

from typing import Any

import pytest
from lxml import html

from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, MomentField, TimeField


class Asking(Form):
    day = DayField(label="day", max_length=20)
    time = TimeField(label="time", max_length=20)
    moment = MomentField(label="moment", max_length=40)


def shown(form: Asking, name: str) -> dict[str, Any]:
    [field] = html.fragments_fromstring(str(form[name]))
    return {key: field.get(key) for key in ("type", "value", "maxlength")}


@pytest.mark.parametrize(("name", "kind"), [("day", "date"), ("time", "time"), ("moment", "datetime-local")])
def test_nothing_typed_yet_is_picked(name: str, kind: str) -> None:
    assert shown(Asking(), name) == {"type": kind, "value": None, "maxlength": None}


@pytest.mark.parametrize(
    ("name", "typed", "kind", "value"),
    [
        ("day", "2026年11月25日", "date", "2026-11-25"),
        ("time", "下午2点半", "time", "14:30"),
        ("time", "0:00", "time", "00:00"),
        ("moment", "2026-11-25 9:00", "datetime-local", "2026-11-25T09:00"),
        ("moment", "2026-11-25T09:00", "datetime-local", "2026-11-25T09:00"),
    ],
)
def test_what_a_browser_without_a_calendar_sends_is_understood(name: str, typed: str, kind: str, value: str) -> None:
    form = Asking({"day": "2026-11-25", "time": "9:00", "moment": "2026-11-25 9:00", name: typed})

    assert form.is_valid()
    assert shown(form, name) == {"type": kind, "value": value, "maxlength": None}


@pytest.mark.parametrize("name", ["day", "time", "moment"])
def test_what_cannot_be_read_stays_as_it_was_typed(name: str) -> None:
    form = Asking({"day": "2026-11-25", "time": "9:00", "moment": "2026-11-25 9:00", name: "下周三"})

    found = shown(form, name)

    assert list(form.errors) == [name]
    assert (found["type"], found["value"]) == ("text", "下周三")
