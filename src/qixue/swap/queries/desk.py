"""What the desk of a round needs at once: what is due, what waits for whom, and where somebody's things are."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import pgettext_lazy

from qixue.core.names import keys_of_called
from qixue.core.typed import folded, half_width
from qixue.people.models import Resident
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.queries.endings import WhyOff, why_off
from qixue.swap.queries.rounds import HANDOVER_WITH

CODE_DIGITS = 6
NUMBERED = re.compile(r"第?(\d+)组(?:交换)?", re.ASCII)  # an exchange as the pages call it
State = Handover.State


class Due(TextChoices):
    """How it stands with an exchange, in the order in which the desk turns to them."""

    NOW = "now", pgettext_lazy("exchange at the desk", "All are here")
    WAITS = "waits", pgettext_lazy("exchange at the desk", "Waits for somebody")
    NOBODY = "nobody", pgettext_lazy("exchange at the desk", "Nobody is here yet")
    DONE = "done", pgettext_lazy("exchange at the desk", "Handed over")


ORDER = {due: number for number, due in enumerate(Due)}


@dataclass(frozen=True)
class ExchangeCount:
    """An exchange that stands, in numbers; what lies on the common table is here."""

    number: int
    table: int
    size: int
    here: int
    done: int

    @property
    def due(self) -> Due:
        if self.done == self.size:
            return Due.DONE
        if self.here == self.size:
            return Due.NOW
        return Due.WAITS if self.here else Due.NOBODY

    @property
    def missing(self) -> int:
        return self.size - self.here


@dataclass(frozen=True)
class Progress:
    """How far the hand-over of a round is."""

    exchanges: Sequence[ExchangeCount]  # what is due first
    people: int
    people_here: int

    @property
    def things(self) -> int:
        return sum(exchange.size for exchange in self.exchanges)

    @property
    def done(self) -> int:
        return sum(exchange.done for exchange in self.exchanges)

    def count_of(self, due: str) -> int:
        return len(self.of(due))

    def of(self, due: str) -> list[ExchangeCount]:
        return [exchange for exchange in self.exchanges if exchange.due == due]


def progress_of(round_: SwapRound) -> Progress:
    """Two queries, however many exchanges there are."""
    rows = standing(round_)
    here, done = Q(giver_confirmed_at__isnull=False), Q(state=State.DONE)
    counted = rows.values("exchange").annotate(
        size=Count("pk"), here=Count("pk", filter=here), done=Count("pk", filter=done)
    )
    exchanges = [
        ExchangeCount(number, round_.table_of(number), size, here_count, done_count)
        for number, size, here_count, done_count in counted.order_by().values_list("exchange", "size", "here", "done")
    ]
    people = rows.aggregate(
        people=Count("giver", distinct=True), people_here=Count("giver", distinct=True, filter=here)
    )
    return Progress(sorted(exchanges, key=lambda each: (ORDER[each.due], each.missing, each.number)), **people)


@dataclass(frozen=True)
class Ended:
    """What came of the things that were in an exchange at any time, in a round that is over."""

    matched: int
    handed_over: int

    @property
    def undone(self) -> int:
        return self.matched - self.handed_over


def ended_with(round_: SwapRound) -> Ended:
    things = Count("listing", distinct=True)
    return Ended(**round_.handovers.aggregate(matched=things, handed_over=Count("pk", filter=Q(state=State.DONE))))


def standing(round_: SwapRound) -> QuerySet[Handover]:
    return round_.handovers.filter(state__in=Handover.STANDING_STATES)


def waited_for(round_: SwapRound, exchanges: Iterable[int]) -> dict[int, list[str]]:
    """By exchange the names of those who are not here yet, each once."""
    rows = standing(round_).filter(exchange__in=exchanges, giver_confirmed_at=None, giver__isnull=False)
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for exchange, key, name in rows.order_by("exchange", "position").values_list("exchange", "giver", "giver__name"):
        names[exchange][key] = name
    return {exchange: list(people.values()) for exchange, people in names.items()}


@dataclass(frozen=True)
class DeskExchange:
    """One exchange as the desk sees it; `found` are the rows for which somebody looked, if anybody did."""

    number: int
    rows: Sequence[Handover]
    found: frozenset[int] = field(default_factory=frozenset)

    @property
    def shown(self) -> Sequence[Handover]:
        return [row for row in self.rows if row.pk in self.found] if self.found else self.rows

    @property
    def count(self) -> ExchangeCount:
        here = sum(row.giver_confirmed_at is not None for row in self.rows)
        done = sum(row.state == State.DONE for row in self.rows)
        return ExchangeCount(self.number, self.table, len(self.rows), here, done)

    @property
    def table(self) -> int:
        return self.rows[0].table

    @property
    def waited_for(self) -> list[str]:
        """Names of those who are not here yet, each once."""
        missing = (row for row in self.rows if not row.giver_confirmed_at)
        return list({row.giver.pk: row.giver.name for row in missing if row.giver}.values())

    @property
    def all_are_here(self) -> bool:
        return self.count.missing == 0

    @property
    def has_begun(self) -> bool:
        return self.count.done > 0


def desk_exchanges(
    round_: SwapRound, numbers: Sequence[int], found: frozenset[int] = frozenset()
) -> list[DeskExchange]:
    """Exchanges that stand, in the order of the numbers."""
    rows = standing(round_).filter(exchange__in=numbers).select_related(*HANDOVER_WITH)
    by_number: dict[int, list[Handover]] = defaultdict(list)
    for row in rows.order_by("exchange", "position"):
        by_number[row.exchange].append(row)
    return [DeskExchange(number, by_number[number], found) for number in numbers if number in by_number]


def looked_for(round_: SwapRound, words: str, progress: Progress, *, most: int) -> list[DeskExchange]:
    """What somebody at the desk says or shows: the six digits of a phone, the number of an exchange, a name in
    characters, pinyin or initials, or a thing; 第8组 is 8. Of people all that they give and get. As in the list of all,
    what is due comes first.
    """
    keys = dict(called(standing(round_), words).values_list("pk", "exchange"))
    numbers = set(keys.values())
    first = [each.number for each in progress.exchanges if each.number in numbers][:most]
    return desk_exchanges(round_, first, frozenset(keys))


def still_to_bring(round_: SwapRound, person: Resident) -> list[Handover]:
    """What somebody gives and was not seen with."""
    rows = standing(round_).filter(giver=person, giver_confirmed_at=None, state=State.PLANNED)
    return list(rows.select_related(*HANDOVER_WITH).order_by("exchange", "position"))


def still_to_get(round_: SwapRound, person: Resident) -> list[Handover]:
    """What can be handed to somebody: all of the exchange are there."""
    missing = standing(round_).filter(exchange=OuterRef("exchange"), giver_confirmed_at=None)
    rows = standing(round_).filter(~Exists(missing), receiver=person, state=State.PLANNED)
    return list(rows.select_related(*HANDOVER_WITH).order_by("exchange", "position"))


@dataclass(frozen=True)
class AtOnce:
    """Several things of one person that the desk can note at one press."""

    person: Resident
    to_bring: Sequence[Handover]
    to_get: Sequence[Handover]


def at_once(words: str, found: Sequence[DeskExchange]) -> list[AtOnce]:
    """Of those who are called so, whoever has two things or more to bring or to get in the exchanges."""
    planned = [(row, exchange) for exchange in found for row in exchange.shown if row.state == State.PLANNED]
    people = {person.pk: person for row, _exchange in planned for person in (row.giver, row.receiver) if person}
    several = []
    for key in keys_of_called(((key, person.name) for key, person in people.items()), words):
        to_bring = [row for row, _exchange in planned if row.giver_id == key and not row.giver_confirmed_at]
        to_get = [row for row, exchange in planned if row.receiver_id == key and exchange.all_are_here]
        if len(to_bring) > 1 or len(to_get) > 1:
            several.append(AtOnce(people[key], to_bring, to_get))
    return several


def called(rows: QuerySet[Handover], words: str) -> QuerySet[Handover]:
    """Those of the rows that somebody means by the words, as `looked_for` takes them."""
    digits = NUMBERED.sub(r"\1", half_width(words).replace(" ", ""))
    if digits.isdecimal():
        return rows.filter(Q(code=digits) if len(digits) == CODE_DIGITS else Q(exchange=int(digits[:9])))
    people = keys_of_called(people_of(rows), words)
    titles = rows.values_list("pk", "listing__title")
    things = [pk for pk, title in titles if folded(words) in folded(title)]
    return rows.filter(Q(giver__in=people) | Q(receiver__in=people) | Q(pk__in=things))


@dataclass(frozen=True)
class CalledOff:
    """An exchange of which nothing stands any more; `missed` are the names of those who did not come or agree."""

    number: int
    why: WhyOff
    missed: Sequence[str]
    off_with: int | None  # the key of the hand-over at which that was said, while it can be taken back
    absent: str  # of whom it was said there; others may be missing, too


def rows_off(round_: SwapRound) -> QuerySet[Handover]:
    """Of exchanges of which nothing stands any more."""
    return round_.handovers.filter(state=State.VOID).exclude(exchange__in=standing(round_).values("exchange"))


def numbers_off(round_: SwapRound) -> list[int]:
    """Of exchanges of which nothing stands any more, the latest first."""
    return list(rows_off(round_).order_by("-exchange").values_list("exchange", flat=True).distinct())


def called_off(round_: SwapRound, rows: QuerySet[Handover], *, most: int) -> list[CalledOff]:
    """The exchanges of the rows, the latest first."""
    numbers = list(rows.order_by("-exchange").values_list("exchange", flat=True).distinct()[:most])
    missed = RoundEntry.objects.filter(round=round_, state=RoundEntry.State.MISSED, is_from_table=False)
    names = dict(missed.values_list("listing", "listing__owner__name"))
    missing: dict[int, dict[str, None]] = defaultdict(dict)  # names in order, each once
    no_shows: dict[int, tuple[int | None, str]] = {}
    off = rows_off(round_).filter(exchange__in=numbers).order_by("exchange", "position")
    for number, thing, key, absent in off.values_list("exchange", "listing", "off_with", "off_with__giver__name"):
        no_shows[number] = key, absent or ""
        if name := names.get(thing):
            missing[number][name] = None
    why = why_off(round_, numbers)
    return [
        CalledOff(number, why[number], list(missing[number]), *no_shows[number])
        for number in numbers
        if number in no_shows
    ]


def people_of(rows: QuerySet[Handover]) -> QuerySet[Resident, tuple[int, str]]:
    """Keys and names of those who give or get something."""
    giving, getting = rows.order_by().values("giver"), rows.order_by().values("receiver")
    people = Resident.objects.filter(Q(pk__in=giving) | Q(pk__in=getting))
    return people.values_list("pk", "name")


def left_over_gifts(round_: SwapRound) -> QuerySet[RoundEntry]:
    """Gifts that nobody takes: they can be left on the common table, also once the round is closed, until they go into
    a later one.
    """
    state = RoundEntry.State.OVER if round_.state == SwapRound.State.CLOSED else RoundEntry.State.IN
    entries = round_.entries.filter(state=state, listing__is_gift=True, answer=RoundEntry.Answer.YES)
    entries = entries.filter(listing__state=Listing.State.LISTED, is_from_table=False)
    return entries.exclude(went_on()).select_related("listing__owner").order_by("pk")


def to_fetch_back(round_: SwapRound) -> QuerySet[Handover]:
    """At a community point what was brought, and is still there, of exchanges that ended with the round; its owner
    fetches it.
    """
    if not (round_.is_at_point and round_.state == SwapRound.State.CLOSED):
        return Handover.objects.none()
    off = round_.handovers.filter(state=State.VOID, giver_confirmed_at__isnull=False, giver__isnull=False)
    later = round_.handovers.filter(listing=OuterRef("listing"), pk__gt=OuterRef("pk"))
    stays = off.exclude(Exists(later)).exclude(Exists(standing(round_).filter(listing=OuterRef("listing"))))
    return stays.exclude(listing__state=Listing.State.ON_TABLE).select_related("listing", "giver").order_by("pk")


def went_on() -> Exists:
    """Of an entry: its thing is or was in a later round."""
    later = RoundEntry.objects.filter(listing=OuterRef("listing"), round__opened_at__gt=OuterRef("round__opened_at"))
    return Exists(later)


def listed_handovers(round_: SwapRound) -> list[Handover]:
    """All that stand, in the order of the tables, then of the exchanges."""
    rows = list(standing(round_).select_related("listing", "giver", "receiver").order_by("exchange", "position"))
    return sorted(rows, key=lambda row: row.table)
