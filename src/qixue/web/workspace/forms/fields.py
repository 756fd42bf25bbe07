"""Fields that take what people type: full-width digits, Chinese dates, 下午2点半."""

import datetime
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import code_validator, mobile_validator, plain_text_validator
from qixue.core.money import parse_yuan
from qixue.core.typed import half_width, parse_day, parse_time, parse_whole_number


class DayField(forms.CharField):
    def clean(self, value: Any) -> datetime.date | None:
        text = super().clean(value)
        if not text:
            return None
        if (day := parse_day(text)) is None:
            raise forms.ValidationError(_("Please write a day, for example 2026-11-25 or 2026年11月25日."))
        return day


class TimeField(forms.CharField):
    def clean(self, value: Any) -> datetime.time | None:
        text = super().clean(value)
        if not text:
            return None
        if (time := parse_time(text)) is None:
            raise forms.ValidationError(_("Please write a time, for example 9:30 or 14:00."))
        return time


class WholeNumberField(forms.CharField):
    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if (number := parse_whole_number(text)) is None:
            raise forms.ValidationError(_("Please write a whole number, for example 40."))
        return number


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
    """Text without invisible control characters."""

    default_validators = [plain_text_validator]


class MobileField(forms.CharField):
    """A mobile number with or without spaces and dashes; empty where none is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}), **kwargs)

    def clean(self, value: Any) -> str:
        number: str = half_width(super().clean(value)).replace(" ", "").replace("-", "")
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
