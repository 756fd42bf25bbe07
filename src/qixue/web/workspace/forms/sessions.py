import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.core.clock import SHANGHAI, local_moment
from qixue.participation.models.organiser import LONGEST_REASON
from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Session
from qixue.programme.operations.sessions import SessionDetails
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.forms.fields import (
    CountedField,
    DayField,
    PlainCharField,
    RecordField,
    TimeField,
    WholeNumberField,
)


class GatheringForm(Form):
    """When, where, about what and for how many: what is asked about a session, planned or announced."""

    day = DayField(label=_("Day"), max_length=20)
    start = TimeField(label=_("Start"), max_length=20)
    end = TimeField(label=_("End"), max_length=20)
    venue = RecordField(label=_("Venue"), queryset=Venue.objects.none(), required=False, empty_label=_("Please choose"))
    is_online = forms.BooleanField(label=_("Online, without a venue"), required=False)
    topic = PlainCharField(label=_("Topic of this session"), max_length=100, required=False)
    speaker = PlainCharField(label=_("Speaker"), max_length=100, required=False)
    seat_count = WholeNumberField(
        label=_("Seats"), max_length=12, required=False, help_text=_("Empty: nobody is turned away.")
    )
    counting_rule = forms.ChoiceField(
        label=_("How people are counted"), choices=Session.CountingRule.choices, widget=forms.RadioSelect
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    remarks = {"venue": pgettext_lazy("after a label", " (unless it is online)")}

    def offer_venues(self, region: Region) -> None:
        """Those of the region; where it has none, all."""
        nearby = Venue.objects.filter(region__path__startswith=region.path, is_group=False)
        venues = nearby if nearby.exists() else Venue.objects.filter(is_group=False)
        field = self.fields["venue"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = venues.select_related("region").order_by("region__code", "name", "pk")

    def offer_venue_too(self, venue_id: int) -> None:
        """The one that was chosen before, wherever it is."""
        field = self.fields["venue"]
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            chosen = Venue.objects.filter(Q(pk__in=field.queryset.values("pk")) | Q(pk=venue_id))
            field.queryset = chosen.select_related("region").order_by("region__code", "name", "pk")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not answers.get("venue") and not answers.get("is_online") and "venue" not in self.errors:
            self.add_error("venue", _("Please choose a venue, or say that the session is online."))
        return answers


class SessionForm(ConfirmableForm, GatheringForm):
    topic_en = PlainCharField(label=_("Topic in English"), max_length=160, required=False)
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["day", "start", "end", "venue", "is_online", "topic", "topic_en"]

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_venues(activity.region or activity.programme.region)

    def details(self) -> SessionDetails:
        return session_details(self.cleaned_data)


class CallOffForm(ConfirmableForm):
    reason = CountedField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_(
            "For example: the teacher is ill. Everybody reads it on the page of the session, and those who were signed "
            "up in their notice. No names, please."
        ),
    )
    confirmed = forms.BooleanField(
        label=_("I have checked this: cancel the session all the same"), required=False, widget=forms.HiddenInput
    )


def session_details(answers: dict[str, Any]) -> SessionDetails:
    """What the fields of a gathering say about one session."""
    return SessionDetails(
        starts_at=local_moment(answers["day"], answers["start"]),
        ends_at=local_moment(answers["day"], answers["end"]),
        counting_rule=answers["counting_rule"],
        venue=answers["venue"],
        is_online=answers["is_online"],
        topic=answers["topic"],
        topic_en=answers.get("topic_en", ""),
        speaker=answers["speaker"],
        seat_count=answers["seat_count"],
    )


def initial_of(session: Session) -> dict[str, Any]:
    names = ("is_online", "topic", "topic_en", "speaker", "seat_count", "counting_rule", "version", "number")
    values = {name: getattr(session, name) for name in names}
    return {**values, "venue": session.venue_id, **initial_times(session.starts_at, session.ends_at)}


def initial_times(starts_at: datetime.datetime | None, ends_at: datetime.datetime | None) -> dict[str, str]:
    starts, ends = local(starts_at), local(ends_at)
    return {
        "day": starts.date().isoformat() if starts else "",
        "start": starts.strftime("%H:%M") if starts else "",
        "end": ends.strftime("%H:%M") if ends else "",
    }


def local(moment: datetime.datetime | None) -> datetime.datetime | None:
    return moment.astimezone(SHANGHAI) if moment else None
