"""The visitor's answers applied to a programme, for every page on which its sessions are looked for."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext
from pyroaring import FrozenBitMap

from qixue.core.copies import Brief
from qixue.core.language import enumeration
from qixue.core.rows_by_key import RowsByKey
from qixue.participation.listed_session import COLUMNS, ListedSession
from qixue.participation.queries import listed
from qixue.places.models import Region
from qixue.programme.listing_index import ListingIndex
from qixue.programme.models import Programme, Session
from qixue.programme.queries.listings import Key, Listings, key_of
from qixue.web import parts
from qixue.web.addresses import kept_by_language, open_query_of, query_of
from qixue.web.parts import NavLink
from qixue.web.public.forms.sessions import COMING, LONGEST_QUERY, SessionFilters

Found = TypeVar("Found")
PUBLIC_ROWS = RowsByKey(listed(Session.objects.public()), *COLUMNS)
# By the codes of programmes. The index of an edition is not made in here, where all who ask would wait for it.
editions: Brief[tuple[Programme, Key]] = Brief(most=4)


@dataclass(frozen=True)
class Counted:
    """How many of a set take place, as the page of the week counts them, and how many are shown beside those."""

    taking_place: int
    called_off: int
    without_date: int

    @classmethod
    def of(cls, listings: Listings, found: FrozenBitMap) -> "Counted":
        off = found & listings.called_off()
        without_date = (found & listings.index.having_no_start) - off
        return cls(len(found) - len(off) - len(without_date), len(off), len(without_date))


class FoundSessions(Sequence[ListedSession]):
    """The sessions of some sets, one set after the other, read from the database only where a page shows them."""

    def __init__(self, index: ListingIndex, *sets: FrozenBitMap) -> None:
        self.listed_by, self.sets = index, sets

    def __len__(self) -> int:
        return sum(map(len, self.sets))

    @overload
    def __getitem__(self, wanted: int) -> ListedSession: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[ListedSession]: ...
    def __getitem__(self, wanted: int | slice) -> ListedSession | list[ListedSession]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start, stop, _step = wanted.indices(len(self))
        return listed_sessions(self.keys(start, stop))

    def keys(self, start: int, stop: int) -> list[int]:
        keys: list[int] = []
        passed = 0
        for found in self.sets:
            keys += self.listed_by.keys(found, max(0, start - passed), max(0, stop - passed))
            passed += len(found)
        return keys


def listed_sessions(keys: list[int]) -> list[ListedSession]:
    sessions = (ListedSession(*row) for row in PUBLIC_ROWS.of(keys))
    return in_order(keys, {session.pk: session for session in sessions})


def in_order(keys: list[int], sessions: Mapping[int, Found]) -> list[Found]:
    """The sessions in the order of the keys; one that is public no longer is left out."""
    return [sessions[key] for key in keys if key in sessions]


def edition_of(code: str) -> tuple[Programme, Key]:
    programme = parts.get_programme_or_404(code)
    return programme, key_of(programme)


def listings_for(request: HttpRequest, code: str) -> Listings:
    """The listings of a programme. Raises Http404.

    Visitors ask for the edition of less than a second ago and never wait for the new index where there is a former one:
    all who ask for the same page would wait with them. Whoever is signed in looks in the listings of now.
    """
    is_signed_in = request.user.is_authenticated
    edition = edition_of(code) if is_signed_in else editions.have(code, lambda: edition_of(code))
    return Listings(*edition, is_in_haste=not is_signed_in)


def find(request: HttpRequest, code: str, *, at: datetime.datetime, with_past: bool = False) -> SessionFilters:
    """The filters of a programme as the address answers them. Raises Http404.

    Where it names no day and something is still to come, what is over stays out; `with_past` leaves days to the page.
    """
    listings = listings_for(request, code)
    asked = request.GET.dict()
    asked["q"] = asked.get("q", "")[:LONGEST_QUERY]
    if with_past:
        asked["day"] = ""
    elif "day" not in asked and listings.index.coming(at) - listings.index.having_no_start:
        asked["day"] = COMING
    return SessionFilters(asked, listings=listings, at=at)


def day_by_day(form: SessionFilters) -> FoundSessions:
    """What was found by its start; of one day alone what is over stands last: in the evening nobody looks for it."""
    index, found = form.listings.index, form.narrowed.found
    if form.answers.get("day", "") in ("", COMING):
        return FoundSessions(index, found)
    coming = index.coming(form.at)
    return FoundSessions(index, found & coming, found - coming)


def near(form: SessionFilters, town: Region) -> FoundSessions:
    """What was found, from the town outwards: in it, elsewhere in its county, in the rest of the city."""
    index, found = form.listings.index, form.narrowed.found
    in_town = index.having("place", town.code)
    in_county = index.having("place", town.parent.code) if town.parent else in_town
    return FoundSessions(index, found & in_town, (found & in_county) - in_town, found - in_county - in_town)


def counts_near(form: SessionFilters, found: FoundSessions) -> list[int]:
    """How many of what `near` found take place in the town, elsewhere in its county, and further away."""
    return [Counted.of(form.listings, step).taking_place for step in found.sets]


def context_of(form: SessionFilters) -> dict[str, Any]:
    """What every page of found sessions shows of the filters."""
    narrowed = form.narrowed
    return {
        "programme": form.listings.programme,
        "form": form,
        "on_other_days": 0 if narrowed.found else len(narrowed.without("day")),
        "chosen": form.chosen_labels(),
        "query": form.answers.get("q", ""),
        "found_count": len(narrowed.found),
        "counted": Counted.of(form.listings, narrowed.found),
        "has_any": bool(form.listings.index.pks),
    }


def ways(request: HttpRequest, form: SessionFilters) -> tuple[NavLink, ...]:
    """List, week, month and places, each with the answers given so far."""
    query = query_of(request, "page", "more", "day", "near", "week", "month")
    ways = ways_through(form.listings.programme.code)
    return tuple(NavLink(text, path + query, path == request.path) for text, path in ways)


@kept_by_language
def ways_through(code: str) -> tuple[tuple[str, str], ...]:
    """Their texts and paths."""
    texts = {
        "public:sessions": pgettext("way to look", "List"),
        "public:sessions_week": pgettext("way to look", "Week"),
        "public:sessions_month": pgettext("way to look", "Month"),
        "public:sessions_places": pgettext("way to look", "By place"),
    }
    return tuple((text, reverse(name, args=[code])) for name, text in texts.items())


@dataclass(frozen=True)
class Feed:
    """A calendar to subscribe to, and in words what of the answers narrows it: other answers do not."""

    url: str
    holds: str


def narrowed_feed(form: SessionFilters, current: Programme | None) -> Feed | None:
    """Of the chosen place and brand; only the current programme has one."""
    if current != form.listings.programme:
        return None
    answers = form.answers
    place = next((name for name in ("town", "near", "county") if answers.get(name)), "")
    chosen = {"county": place, "brand": "brand" if answers.get("brand") else ""}
    query = urlencode({asked: answers[name] for asked, name in chosen.items() if name})
    labels = [form.names.labels[name][answers[name]] for name in chosen.values() if name]
    holds = enumeration(labels) or pgettext("of a calendar", "all sessions")
    return Feed(reverse("public:calendar") + (f"?{query}" if query else ""), holds)


def paper_url(request: HttpRequest, form: SessionFilters) -> str:
    """The printed programme of what was asked for, up to the size of the paper."""
    path = reverse("public:programme_paper", args=[form.listings.programme.code])
    return path + open_query_of(request, "page", "more", "near")
