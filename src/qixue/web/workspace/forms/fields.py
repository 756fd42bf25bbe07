"""Fields that take what people type: full-width digits, Chinese dates, 下午2点半."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_moment, minute_text
from qixue.core.fields import code_validator, mobile_validator, person_name_validator, plain_text_validator
from qixue.core.money import parse_yuan
from qixue.core.quantity import YUAN, Unit
from qixue.core.typed import half_width, parse_day, parse_hedged, parse_time, parse_whole_number

PEOPLE = re.compile(r"\s*(?:人次|个人|人|位|名|people|persons?)$")
MOMENT = re.compile(r"(?P<day>\d{4}\D+\d{1,2}\D+\d{1,2}日?)[\s,，T]*(?P<time>\S.*)")


class PickingInput(forms.TextInput):
    """The browser's own input for a day, a time or both; a browser without one shows a line of text with an example.

    What cannot be read as such is shown as it was typed: the browser's input would swallow it.
    """

    def __init__(self, kind: str, read: Callable[[str], datetime.date | datetime.time | None], example: str) -> None:
        super().__init__({"placeholder": example})
        self.kind, self.read = kind, read

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        typed = half_width(widget["value"] or "")
        read = self.read(typed) if typed else None
        if read is not None or not typed:
            widget["type"], widget["value"] = self.kind, None if read is None else as_picked(read)
            widget["attrs"].pop("maxlength", None)  # it belongs to a line of text
        return context


def as_picked(value: datetime.date | datetime.time) -> str:
    """A day, a time or both to the minute in Shanghai, in the one way in which browsers take it."""
    if isinstance(value, datetime.datetime):
        return minute_text(value).replace(" ", "T")
    return f"{value:%H:%M}" if isinstance(value, datetime.time) else value.isoformat()


class DayField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PickingInput("date", parse_day, "2026-11-25"), **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        text = super().clean(value)
        if not text:
            return None
        if (day := parse_day(text)) is None:
            raise forms.ValidationError(_("Please write a day, for example 2026-11-25 or 2026年11月25日."))
        return day


class TimeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PickingInput("time", parse_time, "9:30"), **kwargs)

    def clean(self, value: Any) -> datetime.time | None:
        text = super().clean(value)
        if not text:
            return None
        if (time := parse_time(text)) is None:
            raise forms.ValidationError(_("Please write a time, for example 9:30 or 14:00."))
        return time


class MomentField(forms.CharField):
    """A day with a time in Shanghai: 2026-11-25 9:00, 2026年11月25日上午9点, 2026-11-25T09:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PickingInput("datetime-local", parse_moment, "2026-11-25 9:00"), **kwargs)

    def clean(self, value: Any) -> datetime.datetime | None:
        text = half_width(super().clean(value))
        if not text:
            return None
        if (moment := parse_moment(text)) is None:
            raise forms.ValidationError(_("Please write a day and a time, for example 2026-11-25 9:00."))
        return moment

    def prepare_value(self, value: Any) -> Any:
        """In one way of writing, so that what two people typed can be compared."""
        moment = parse_moment(half_width(value)) if isinstance(value, str) else value
        return minute_text(moment) if isinstance(moment, datetime.datetime) else value


def parse_moment(text: str) -> datetime.datetime | None:
    written = MOMENT.fullmatch(text)
    day, time = (parse_day(written["day"]), parse_time(written["time"])) if written else (None, None)
    return local_moment(day, time) if day and time is not None else None


class WholeNumberField(forms.CharField):
    asks = _("Please write a whole number, for example 40.")

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if (number := parse_whole_number(text)) is None:
            raise forms.ValidationError(self.asks)
        return number


class PeopleField(WholeNumberField):
    """How many people, with or without the word for it."""

    asks = _("Please write a number of people, for example 30 or 30 people.")

    def clean(self, value: Any) -> int | None:
        return super().clean(PEOPLE.sub("", half_width(value or "").lower()))


