import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.places.models import Region
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.search import matches
from qixue.web.templatetags.qixue import day, is_over

COMING = "coming"


class SessionFilterForm(forms.Form):
    """What a visitor narrows the list by. An answer that is not offered counts as no answer."""

    q = forms.CharField(label=_("Search"), required=False, max_length=60)
    day = forms.ChoiceField(label=_("Day"), required=False)
    county = forms.ChoiceField(label=_("Place"), required=False)
    near = forms.ChoiceField(label=_("Near"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    brand = forms.ChoiceField(label=_("Brand"), required=False)
    audience = forms.ChoiceField(label=_("For whom"), required=False)
    seats = forms.ChoiceField(
        label=_("Seats"), required=False, choices=[("", _("Any")), ("left", _("With free seats"))]
    )

    def __init__(self, *args: Any, programme: Programme, sessions: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = sorted({local_day(session.starts_at) for session in sessions if session.starts_at})
        counties = programme.region.children.filter(level=Region.Level.COUNTY).order_by("code")
        brands = programme.brands.order_by("code")
        self.offer("day", [(COMING, _("From now on")), *((item.isoformat(), day(item)) for item in days)])
        self.offer("county", [(county.code, county.local_name) for county in counties])
        self.offer("near", towns_by_county(sessions))
        self.offer("kind", Activity.Kind.choices)
        self.offer("audience", Activity.Audience.choices)
        self.offer("brand", [(brand.code, brand.local_name) for brand in brands])

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """Let a field be answered with these, or not at all."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Any")), *choices]

    def answers(self) -> dict[str, str]:
        """The answers that narrow the list."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chosen(self, sessions: list[Session]) -> list[Session]:
        """The sessions that fit every answer."""
        answers = self.answers()
        answers.pop("near", None)
        return [session for session in sessions if fits(session, answers)]

    def town(self, sessions: list[Session]) -> Region | None:
        """The town near which sessions are looked for, if any."""
        code = self.answers().get("near")
        regions = (session.venue.region for session in sessions if session.venue and session.venue.region)
        return next((region for region in regions if region.code == code), None)

    def chosen_labels(self) -> list[tuple[str, str]]:
        """Each answer from a list as (field name, its words), for taking it out again."""
        labels = []
        for name, value in self.answers().items():
            choices = dict(flat(getattr(self.fields[name], "choices", [])))
            if value in choices and value != COMING:
                labels.append((name, str(choices[value])))
        return labels


def flat(choices: Iterable[Any]) -> list[tuple[str, Any]]:
    """Choices without their groups."""
    pairs = []
    for value, label in choices:
        pairs += list(label) if isinstance(label, list) else [(value, label)]
    return pairs


def towns_by_county(sessions: list[Session]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Towns at whose venues something is on, with how many sessions, grouped by county in the order of their codes."""
    coming = [session for session in sessions if not is_over(session)] or sessions  # what the list shows first
    towns = [session.venue.region for session in coming if session.venue and session.venue.region]
    counts = Counter(town.code for town in towns if town.level == Region.Level.TOWNSHIP)
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, town in sorted({town.code: town for town in towns if town.code in counts}.items()):
        county = town.parent.local_name if town.parent else ""
        label = _("%(town)s (%(count)s)") % {"town": town.local_name, "count": counts[code]}
        groups.setdefault(county, []).append((code, label))
    return list(groups.items())


def closeness(session: Session, town_path: str) -> int:
    """0 in the town itself, 1 elsewhere in its county, 2 in the rest of the city."""
    path, county_path = region_path(session), town_path.rstrip("/").rpartition("/")[0] + "/"
    return 0 if path.startswith(town_path) else 1 if path.startswith(county_path) else 2


def fits(session: Session, answers: dict[str, str]) -> bool:
    activity = session.activity
    checks = {
        "day": lambda value: on_day(session, value),
        "county": lambda value: value in region_path(session).split("/"),
        "kind": lambda value: activity.kind == value,
        "brand": lambda value: bool(activity.brand and activity.brand.code == value),
        "audience": lambda value: activity.audience == value,
        "seats": lambda value: session.seat_count is None or session.seats_left > 0,
        "q": lambda value: matches(value, searched_texts(session)),
    }
    return all(checks[name](value) for name, value in answers.items())


def on_day(session: Session, value: str) -> bool:
    if value == COMING:
        return not is_over(session)
    return session.starts_at is not None and local_day(session.starts_at) == datetime.date.fromisoformat(value)


def region_path(session: Session) -> str:
    """Where the venue is; the activity's own region where the venue or its place is not known."""
    region = session.venue.region if session.venue else None
    region = region or session.activity.region
    return region.path if region else ""


def searched_texts(session: Session) -> list[str]:
    activity, venue = session.activity, session.venue
    texts = [activity.title, activity.title_en, session.topic, session.topic_en, session.speaker]
    texts.append(activity.organisation.name)
    if venue:
        texts += [venue.name, venue.name_en, venue.region.name if venue.region else ""]
    return texts
