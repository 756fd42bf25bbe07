"""Filing a return, and deciding about one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.money import yuan_text
from qixue.core.quantity import HEDGES_ZH, UNITS, YUAN, Qualifier
from qixue.places.models import Region
from qixue.programme.models import ReturnField, ReturnSubmission
from qixue.programme.operations.returns import Answer
from qixue.programme.queries.return_sums import FieldSum
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DraftTextField, HedgedField, PlainCharField, RecordsField
from qixue.web.workspace.forms.plans import short_text


class ReturnForm(Form):
    """All fields of a return; `version` is the number of its edits that the page was made from."""

    note = PlainCharField(label=_("Remark"), max_length=1000, required=False, widget=short_text())
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sums: Iterable[FieldSum], towns: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sums = list(sums)
        for each in self.sums:
            if not each.field.is_figure:
                self.fields[key_of(each.field)] = input_for(each)
            if each.parts and not each.field.is_text:
                self.fields[f"note_{each.field.pk}"] = PlainCharField(
                    label=_("Explanation of this number"), max_length=200, required=False
                )
        if towns:
            self.fields["covered"] = RecordsField(
                label=_("Towns without a return of their own for which this one speaks as well"),
                queryset=Region.objects.filter(pk__in=[town.pk for town in towns]).order_by("code"),
                required=False,
            )
        self.fields["note"] = self.fields.pop("note")

    def rows(self) -> list[tuple[FieldSum, forms.BoundField | None, forms.BoundField | None]]:
        """Each field with its input, None for a figure, and that of its explanation."""
        return [(each, self.bound(key_of(each.field)), self.bound(f"note_{each.field.pk}")) for each in self.sums]

    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in ("covered", "note") if name in self.fields]

    def bound(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    def answers(self) -> dict[ReturnField, Answer]:
        return {each.field: self.answer(each.field) for each in self.sums}

    def answer(self, field: ReturnField) -> Answer:
        value, note = self.cleaned_data.get(key_of(field)), self.cleaned_data.get(f"note_{field.pk}", "")
        if field.is_number and value:
            return Answer(value.amount, value.qualifier, note=note)
        return Answer(text=str(value or "") if field.is_text else "", note=note)


def key_of(field: ReturnField) -> str:
    return f"field_{field.pk}"


def input_for(each: FieldSum) -> forms.Field:
    """An input with unit and counting rule; where towns are added up, it asks for the rest only."""
    field = each.field
    if field.is_text:
        return DraftTextField(
            label=field.local_name,
            max_length=500,
            required=field.is_required,
            help_text=field.rule,
            widget=short_text(),
        )
    unit, short = UNITS[field.unit], field.local_unit.partition("（")[0]  # 人 for 人（受众）: it stands in brackets
    label = _("%(name)s (%(unit)s)") % {"name": field.local_name, "unit": short} if short else field.local_name
    needed = field.is_required and each.below is None
    return HedgedField(label=label, required=needed, unit=unit, help_text=f"{field.rule} {hint_for(each)}".strip())


def hint_for(each: FieldSum) -> str:
    if not each.parts:
        return ""
    if each.field.adds_up:
        return str(_("Only what no town has reported; the towns are added."))
    return str(_("These numbers never add up: state the number for your whole part."))


def initial_of_return(submission: ReturnSubmission) -> dict[str, Any]:
    given: dict[str, Any] = {"version": submission.edit_count, "note": submission.note}
    given["covered"] = list(submission.covered.values_list("pk", flat=True))
    for value in submission.values.select_related("field"):
        given[key_of(value.field)] = value.text if value.field.is_text else typed(value.field, value)
        given[f"note_{value.field_id}"] = value.note
    return given


def typed(field: ReturnField, value: Any) -> str:
    """A stored number as it could have been typed."""
    if value.amount is None:
        return ""
    digits = yuan_text(value.amount) if field.unit == YUAN.code else str(value.amount)
    return HEDGES_ZH[Qualifier(value.qualifier)].format(digits)


class SubmitForm(Form):
    """What the person has seen: the edits of the return, and the figures by their digest."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ReturnDecisionForm(Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accept", _("Accept the return")), ("send_back", _("Send it back for correction"))],
        widget=forms.RadioSelect,
    )
    comment = PlainCharField(label=_("What should be corrected"), max_length=500, required=False, widget=short_text())
    sent_step = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, fields: Iterable[ReturnField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.return_fields = list(fields)
        for field in self.return_fields:
            self.fields[key_of(field)] = PlainCharField(label=field.local_name, max_length=500, required=False)

    def field_rows(self) -> list[forms.BoundField]:
        return [self[key_of(field)] for field in self.return_fields]

    def field_comments(self) -> dict[ReturnField, str]:
        return {field: self.cleaned_data[key_of(field)] for field in self.return_fields}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("decision") == "accept" and any(
            text for name, text in answers.items() if name.startswith("field_")
        ):
            self.add_error("decision", _("Comments on fields go with sending back; please choose again."))
        return answers
