import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.language import enumeration
from qixue.core.pictures import LARGEST_PHOTO
from qixue.people.models import Organisation
from qixue.programme.models import Programme
from qixue.programme.operations.follow_ups import LONGEST_NOTE, FollowUpDetails
from qixue.programme.queries.follow_ups import Narrowing, counties_of
from qixue.programme.queries.owners import Owners
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import DayField, PlainCharField
from qixue.web.workspace.forms.plans import short_text

LIST_OF_NAMES = "organisations"  # the id of the page's list of names to choose from


class OwnerField(PlainCharField):
    """An organisation by its name as people write it, out of those that `owners` knows."""

    owners: Owners | None = None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": LIST_OF_NAMES, "autocomplete": "off"}

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        if not text or self.owners is None:
            return None
        found = self.owners.named(text)
        if len(found.organisations) == 1:
            return found.organisations[0]
        if found.unclear or found.organisations:
            names = enumeration(each.local_name for each in (found.unclear or found.organisations)[:8])
            raise forms.ValidationError(_("Please write one of these: %(names)s."), params={"names": names})
        known = [each.name for each in self.owners.organisations]
        raise forms.ValidationError(
            _("Please write the name of an organisation of your part of the tree, for example %(name)s."),
            params={"name": (known[1:] or known or ["—"])[0]},
        )


class BoardFilterForm(Form):
    """What the board is narrowed by. An answer that is not offered counts as no answer."""

    owner = PlainCharField(label=_("Organisation that has to do it"), max_length=60, required=False)
    county = forms.ChoiceField(label=_("County, city or district"), required=False)
    assigner = PlainCharField(label=_("Assigned by"), max_length=60, required=False)
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)
    mine = forms.BooleanField(label=_("Waits for me"), required=False)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Any")), *((each.code, each.local_name) for each in counties_of(programme))]

    def narrowing(self) -> Narrowing:
        self.is_valid()
        answers = self.cleaned_data
        return Narrowing(
            owner=answers.get("owner", ""),
            county=answers.get("county", ""),
            assigner=answers.get("assigner", ""),
            is_overdue=answers.get("overdue", False),
            is_mine=answers.get("mine", False),
        )


class FollowUpForm(Form):
    """One item, assigned by hand. `key` makes it once however often the button is pressed."""

    title = PlainCharField(label=_("What has to be done"), max_length=200)
    owner = OwnerField(label=_("Organisation that has to do it"), max_length=100)
    due_on = DayField(label=_("Deadline"), max_length=20)
    detail = PlainCharField(label=_("Details"), max_length=2000, required=False, widget=short_text())
    source = PlainCharField(
        label=_("Where it comes from"),
        max_length=120,
        required=False,
        help_text=_("For example the meeting or the notice."),
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Owners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].owners = owners  # type: ignore[attr-defined]  # a field of this file

    def details(self) -> FollowUpDetails:
        return FollowUpDetails(**self.cleaned_data)


class StepForm(Form):
    """An act on an item. `version` is the number of acts that the page was made from."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class ReportForm(StepForm):
    note = PlainCharField(label=_("What was done"), max_length=LONGEST_NOTE, required=False, widget=short_text())
    file = forms.FileField(label=_("Evidence: PDF or picture"), required=False, help_text=_("At most 10 MB."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_PHOTO:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file


class DecideForm(StepForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("close", _("Close the item: it is done")), ("send_back", _("Send it back: more is to be done"))],
        widget=forms.RadioSelect,
    )
    reason = PlainCharField(
        label=_("Why, or what is missing"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=short_text(),
        help_text=_("Needed when the item is sent back."),
    )


class ReasonForm(StepForm):
    reason = PlainCharField(label=_("Reason"), max_length=LONGEST_NOTE, widget=short_text())


class DeadlineForm(ReasonForm):
    due_on = DayField(label=_("New deadline"), max_length=20)
    field_order = ["due_on", "reason"]


class HandOverForm(ReasonForm):
    organisation = OwnerField(label=_("Hand over to"), max_length=100)
    field_order = ["organisation", "reason"]

    def __init__(self, *args: Any, owners: Owners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].owners = owners  # type: ignore[attr-defined]  # a field of this file
