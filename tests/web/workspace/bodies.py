"""What somebody would send who fills in the form of a page: made from the page itself, so no route is forgotten."""

from typing import Any

import lxml.html

# By the name of a field; whatever is not here gets a word, a choice its first answer.
SAMPLES = {
    "day": "2026-11-05",
    "start": "9:00",
    "end": "11:00",
    "due_on": "2099-11-20",
    "issued_on": "2026-11-01",
    "count": "12",
    "note": "签到表第1页",
    "seat_count": "12",
    "least_session_count": "1",
    "expected_attendance": "12",
    "budget": "100",
    "document_number": "清教〔2026〕12号",
    "quiet_from": "22:00",
    "quiet_until": "7:00",
    "email": "somebody@example.cn",
    "mobile": "13900000000",
}
LEFT_OUT = {"is_online", "photo", "file", "room", "check"}  # one place, no file, and the button that writes
ANYTHING = {"version": "1", "confirmed": "on"}


def body_of(page: str, path: str) -> dict[str, Any] | None:
    """The filled form with which a page writes; None for a page that has none of its own."""
    for form in lxml.html.fromstring(page).forms:
        if form.method == "POST" and (form.get("action") or path) == path:
            return {**filled(form), **{key: value for key, value in ANYTHING.items() if key not in form.fields}}
    return None


def filled(form: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in form.inputs:
        if field.name and field.name not in LEFT_OUT and field.name not in answers:
            answers[field.name] = answer_to(field)
    return {name: value for name, value in answers.items() if value is not None}


def answer_to(field: Any) -> str | None:
    if field.tag == "select":
        return field.value or next((option for option in field.value_options if option), None)
    if field.get("type") in {"radio", "checkbox"}:
        return field.get("value") or "on"
    if field.get("type") in {"hidden", "submit"} or field.value:
        return field.value
    return SAMPLES.get(field.name, "文字")
