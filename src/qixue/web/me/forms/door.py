import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.participation.queries.wall import AtTheWall
from qixue.programme.models import Session
from qixue.web.forms import Form


class HereForm(Form):
    """Who of the household is here. Those who are signed up are ticked: that they come is known. Of the others the form
    says that they are not, where one signs up at all.
    """

    people = forms.MultipleChoiceField(label=_("Who is here"), widget=forms.CheckboxSelectMultiple)
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, session: Session, found: Sequence[AtTheWall], names: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(each.resident.pk): each for each in found}
        field = cast(forms.MultipleChoiceField, self.fields["people"])
        called = {key: names[each.resident.pk] for key, each in self.offered.items()}
        expected = [key for key, each in self.offered.items() if each.is_expected]
        if session.seat_count is not None and len(expected) < len(called):
            walk_in = _("%(name)s · not signed up")
            called |= {key: walk_in % {"name": name} for key, name in called.items() if key not in expected}
            field.help_text = _("Whoever is not signed up can come in as long as there are places left.")
        field.choices, field.initial = list(called.items()), expected

    def answers(self) -> dict[str, Any]:
        """As `check_in_by_wall` takes them."""
        people = [self.offered[key].resident for key in self.cleaned_data["people"]]
        return {"people": people, "client_uuid": self.cleaned_data["client_uuid"]}
