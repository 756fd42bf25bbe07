"""What to take over from an earlier programme, and how to plan on from the last instalments."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.programme.models import Programme, Series
from qixue.programme.queries import copying
from qixue.programme.queries.copying import CopyChoices
from qixue.programme.queries.rolling import MOST_INSTALMENTS, MOST_WEEKS, Rhythm
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, RecordField, WholeNumberField
from qixue.web.workspace.forms.programme_setup import YearField, code_field

NEXT_YEAR = datetime.timedelta(weeks=52)


class CopyForm(Form):
    code = code_field()
    year = YearField(label=_("Year"), max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    first_day = DayField(label=_("First day"), max_length=20)
    parts = forms.MultipleChoiceField(
        label=_("What comes along"),
        choices=list(copying.PARTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    activities = forms.ChoiceField(
        label=_("What was planned"),
        choices=[
            (copying.NO_ACTIVITIES, _("Nothing; plans are asked for anew")),
            (copying.AS_PLANS, _("Plans as drafts of their organisations, which are told at once")),
            (copying.AS_ACTIVITIES, _("All activities as drafts, without plans")),
        ],
        widget=forms.RadioSelect,
    )
    keeps_theme = forms.BooleanField(label=_("Keep the theme"), required=False)

    def choices(self) -> CopyChoices:
        answers = self.cleaned_data
        return CopyChoices(frozenset(answers["parts"]), answers["activities"], answers["keeps_theme"])

    def values(self) -> dict[str, Any]:
        """What both the preview and the copy are made from."""
        answers = self.cleaned_data
        return {"year": answers["year"], "first_day": answers["first_day"], "choices": self.choices()}


def initial_copy(source: Programme) -> dict[str, Any]:
    """One year on; the same weekday of the same week of the year."""
    day = source.starts_on + NEXT_YEAR if source.starts_on else None
    if day and source.starts_on and day.year == source.starts_on.year:
        day += datetime.timedelta(weeks=1)
    year = day.year if day else source.year + 1
    return {
        "code": next_code(source, year),
        "year": year,
        "first_day": day.isoformat() if day else "",
        "parts": list(copying.PARTS),
    }


def next_code(source: Programme, year: int) -> str:
    """week-2025 becomes week-2026; a code without a year gets one."""
    former = str(source.year)
    return source.code.replace(former, str(year)) if former in source.code else f"{source.code}-{year}"[-40:]


class RhythmForm(Form):
    series = RecordField(
        label=_("Series"),
        queryset=Series.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("All series of the brand"),
    )
    count = WholeNumberField(
        label=_("How many instalments"), max_length=4, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    every_weeks = WholeNumberField(
        label=_("One every so many weeks"), max_length=4, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    not_before = DayField(
        label=_("Not before"),
        max_length=20,
        required=False,
        help_text=_("Empty: right after the last one."),
    )

    def __init__(self, *args: Any, series: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = series  # type: ignore[attr-defined]  # a choice among records

    def clean_count(self) -> int:
        return within(self.cleaned_data["count"], MOST_INSTALMENTS)

    def clean_every_weeks(self) -> int:
        return within(self.cleaned_data["every_weeks"], MOST_WEEKS)

    def rhythm(self) -> Rhythm:
        answers = self.cleaned_data
        return Rhythm(answers["count"], answers["every_weeks"], answers["not_before"])


def within(number: int, most: int) -> int:
    if not 1 <= number <= most:
        raise forms.ValidationError(_("Please write a number from 1 to %(most)s."), params={"most": most})
    return number
