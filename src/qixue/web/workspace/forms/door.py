import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Doubt, Refused
from qixue.participation.models import Registration, Scan
from qixue.participation.operations.scan_decisions import NOTHING_CHOSEN
from qixue.people.models import Resident
from qixue.programme.models import Session
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.templatetags.qixue import when
from qixue.web.workspace.forms.fields import PersonNameField, PlainCharField

NOBODY = "0"


class DeviceForm(Form):
    """A phone for a door: what it is called and at which sessions it stands."""

    name = PlainCharField(
        label=_("Name of the device"), max_length=60, help_text=_("For example: east gate, phone of Miss Chen.")
    )
    sessions = forms.MultipleChoiceField(label=_("Sessions"), widget=forms.CheckboxSelectMultiple)
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sessions: Sequence[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(session.pk): session for session in sessions}
        field = cast(forms.MultipleChoiceField, self.fields["sessions"])
        field.choices = [(key, f"{each.activity.local_title} · {when(each)}") for key, each in self.offered.items()]

    def chosen(self) -> list[Session]:
        return [self.offered[key] for key in self.cleaned_data["sessions"]]


class SameNameForm(ConfirmableForm):
    """A form whose operation may ask whether this is somebody else of a name. It asks about one name: a tick for it
    says nothing of the next one.
    """

    confirmed = forms.BooleanField(
        label=_("This is somebody else of the same name"), required=False, widget=forms.HiddenInput
    )
    asked_name = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def confirmed_name(self) -> str:
        """Of which it was ticked; empty where it was not."""
        answers = self.cleaned_data
        return str(answers["asked_name"]) if answers["confirmed"] else ""

    def refuse(self, refusal: Refused) -> None:
        if isinstance(refusal, Doubt):
            data = self.data.dict()  # type: ignore[attr-defined]  # a QueryDict
            data.pop("confirmed", None)
            self.data = {**data, "asked_name": refusal.params["name"]}
        super().refuse(refusal)


class CheckInForm(SameNameForm):
    """Somebody who is signed up, by the button beside their name."""

    registration = forms.CharField(widget=forms.HiddenInput)


class NamesakeForm(SameNameForm):
    """A form with the name of a walk-in."""

    name = PersonNameField(
        label=_("Name of the walk-in"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class WalkInForm(NamesakeForm):
    """Somebody who is not signed up; the name can be left out."""

    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Without a name the person is counted, but not by name.")


class ReasonForm(Form):
    reason = PlainCharField(
        label=_("Why"), max_length=200, help_text=_("For example: the teacher knows her, she was there.")
    )


class TogetherForm(ReasonForm):
    """Several scans of one kind, which count or do not count for one reason; each button is a decision.

    It knows those that are decided as well: sent twice, it says nothing else the second time.
    """

    scans = forms.MultipleChoiceField(label=_("Scans to look at"), widget=forms.CheckboxSelectMultiple)
    decision = forms.ChoiceField(choices=Scan.Decision.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, scans: Sequence[Scan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.put_aside = scans
        field = cast(forms.MultipleChoiceField, self.fields["scans"])
        field.choices = [(str(scan.pk), scan.words) for scan in scans]
        field.error_messages["required"] = NOTHING_CHOSEN

    @property
    def kind(self) -> str:
        return str(self.put_aside[0].get_kind_display())

    def rows(self) -> list[tuple[Scan, Any]]:
        """Each scan that waits, with its check box."""
        return [(scan, box) for scan, box in zip(self.put_aside, self["scans"], strict=True) if not scan.decision]

    def keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["scans"]]


def told_apart(resident: Resident) -> str:
    """The name with what tells people of one name apart, as far as it is known."""
    home = resident.home_region.local_name if resident.home_region else ""
    return " ".join(str(each) for each in (resident.name, resident.birth_year, home) if each)


class DecisionForm(NamesakeForm, ReasonForm):
    """Whether a scan counts after all, who it was, and why."""

    decision = forms.ChoiceField(label=_("Does it count?"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=_("Who it was"), required=False)
    field_order = ("decision", "person", "name", "reason")

    def __init__(
        self,
        *args: Any,
        people: Sequence[Registration],
        is_count: bool,
        is_for_nobody: bool,
        can_count: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(Scan.Decision.ACCEPTED.value, _("Yes, count it"))] if can_count else []
        choices.append((Scan.Decision.REJECTED.value, _("No")))
        cast(forms.ChoiceField, self.fields["decision"]).choices = choices
        if is_count:
            del self.fields["person"], self.fields["name"]
            return
        self.fields["name"].help_text = _("For somebody who is not signed up.")
        known = [(str(row.pk), told_apart(row.resident)) for row in people]
        if is_for_nobody:
            self.one_of_two = ("person", "name")
        as_sent = (NOBODY, _("As written below") if is_for_nobody else _("As it was sent, or as written below"))
        cast(forms.ChoiceField, self.fields["person"]).choices = [as_sent, *known]

    def clean(self) -> dict[str, Any]:
        answers = cast(dict[str, Any], super().clean())
        if answers.get("person", NOBODY) != NOBODY and answers.get("name"):
            self.add_error("name", _("Please leave this empty, or choose nobody above: a scan is of one person."))
        return answers

    @property
    def accepts(self) -> bool:
        return bool(self.cleaned_data["decision"] == Scan.Decision.ACCEPTED)

    def registration(self, people: Sequence[Registration]) -> Registration | None:
        chosen = self.cleaned_data.get("person")
        return next((row for row in people if str(row.pk) == chosen), None)
