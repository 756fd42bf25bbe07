import datetime
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.places.models import Region
from qixue.programme.listing_index import Narrowed, TimeOfDay
from qixue.programme.models import Activity
from qixue.programme.queries.listings import YES, Listings
from qixue.web.templatetags.qixue import day

COMING = "coming"
LEFT = "left"
LONGEST_QUERY = 60  # signs; what is longer is cut, like in the field itself
TIMES = {
    TimeOfDay.MORNING: pgettext_lazy("time of day", "Morning"),
    TimeOfDay.AFTERNOON: pgettext_lazy("time of day", "Afternoon"),
    TimeOfDay.EVENING: pgettext_lazy("time of day", "Evening"),
}
# Filter -> the facet of the index that it asks for.
FACETS = {
    "day": "day", "time": "time", "county": "place", "town": "place", "near": "place", "kind": "kind",
    "brand": "brand", "audience": "audience", "access": "step_free", "online": "online",
}  # fmt: skip
PLACES = ("county", "town")  # a town is counted within its county only, and a county without regard to the town


class PlainSelect(forms.Select):
    """A select that is written at once: Django's renders a template for each of some hundred options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(item) for item in (value if isinstance(value, list) else [value])}
        rows: list[SafeString] = []
        for key, label in self.choices:
            if isinstance(label, list):
                rows.append(format_html('<optgroup label="{}">{}</optgroup>', key, options(label, chosen)))
            else:
                rows.append(options([(key, label)], chosen))
        identity = (attrs or {}).get("id") or f"id_{name}"
        return format_html('<select name="{}" id="{}">{}</select>', name, identity, SafeString("".join(rows)))


def options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    rows = ((key, SafeString(" selected" if str(key) in chosen else ""), label) for key, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


ChoiceField = partial(forms.ChoiceField, required=False, widget=PlainSelect)


class SessionFilterForm(forms.Form):
    """What a visitor narrows the list by. An answer that is not offered counts as no answer.

    Each choice says how many sessions it would leave, given the answers to all other questions.
    """

    q = forms.CharField(label=_("Search"), required=False, max_length=LONGEST_QUERY)
    day = ChoiceField(label=_("Day"))
    time = ChoiceField(label=_("Time of day"))
    county = ChoiceField(label=_("Place"))
    town = ChoiceField(label=_("Town"))
    near = ChoiceField(label=_("Near"))
    kind = ChoiceField(label=_("Kind"))
    brand = ChoiceField(label=_("Brand"))
    audience = ChoiceField(label=_("For whom"))
    seats = ChoiceField(label=_("Seats"))
    access = ChoiceField(label=_("Step-free access"))
    online = ChoiceField(label=_("Online"))

    def __init__(self, asked: QueryDict, *, listings: Listings, at: datetime.datetime) -> None:
        super().__init__(asked)
        self.listings, self.at = listings, at
        self.towns = towns_of(listings)
        self.labels = self.known_labels()
        for name, labels in self.labels.items():
            self.offer(name, labels.items())
        self.answers = self.given_answers()
        self.narrowed = Narrowed(listings.index, {name: self.mask(name, self.answers[name]) for name in self.answers})
        self.offer_with_counts()

    def known_labels(self) -> dict[str, dict[str, Any]]:
        """The words for every value that may be asked for, by filter."""
        programme, index = self.listings.programme, self.listings.index
        counties = programme.region.children.filter(level=Region.Level.COUNTY).order_by("code")
        days = {value: day(datetime.date.fromisoformat(value)) for value in sorted(index.sets.get("day", {}))}
        towns = {town.code: town.local_name for town in self.towns}
        return {
            "day": {COMING: _("From now on"), **days},
            "time": {part.value: label for part, label in TIMES.items()},
            "county": {county.code: county.local_name for county in counties},
            "town": towns,
            "near": towns,
            "kind": dict(Activity.Kind.choices),
            "brand": {brand.code: brand.local_name for brand in programme.brands.order_by("code")},
            "audience": dict(Activity.Audience.choices),
            "seats": {LEFT: _("With free seats")},
            "access": {YES: _("Only without steps")},
            "online": {YES: _("Only online")},
        }

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """Let a field be answered with these, or not at all."""
        cast(forms.ChoiceField, self.fields[name]).choices = [("", _("Any")), *choices]

    def given_answers(self) -> dict[str, str]:
        """The answers that narrow the list; a town outside the chosen county is left from a county chosen before."""
        self.is_valid()
        answers = {name: value for name, value in self.cleaned_data.items() if value}
        town = next((town for town in self.towns if town.code == answers.get("town")), None)
        if town and answers.get("county") not in town.path.split("/"):
            del answers["town"]
        return answers

    def mask(self, name: str, value: str) -> int:
        """The sessions that an answer leaves. Being near a town only decides on the order."""
        index = self.listings.index
        if name == "near":
            return index.everything
        if name == "q":
            return self.listings.with_words(value)
        if name == "seats":
            return self.listings.with_seats()
        return index.coming(self.at) if value == COMING else index.having(FACETS[name], value)

    def offer_with_counts(self) -> None:
        for name, facet in FACETS.items():
            counts = self.narrowed.counts(facet, *(PLACES if name == "county" else (name,)))
            self.offer(name, [*self.coming(name), *self.counted(name, counts)])
        left = self.listings.with_seats() & self.narrowed.without("seats")
        self.offer("seats", [(LEFT, self.label("seats", LEFT, left.bit_count()))])
        for name in ("town", "near"):
            self.offer(name, self.by_county(name))

    def coming(self, name: str) -> list[tuple[str, str]]:
        """The answer "from now on", which is one to the day."""
        found = self.listings.index.coming(self.at) & self.narrowed.without("day")
        return [(COMING, self.label("day", COMING, found.bit_count()))] if name == "day" else []

    def counted(self, name: str, counts: Mapping[str, int]) -> list[tuple[str, str]]:
        """The choices that would leave something, and the one that is chosen, with their counts."""
        chosen = self.answers.get(name)
        values = (value for value in self.labels[name] if value != COMING and (value in counts or value == chosen))
        return [(value, self.label(name, value, counts.get(value, 0))) for value in values]

    def label(self, name: str, value: str, count: int) -> str:
        return str(_("%(choice)s (%(count)s)")) % {"choice": self.labels[name][value], "count": count}

    def by_county(self, name: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Towns at whose venues something is on, grouped by county; those of the chosen county where one is chosen."""
        county = self.answers.get("county") if name == "town" else None
        counts = self.narrowed.counts("place", name)
        labels = dict(self.counted(name, counts))
        groups: dict[str, list[tuple[str, str]]] = {}
        for town in self.towns:
            if town.code in labels and (name == "near" or county in town.path.split("/")):
                heading = town.parent.local_name if town.parent else ""
                groups.setdefault(heading, []).append((town.code, labels[town.code]))
        return list(groups.items())

    @property
    def near_town(self) -> Region | None:
        """The town near which sessions are looked for, if any."""
        return next((town for town in self.towns if town.code == self.answers.get("near")), None)

    def chosen_labels(self) -> list[tuple[str, str]]:
        """Each answer from a list as (field name, its words), for taking it out again."""
        chosen = [(name, value) for name, value in self.answers.items() if name != "q" and value != COMING]
        return [(name, str(self.labels[name][value])) for name, value in chosen]


def towns_of(listings: Listings) -> list[Region]:
    """The towns in which sessions of the programme are, in the order of their codes."""
    codes = list(listings.index.sets.get("place", {}))
    towns = Region.objects.filter(level=Region.Level.TOWNSHIP, code__in=codes)
    return list(towns.select_related("parent").order_by("code"))
