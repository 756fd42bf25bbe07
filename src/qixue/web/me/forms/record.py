import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.typed import half_width
from qixue.participation.models import LearningEntry
from qixue.participation.operations.learning_record import EntryDetails
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, PlainCharField


class HoursField(forms.CharField):
    """Learning hours to one decimal, as people type them."""

    def clean(self, value: Any) -> Decimal | None:
        text = half_width(super().clean(value) or "").replace("。", ".").removesuffix("学时").strip()
        if not text:
            return None
        try:
            hours = Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_("Please write a number, for example 4 or 2.5.")) from error
        if not hours.is_finite():
            raise forms.ValidationError(_("Please write a number, for example 4 or 2.5."))
        return hours.quantize(Decimal("0.1")) if abs(hours) < 10**6 else hours


class EntryForm(Form):
    """Something learnt or done elsewhere, in one's own words."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome_type = forms.ChoiceField(
        label=_("What it is"), choices=LearningEntry.OutcomeType.choices, widget=forms.RadioSelect
    )
    title = PlainCharField(label=_("What it is called"), max_length=100)
    issuer = PlainCharField(label=_("Where, or with whom"), max_length=100, required=False)
    started_on = DayField(label=_("First day"), required=False, help_text=_("Empty for a single day."))
    ended_on = DayField(label=_("Day, or last day"))
    learning_hours = HoursField(
        label=_("Learning hours"),
        required=False,
        help_text=_("One learning hour has 45 minutes."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    evidence = PlainCharField(
        label=_("How it can be shown"),
        max_length=200,
        required=False,
        help_text=_("For example: a certificate on paper, number 2019-045."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def details(self) -> EntryDetails:
        return EntryDetails(**{name: value for name, value in self.cleaned_data.items() if name != "key"})


def initial_of(entry: LearningEntry) -> dict[str, Any]:
    names = ("outcome_type", "title", "issuer", "started_on", "ended_on", "learning_hours", "evidence")
    values = {name: getattr(entry, name) for name in names}
    days = {name: values[name].isoformat() if values[name] else "" for name in ("started_on", "ended_on")}
    hours = values["learning_hours"]
    return {**values, **days, "learning_hours": "" if hours is None else str(hours)}
