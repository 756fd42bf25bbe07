import datetime
import uuid
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import minute_text
from qixue.people.models import Organisation, OrganisationQuerySet
from qixue.places.models import Region, Venue
from qixue.swap.models import SwapRound
from qixue.swap.operations.handovers import Reason
from qixue.swap.operations.round_details import RoundDetails
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import MomentField, PlainCharField, RecordField, WholeNumberField

CAPS = (
    ("", _("Any number: most things are exchanged")),
    ("3", _("Three: somebody who stays away spoils little")),
    ("2", _("Two: direct swaps only")),
)


class RoundDetailsForm(Form):
    """What the organiser says of a round."""

    title = PlainCharField(label=_("Title"), max_length=60, help_text=_("As it will stand on the poster."))
    kind = forms.ChoiceField(label=_("How things are handed over"), choices=SwapRound.Kind, widget=forms.RadioSelect)
    venue = RecordField(label=_("Venue"), queryset=Venue.objects.none(), empty_label=_("Please choose"))
    entries_close_at = MomentField(label=_("Things can be entered until"), max_length=40)
    answers_until = MomentField(
        label=_("Owners answer until"), max_length=40, help_text=_("Who has not answered by then is not matched.")
    )
    starts_at = MomentField(label=_("Things are handed over from"), max_length=40)
    ends_at = MomentField(label=_("Things are handed over until"), max_length=40)
    opening_hours = PlainCharField(
        label=_("When the community point is open"),
        max_length=100,
        required=False,
        help_text=_("Only for a community point, for example: Tuesday to Sunday, 9:00 to 17:00."),
    )
    table_count = WholeNumberField(
        label=_("Tables at which things are handed over"),
        max_length=3,
        initial=1,
        help_text=_("The exchanges are spread over them; everybody reads the number of their table."),
    )
    max_items = forms.ChoiceField(
        label=_("How many things may be in one exchange"), choices=CAPS, required=False, widget=forms.RadioSelect
    )
    has_gifts = forms.BooleanField(
        label=_("With gifts: somebody gets one for nothing and gives theirs on"), required=False
    )

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        venues = Venue.objects.filter(region__path__startswith=region.path, is_group=False)
        self.fields["venue"].queryset = venues.order_by("region__code", "name", "pk")  # type: ignore[attr-defined]

    def details(self) -> RoundDetails:
        answers = {field.name: self.cleaned_data[field.name] for field in fields(RoundDetails)}
        cap = answers.pop("max_items")
        return RoundDetails(**answers, max_items=int(cap) if cap else None)


class NewRoundForm(RoundDetailsForm):
    """With the organisation that runs it, which stays."""

    organisation = RecordField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Please choose")
    )
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    field_order = ("title", "organisation")

    def __init__(self, *args: Any, organisations: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if len(organisations[:2]) == 1:
            self.fields["organisation"].initial = organisations[0]


class EditRoundForm(RoundDetailsForm):
    """`version` is that of the round which the organiser has seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def initial_of_round(round_: SwapRound) -> dict[str, Any]:
    stored = {field.name: getattr(round_, field.name) for field in fields(RoundDetails)}
    written = {name: minute_text(value) for name, value in stored.items() if isinstance(value, datetime.datetime)}
    others = {"venue": round_.venue_id, "max_items": round_.max_items or "", "version": round_.edit_count}
    return {**stored, **written, **others}


class DeskForm(Form):
    """What somebody at the desk says or shows: a name, a code, the number of an exchange, a thing."""

    wanted = PlainCharField(label=_("Name, code, number of the exchange or thing"), max_length=60, required=False)


class BreakOffForm(Form):
    """Why a thing is not handed over although its giver was here."""

    reason = forms.ChoiceField(label=_("What happened"), choices=Reason, widget=forms.RadioSelect)
