"""What a programme offers, narrowed in an index of its listings."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db import connection
from django.db.models import F, Q
from pyroaring import FrozenBitMap

from qixue.core.clock import SHANGHAI
from qixue.core.copies import Copies
from qixue.core.logs import get_logger
from qixue.programme.listing_index import Entry, ListingIndex, facets_of_time
from qixue.programme.models import ListingEdition, Programme, Session, SessionListing
from qixue.programme.search import words_of

log = get_logger("qixue.listings")
MADE_APART = True  # a test looks at once at what it has changed
KEPT_INDEXES = 4  # programmes per process: this week's, last week's, and what somebody looks up
KEPT_WORDS = 2000  # of all programmes, each with its set: one that stands everywhere costs what there is to collect
SEATS_FOR = 0.2  # seconds for which the set of full sessions may be used; rows show their seats as they are now
REST = 10  # times as long as it took to make: a machine under load spends no more than a tenth of its time on it
LONGEST_USE = 2  # times as long while it is being made again
COLUMNS = (
    "session_id", "starts_at", "ends_at", "region_path", "kind", "audience", "brand__code", "is_online", "is_step_free",
    "written", "sounds",
)  # fmt: skip
YES = "yes"  # the value of a filter that is either chosen or not


@dataclass(frozen=True)
class Full:
    """The sessions of a programme without a seat for the next person, those called off among them; when they were
    looked up, and in what time.
    """

    sessions: FrozenBitMap
    called_off: FrozenBitMap
    made_at: float
    seconds: float

    @property
    def age(self) -> float:
        """In parts of the time for which it may be used."""
        return (time.monotonic() - self.made_at) / max(SEATS_FOR, REST * self.seconds)

    @property
    def is_old(self) -> bool:
        return self.age > 1

    @property
    def is_usable(self) -> bool:
        """For those who ask while somebody makes it again; after a longer pause they wait."""
        return self.age <= LONGEST_USE


Key = tuple[int, uuid.UUID | None]  # of a programme and of the edition of its listings

indexes: Copies[tuple[Key, ListingIndex]] = Copies(KEPT_INDEXES)
words: Copies[FrozenBitMap] = Copies(KEPT_WORDS)
full: Copies[Full] = Copies(KEPT_INDEXES)


class Listings:
    """The public sessions of a programme at one edition of their listings.

    The first who asks after a change makes the index; those who ask meanwhile look in the former one.
    """

    def __init__(self, programme: Programme, key: Key | None = None, *, is_in_haste: bool = False) -> None:
        """The key is that of an edition that was asked for a moment ago; without it the edition is asked for now.

        For who is in haste a thread of its own makes the index, where there is a former one to look in.
        """
        self.programme = programme
        key, former = key or key_of(programme), newest_index(programme)
        if former and is_in_haste and MADE_APART and key not in indexes:
            make_apart(programme, key)
            self.key, self.index = former
        else:
            self.key, self.index = index_at(programme, key, former)

    def with_words(self, query: str) -> FrozenBitMap:
        """The sessions in whose names every word of the query is found."""
        found = (self.with_word(word, is_sound=is_sound) for word, is_sound in words_of(query))
        return reduce(and_, found, self.index.everything)

    def with_word(self, word: str, *, is_sound: bool) -> FrozenBitMap:
        key = (self.key, word)
        kept = words.get(key)  # nobody waits for the search of somebody else
        return words.keep(key, self.index.with_word(word, is_sound=is_sound)) if kept is None else kept

    def with_seats(self) -> FrozenBitMap:
        """The sessions at which the next person can have a seat, some tenths of a second ago; see `Full`."""
        return self.index.everything - self.full().sessions

    def taking_place(self) -> FrozenBitMap:
        """The sessions with a date that are neither called off nor put off, as long ago."""
        return self.index.everything - self.index.having_no_start - self.called_off()

    def called_off(self) -> FrozenBitMap:
        """The sessions that are called off or put off, as long ago."""
        return self.full().called_off

    def full(self) -> Full:
        former = full.get(self.key)
        meanwhile = former if former and former.is_usable else None
        return full.have(self.key, self.full_now, meanwhile=meanwhile, is_old=lambda kept: kept.is_old)

    def full_now(self) -> Full:
        began, rows = time.monotonic(), list(full_sessions(self.programme))
        sessions = self.index.of_keys(pk for pk, _state in rows)
        called_off = self.index.of_keys(pk for pk, state in rows if state in Session.OFF_STATES)
        return Full(sessions, called_off, began, time.monotonic() - began)


def key_of(programme: Programme) -> Key:
    edition = ListingEdition.objects.filter(programme=programme).values_list("key", flat=True).first()
    return programme.pk, edition


def index_at(programme: Programme, key: Key, former: tuple[Key, ListingIndex] | None) -> tuple[Key, ListingIndex]:
    return indexes.have(key, lambda: (key, ListingIndex(entries(programme))), meanwhile=former, turn_at=programme.pk)


def make_apart(programme: Programme, key: Key) -> None:
    """Unless somebody is about it."""
    if programme.pk not in indexes.turns:
        threading.Thread(target=making_apart, args=(programme, key), name="index", daemon=True).start()


def making_apart(programme: Programme, key: Key) -> None:
    try:
        index_at(programme, key, newest_index(programme))
    except Exception as error:  # the next one who asks tries again
        log.warning("no_new_index", error=repr(error))
    finally:
        connection.close()


def newest_index(programme: Programme) -> tuple[Key, ListingIndex] | None:
    """The index of a programme that was used last, be it of a former edition."""
    with indexes.lock:
        return next((kept for kept in reversed(indexes.values()) if kept[0][0] == programme.pk), None)


def words_condition(query: str, prefix: str = "listing__") -> Q:
    """Sessions in whose names every word of the query is found; none where the query has no word.

    `prefix` leads to the row with `written` and `sounds`: other things are found by the same words.
    """
    condition = Q()
    for word, is_sound in words_of(query):
        condition &= Q(**{f"{prefix}{'sounds' if is_sound else 'written'}__contains": word})
    return condition or Q(pk__in=[])


seat_rules: list[Callable[[], Q]] = []  # of the apps above that give the seats


def has_seat() -> Q:
    """Sessions at which the next person can have a seat: not called off, and as those say who give the seats."""
    return reduce(and_, (rule() for rule in seat_rules), ~Q(state__in=Session.OFF_STATES))


def full_sessions(programme: Programme) -> Iterator[tuple[int, str]]:
    """Key and state of the sessions without a seat for the next person."""
    sessions = Session.objects.filter(~has_seat(), listing__programme=programme)
    return sessions.values_list("pk", "state").iterator(chunk_size=10_000)


def entries(programme: Programme) -> Iterator[Entry]:
    listings = SessionListing.objects.filter(programme=programme, is_public=True)
    rows = listings.order_by(F("starts_at").asc(nulls_last=True), "session_id").values_list(*COLUMNS)
    for pk, starts_at, ends_at, path, kind, audience, brand, is_online, is_step_free, *lines in rows.iterator(10_000):
        facets = {
            **facets_of_time(starts_at and starts_at.astimezone(SHANGHAI)),
            "place": [code for code in path.split("/") if code],
            "kind": [kind],
            "audience": [audience],
            "brand": [brand] if brand else [],
            "online": [YES] if is_online else [],
            "step_free": [YES] if is_step_free else [],
        }
        yield Entry(pk, starts_at, ends_at, facets, *lines)
