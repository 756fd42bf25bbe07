import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.participation.models import Registration
from qixue.people.models import Resident
from qixue.web.forms import Form


class RegisterForm(Form):
    """Who comes. `party` is made with the form, so that sending it twice signs nobody up twice."""

    party = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.MultipleChoiceField(label=_("Who comes"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, household: Sequence[Resident], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"party": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.household = {str(person.pk): person for person in household}
        field = cast(forms.MultipleChoiceField, self.fields["people"])
        field.choices = [(key, person.name) for key, person in self.household.items()]

    def answers(self) -> dict[str, Any]:
        """What registering asks: who, and the key of this form."""
        people = [self.household[key] for key in self.cleaned_data["people"]]
        return {"people": people, "party": self.cleaned_data["party"]}


class CancelForm(Form):
    """Who of a party does not come after all."""

    people = forms.MultipleChoiceField(label=_("Who does not come"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, party: Sequence[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.MultipleChoiceField, self.fields["people"])
        field.choices = [(str(row.pk), row.resident.name) for row in party]

    def keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["people"]]
