import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.models import Organisation, OrganisationQuerySet
from qixue.places.models import Region, Venue
from qixue.swap.models import SwapRound
from qixue.swap.operations.handovers import Reason
from qixue.swap.operations.rounds import RoundDetails
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import MomentField, PlainCharField

CAPS = (
    ("", _("Any number: most things are exchanged")),
    ("3", _("Three: somebody who stays away spoils little")),
    ("2", _("Two: direct swaps only")),
)
EXAMPLE = _("For example 2026-11-25 9:00.")


class RoundForm(Form):
    """What the organiser says of a round."""

    title = PlainCharField(label=_("Title"), max_length=60, help_text=_("As it will stand on the poster."))
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Please choose")
    )
    kind = forms.ChoiceField(label=_("How things are handed over"), choices=SwapRound.Kind, widget=forms.RadioSelect)
    venue = forms.ModelChoiceField(label=_("Venue"), queryset=Venue.objects.none(), empty_label=_("Please choose"))
    entries_close_at = MomentField(label=_("Things can be entered until"), max_length=40, help_text=EXAMPLE)
    answers_until = MomentField(
        label=_("Owners answer until"), max_length=40, help_text=_("Who has not answered by then is not matched.")
    )
    starts_at = MomentField(label=_("Things are handed over from"), max_length=40)
    ends_at = MomentField(label=_("Things are handed over until"), max_length=40)
    max_items = forms.ChoiceField(
        label=_("How many things may be in one exchange"), choices=CAPS, required=False, widget=forms.RadioSelect
    )
    has_gifts = forms.BooleanField(
        label=_("With gifts: somebody gets one for nothing and gives theirs on"), required=False
    )
    client_uuid = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisations: OrganisationQuerySet, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        venues = Venue.objects.filter(region__path__startswith=region.path, is_group=False)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["venue"].queryset = venues.order_by("region__code", "name", "pk")  # type: ignore[attr-defined]
        if len(organisations[:2]) == 1:
            self.fields["organisation"].initial = organisations[0]

    def details(self) -> RoundDetails:
        answers = self.cleaned_data
        names = ("title", "kind", "venue", "entries_close_at", "answers_until", "starts_at", "ends_at", "has_gifts")
        cap = answers["max_items"]
        return RoundDetails(**{name: answers[name] for name in names}, max_items=int(cap) if cap else None)


class BreakOffForm(Form):
    """Why a thing is not handed over although its giver was here."""

    reason = forms.ChoiceField(label=_("What happened"), choices=Reason, widget=forms.RadioSelect)
