"""What a coordinator says about a call for returns."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.language import in_language
from qixue.people.models import Organisation
from qixue.programme.models import ReturnCall, ReturnField
from qixue.programme.models.return_calls import TYPED_UNITS
from qixue.programme.operations.return_calls import CallDetails, FieldDetails
from qixue.programme.queries.return_calls import candidates, county_desks, figures_to_ask_for, town_desks
from qixue.web.forms import Form
from qixue.web.workspace.forms.activities import NOTHING_CHOSEN
from qixue.web.workspace.forms.fields import DayField, PlainCharField, RecordsField

MOST_FOUND = 40


class DueDaysForm(Form):
    town_due_on = DayField(label=_("Last day for towns"), max_length=20)
    county_due_on = DayField(
        label=_("Last day for counties"), max_length=20, help_text=_("They add up what their towns report.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CallForm(DueDaysForm):
    name = PlainCharField(label=_("Name of the call"), max_length=100, help_text=_("For example 2026年活动周情况统计."))
    instruction = PlainCharField(
        label=_("What to observe"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.UUIDField(initial=uuid.uuid4, required=False, widget=forms.HiddenInput)
    field_order = ["name", "instruction", "town_due_on", "county_due_on"]

    def details(self) -> CallDetails:
        names = ("name", "instruction", "town_due_on", "county_due_on")
        return CallDetails(**{name: self.cleaned_data[name] for name in names})


def initial_of_call(call: ReturnCall) -> dict[str, Any]:
    names = ("name", "instruction", "town_due_on", "county_due_on", "key")
    return {**{name: getattr(call, name) for name in names}, "version": call.edit_count}


def unit_choices() -> list[tuple[str, Any]]:
    bare = _("a plain number")  # what is only 个 in Chinese has no word of its own in English
    return [NOTHING_CHOSEN, *((unit.code, in_language(unit.zh, unit.en_plural or str(bare))) for unit in TYPED_UNITS)]


def figure_choices() -> list[tuple[str, Any]]:
    return [NOTHING_CHOSEN, *((each.code, each.name) for each in figures_to_ask_for())]


class FieldForm(Form):
    """One fact. Which of unit and figure counts, the kind says; the other one is left aside."""

    kind = forms.ChoiceField(label=_("Kind of field"), choices=ReturnField.Kind.choices, widget=forms.RadioSelect)
    name = PlainCharField(label=_("Name of the field"), max_length=60, help_text=_("For example 媒体报道."))
    name_en = PlainCharField(label=_("Name in English"), max_length=100, required=False)
    unit = forms.ChoiceField(
        label=_("What the number counts"),
        choices=unit_choices,
        required=False,
        help_text=_("Only for a number that is typed in. Attendances and sessions are figures of the platform."),
    )
    rule = PlainCharField(
        label=_("Counting rule"),
        max_length=200,
        required=False,
        help_text=_("How it is counted, so that everybody counts the same."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    figure = forms.ChoiceField(
        label=_("Figure of the platform"),
        choices=figure_choices,
        required=False,
        help_text=_("Only for a figure. It is computed for each organisation's part when it submits."),
    )
    is_optional = forms.BooleanField(label=_("May be left empty"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def details(self) -> FieldDetails:
        answers = self.cleaned_data
        names = ("kind", "name", "name_en", "unit", "rule", "figure")
        return FieldDetails(**{name: answers[name] for name in names}, is_required=not answers["is_optional"])


def initial_of_field(field: ReturnField) -> dict[str, Any]:
    names = ("kind", "name", "name_en", "unit", "rule", "figure")
    given = {name: getattr(field, name) for name in names}
    return {**given, "is_optional": not field.is_required, "version": field.call.edit_count}


class AskedForm(Form):
    """Who has to file: whole levels, those chosen before, and what a search finds. Searching keeps what is ticked."""

    levels = forms.MultipleChoiceField(
        label=_("Whole levels"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    organisations = RecordsField(
        label=_("Organisations one by one"), queryset=Organisation.objects.none(), required=False
    )
    q = PlainCharField(
        label=_("Find further organisations"),
        max_length=60,
        required=False,
        help_text=_("A part of the name, for example 镇人民政府. What is ticked above stays."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, call: ReturnCall, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desks = {"county": county_desks(call), "town": town_desks(call)}
        levels = self.fields["levels"]
        if isinstance(levels, forms.MultipleChoiceField):
            levels.choices = [
                ("county", _("All counties below (%(count)s)") % {"count": len(self.desks["county"])}),
                ("town", _("All towns below that have an office (%(count)s)") % {"count": len(self.desks["town"])}),
            ]
        offered = call.asked.values_list("pk", flat=True)
        found = (
            candidates(call).filter(name__icontains=words).values_list("pk", flat=True)[:MOST_FOUND] if words else []
        )
        field = self.fields["organisations"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = candidates(call).filter(Q(pk__in=list(offered)) | Q(pk__in=list(found)))

    def chosen(self) -> list[Organisation]:
        """Everybody that was ticked or belongs to a ticked level, once."""
        answers = self.cleaned_data
        of_levels = [each for level in answers["levels"] for each in self.desks[level]]
        return list({each.pk: each for each in [*of_levels, *answers["organisations"]]}.values())