class BirthYearField(WholeNumberField):
    """Which years can be is a rule of the operation."""

    asks = _("Please write a year, for example 1952.")

    def clean(self, value: Any) -> int | None:
        return super().clean(half_width(value or "").removesuffix("年"))


class YuanField(forms.CharField):
    """Yuan as people write it, to fen."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if (fen := parse_yuan(text)) is None:
            raise forms.ValidationError(_("Please write an amount in yuan, for example 1200 or 0.12万."))
        return fen


class PlainCharField(forms.CharField):
    """Text without invisible control characters.

    The browser takes nothing away: what is too long comes back whole, with both numbers.
    """

    default_validators = [plain_text_validator]
    default_error_messages = {
        "max_length": _("Please shorten this: it has %(show_value)s characters, and %(limit_value)s fit.")
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class PersonNameField(PlainCharField):
    """The name of a person, in any script."""

    default_validators = [person_name_validator]


class CountedField(PlainCharField):
    """A text of several lines up to a length, which the page counts while people write (static/js/counter.js).

    A new line counts once.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = {**super().widget_attrs(widget), "data-most": str(self.max_length)}
        return {**attrs, "data-left": _("Characters left:"), "data-over": _("Characters too many:")}

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


@dataclass(frozen=True)
class Hedged:
    """A number with its hedge; yuan in fen."""

    amount: int
    qualifier: str


class HedgedField(forms.CharField):
    """A number as people hedge it: 120, 约120, 近4000, 3500多. Nothing is asked for before the form is sent upward."""

    def __init__(self, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.unit = unit

    def validate(self, value: Any) -> None:
        """A draft may have gaps."""

    def clean(self, value: Any) -> Hedged | None:
        text = super().clean(value)
        if not text:
            return None
        measure = self.unit.zh.partition("（")[0]  # people write 12篇 and 1.2万元
        bare, qualifier = parse_hedged(text.replace(measure, "")) or ("", "")
        is_money = self.unit is YUAN
        amount = parse_yuan(bare) if is_money else parse_whole_number(bare)
        if amount is None:
            raise forms.ValidationError(
                _("Please write an amount in yuan with at most one hedge, for example 1200, 约1.2万.")
                if is_money
                else _("Please write a whole number with at most one hedge, for example 120, 约120, 近120 or 120多.")
            )
        return Hedged(amount, qualifier)


class DraftTextField(PlainCharField):
    """A text that may be missing until the form is sent upward."""

    def validate(self, value: Any) -> None:
        """A draft may have gaps."""


class RecordField(forms.ModelChoiceField):
    """A choice among records, each by its name in the language of the reader."""

    def label_from_instance(self, record: Any) -> str:
        return str(record.local_name)


class RecordsField(forms.ModelMultipleChoiceField):
    """Several of them, to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, record: Any) -> str:
        return str(record.local_name)


class MobileField(forms.CharField):
    """A mobile number with or without spaces, dashes and +86; empty where none is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}), **kwargs)

    def clean(self, value: Any) -> str:
        number: str = half_width(super().clean(value)).replace(" ", "").replace("-", "")
        number = number.removeprefix("+86") if number.startswith("+") else number
        if number:
            mobile_validator(number)
        return number


class CodeField(forms.CharField):
    """A code or user name: Latin letters, digits, dots and dashes; full-width ones are made half-width."""

    default_validators = [code_validator]

    def to_python(self, value: Any) -> str:
        return half_width(super().to_python(value) or "")


class SuggestingInput(forms.TextInput):
    """A text field to which the browser offers some of the possible answers; typing works all the same."""

    suggestions: list[tuple[str, str]] = []  # what is filled in, and the words for it

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        identity = f"{(attrs or {}).get('id', name)}_suggestions"
        box = super().render(name, value, {**(attrs or {}), "list": identity}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        return format_html('{}<datalist id="{}">{}</datalist>', box, identity, options)
