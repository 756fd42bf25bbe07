"""Fields that take what people type: full-width digits, Chinese dates, 下午2点半."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.core.money import parse_yuan
from qixue.core.typed import parse_day, parse_time, parse_whole_number


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
