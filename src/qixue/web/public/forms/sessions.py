"""What a visitor narrows the list by: the answers of the address, and the choices that each question offers.

No Django form: its fields and widgets took a third of the time of a page with 150 choices.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from pyroaring import FrozenBitMap

from qixue.core.clock_words import day
from qixue.core.copies import Brief
from qixue.places.models import Region
from qixue.programme.listing_index import Narrowed, TimeOfDay
from qixue.programme.models import Activity
from qixue.programme.queries.listings import YES, Listings

COMING = "coming"
LEFT = "left"
LONGEST_QUERY = 60  # signs; what is longer is cut, like in the field itself
TIMES = {
    TimeOfDay.MORNING: pgettext_lazy("time of day", "Morning"),
    TimeOfDay.AFTERNOON: pgettext_lazy("time of day", "Afternoon"),
    TimeOfDay.EVENING: pgettext_lazy("time of day", "Evening"),
}
QUESTIONS = {
    "day": gettext_lazy("Day"),
    "time": gettext_lazy("Time of day"),
    "county": gettext_lazy("Place"),
    "town": gettext_lazy("Town"),
    "near": gettext_lazy("Near"),
    "kind": gettext_lazy("Kind"),
    "brand": gettext_lazy("Brand"),
    "audience": gettext_lazy("For whom"),
    "seats": gettext_lazy("Seats"),
    "access": gettext_lazy("Step-free access"),
    "online": gettext_lazy("Online"),
}
# Question -> the facet of the index that it asks for.
FACETS = {
    "day": "day", "time": "time", "county": "place", "town": "place", "near": "place", "kind": "kind",
    "brand": "brand", "audience": "audience", "access": "step_free", "online": "online",
}  # fmt: skip
PLACES = ("county", "town")  # a town is counted within its county only, and a county without regard to the town


@dataclass(frozen=True)
class Names:
    """The towns in which something is, what each stands under, and the words for every value; in one language."""

    towns: list[Region]
    headings: Mapping[str, str]  # by code of the town
    labels: Mapping[str, Mapping[str, str]]


names: Brief[Names] = Brief(most=8)  # languages times programmes that somebody looks into


def names_of(listings: Listings) -> Names:
    return names.have((listings.key, get_language()), lambda: names_now(listings))


def names_now(listings: Listings) -> Names:
    programme, index = listings.programme, listings.index
    counties = programme.region.children.filter(level=Region.Level.COUNTY).order_by("code")
    places = list(index.sets.get("place", {}))
    towns = Region.objects.filter(level=Region.Level.TOWNSHIP, code__in=places).select_related("parent")
    towns_in_order = list(towns.order_by("code"))
    town_names = {town.code: town.local_name for town in towns_in_order}
    days = {value: day(datetime.date.fromisoformat(value)) for value in sorted(index.sets.get("day", {}))}
    labels: dict[str, dict[Any, Any]] = {
        "day": {COMING: _("From now on"), **days},
        "time": TIMES,
        "county": {county.code: county.local_name for county in counties},
        "town": town_names,
        "near": town_names,
        "kind": dict(Activity.Kind.choices),
        "brand": {brand.code: brand.local_name for brand in programme.brands.order_by("code")},
        "audience": dict(Activity.Audience.choices),
        "seats": {LEFT: _("With free seats")},
        "access": {YES: _("Only without steps")},
        "online": {YES: _("Only online")},
    }
    texts = {name: {str(value): str(label) for value, label in known.items()} for name, known in labels.items()}
    headings = {town.code: town.parent.local_name if town.parent else "" for town in towns_in_order}
    return Names(towns_in_order, headings, texts)


Choices = tuple[tuple[str, str], ...]  # value and label


@dataclass(frozen=True)
class Filter:
    """A question with its choices, some of them under headings, and the value that is chosen."""

    name: str
    label: str
    chosen: str
    choices: Choices = ()
    groups: tuple[tuple[str, Choices], ...] = ()

    def __str__(self) -> SafeString:
        return written(self, _("Any"))


@lru_cache(maxsize=500)
def written(asked: Filter, nothing: str) -> SafeString:
    """The label and the select, written at once: some pages have 150 choices. The same choices are asked for often."""
    rows = [*options_of((("", nothing), *asked.choices), asked.chosen)]
    for heading, choices in asked.groups:
        rows += [f'<optgroup label="{escape(heading)}">', *options_of(choices, asked.chosen), "</optgroup>"]
    label = f'<label for="id_{asked.name}">{escape(asked.label)}</label>'
    select = f'<select name="{asked.name}" id="id_{asked.name}">{"".join(rows)}</select>'
    return mark_safe(label + select)  # noqa: S308 - every text of a record is escaped


def options_of(choices: Choices, chosen: str) -> Iterator[str]:
    for value, label in choices:
        selected = " selected" if value == chosen else ""
        yield f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


class SessionFilters:
    """The answers of an address, what they leave, and what each question offers. An answer not offered counts as none.

    Each choice says how many sessions it would leave, given the answers to all other questions; those called off are in
    no number, as on the pages themselves.
    """

    def __init__(self, asked: Mapping[str, str], *, listings: Listings, at: datetime.datetime) -> None:
        self.listings, self.at, self.names = listings, at, names_of(listings)
        self.answers = self.given_answers(asked)
        masks = {name: self.mask(name, self.answers[name]) for name in self.answers}
        self.narrowed = Narrowed(listings.index, masks, off=listings.called_off)
        self.counted = str(_("%(choice)s (%(count)s)"))

    def given_answers(self, asked: Mapping[str, str]) -> dict[str, str]:
        """The answers that narrow the list; a town outside the chosen county is left from a county chosen before."""
        known = self.names.labels
        answers = {name: value for name in QUESTIONS if (value := asked.get(name, "")) in known[name]}
        if (query := asked.get("q", "").strip()) and "\0" not in query:
            answers["q"] = query
        town = self.town(answers.get("town"))
        if town and answers.get("county") not in town.path.split("/"):
            del answers["town"]
        return answers

    def mask(self, name: str, value: str) -> FrozenBitMap:
        """The sessions that an answer leaves. Being near a town only decides on the order."""
        index = self.listings.index
        if name == "near":
            return index.everything
        if name == "q":
            return self.listings.with_words(value)
        if name == "seats":
            return self.listings.with_seats()
        return index.coming(self.at) if value == COMING else index.having(FACETS[name], value)

    @property
    def day(self) -> Filter:
        return self.question("day")

    @property
    def further(self) -> list[Filter]:
        """The questions after that for the day; a town is asked for where its county is chosen."""
        asked = (name for name in QUESTIONS if name != "day" and (name != "town" or "county" in self.answers))
        return [self.question(name) for name in asked]

    def question(self, name: str) -> Filter:
        """The choices that would leave something, and the one that is chosen, with their counts."""
        counts = self.counts(name)
        chosen = self.answers.get(name, "")
        labels = self.names.labels[name]
        values = (value for value in labels if value in counts or value == chosen)
        choices = [(value, self.counted % {"choice": labels[value], "count": counts.get(value, 0)}) for value in values]
        label = str(QUESTIONS[name])
        if name in {"town", "near"}:
            return Filter(name, label, chosen, groups=self.by_county(name, dict(choices)))
        return Filter(name, label, chosen, tuple(choices))

    def counts(self, name: str) -> Mapping[str, int]:
        if name == "seats":
            return {LEFT: self.listings.with_seats().intersection_cardinality(self.narrowed.without("seats"))}
        counts = self.narrowed.counts(FACETS[name], *(PLACES if name == "county" else (name,)))
        if name == "day":
            coming = self.listings.index.coming(self.at) - self.narrowed.off()
            return {COMING: coming.intersection_cardinality(self.narrowed.without("day")), **counts}
        return counts

    def by_county(self, name: str, labels: Mapping[str, str]) -> tuple[tuple[str, Choices], ...]:
        """Towns at whose venues something is on, grouped by county; those of the chosen county where one is chosen."""
        county = self.answers.get("county")
        groups: dict[str, list[tuple[str, str]]] = {}
        for town in self.names.towns:
            if town.code in labels and (name == "near" or county in town.path.split("/")):
                groups.setdefault(self.names.headings[town.code], []).append((town.code, labels[town.code]))
        return tuple((heading, tuple(choices)) for heading, choices in groups.items())

    def town(self, code: str | None) -> Region | None:
        return next((town for town in self.names.towns if town.code == code), None)

    @property
    def near_town(self) -> Region | None:
        """The town near which sessions are looked for, if any."""
        return self.town(self.answers.get("near"))

    def chosen_labels(self) -> list[tuple[str, str]]:
        """Each answer from a list as (name of the question, its words), for taking it out again."""
        chosen = [(name, value) for name, value in self.answers.items() if name != "q" and value != COMING]
        return [(name, self.names.labels[name][value]) for name, value in chosen]
