"""What a programme offers, narrowed: by words in the database, by everything else in an index of its listings."""

import time
from collections.abc import Iterator

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex

from qixue.core.copies import Copies
from qixue.programme.listing_index import Entry, ListingIndex, facets_of_time
from qixue.programme.models import ListingEdition, Programme, Session, SessionListing
from qixue.programme.search import words_of

KEPT_INDEXES = 4  # programmes per process: this week's, last week's, and what somebody looks up
KEPT_WORDS = 2000  # of all programmes, each with its set
SEATS_FOR = 0.2  # seconds for which the set of full sessions may be used; rows show their seats as they are now
COLUMNS = (
    "session_id", "starts_at", "ends_at", "region_path", "kind", "audience", "brand__code", "is_online", "is_step_free",
)  # fmt: skip
YES = "yes"  # the value of a filter that is either chosen or not


indexes: Copies[ListingIndex] = Copies(KEPT_INDEXES)
words: Copies[int] = Copies(KEPT_WORDS)
full: Copies[int] = Copies(KEPT_INDEXES * 2)


class Listings:
    """The public sessions of a programme at one edition of their listings."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        edition = ListingEdition.objects.filter(programme=programme).values_list("key", flat=True).first()
        self.key = (programme.pk, edition)
        self.index = indexes.have(self.key, lambda: ListingIndex(entries(programme)))

    def with_words(self, query: str) -> int:
        """The sessions in whose names every word of the query is found."""
        found = self.index.everything
        for word, is_sound in words_of(query):
            found &= self.with_word(word, is_sound=is_sound)
        return found

    def with_word(self, word: str, *, is_sound: bool) -> int:
        key = (self.key, word)
        kept = words.get(key)  # nobody waits for the search of somebody else
        return (
            words.keep(key, self.index.of_keys(keys_with_word(self.programme, word, is_sound=is_sound)))
            if kept is None
            else kept
        )

    def with_seats(self) -> int:
        """The sessions at which the next person can have a seat, no older than `SEATS_FOR`."""
        second = int(time.monotonic() / SEATS_FOR)
        taken = full.have((self.key, second), lambda: self.index.of_keys(full_sessions(self.programme)))
        return self.index.everything & ~taken


def keys_with_word(programme: Programme, word: str, *, is_sound: bool) -> Iterator[int]:
    """A search for the word as it is: no sign in it means anything else, on neither database."""
    column = "sounds" if is_sound else "written"
    listings = SessionListing.objects.filter(programme=programme).annotate(place=StrIndex(column, Value(word)))
    return listings.filter(place__gt=0).values_list("session_id", flat=True).iterator(chunk_size=10_000)


def full_sessions(programme: Programme) -> Iterator[int]:
    """Sessions without a seat for the next person: taken, or with people waiting, or called off."""
    no_seat = Q(seat_count__isnull=False) & (Q(waiting_count__gt=0) | Q(taken_count__gte=F("seat_count")))
    off = Q(state__in=[Session.State.CANCELLED, Session.State.POSTPONED])
    sessions = Session.objects.filter(no_seat | off, listing__programme=programme)
    return sessions.values_list("pk", flat=True).iterator(chunk_size=10_000)


def entries(programme: Programme) -> Iterator[Entry]:
    listings = SessionListing.objects.filter(programme=programme, is_public=True)
    rows = listings.order_by(F("starts_at").asc(nulls_last=True), "session_id").values_list(*COLUMNS)
    for pk, starts_at, ends_at, path, kind, audience, brand, is_online, is_step_free in rows.iterator(10_000):
        facets = {
            **facets_of_time(starts_at),
            "place": [code for code in path.split("/") if code],
            "kind": [kind],
            "audience": [audience],
            "brand": [brand] if brand else [],
            "online": [YES] if is_online else [],
            "step_free": [YES] if is_step_free else [],
        }
        yield Entry(pk, starts_at, ends_at, facets)
