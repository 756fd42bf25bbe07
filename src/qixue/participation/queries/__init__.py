import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, F, Q

from qixue.core.figures import Scope
from qixue.core.quantity import ATTENDANCE, ContradictoryQuantity, Qualifier, Quantity
from qixue.participation.chain import entry_hash
from qixue.participation.counting import attendance_of, sum_of_reports
from qixue.participation.listed_session import COLUMNS, ListedSession
from qixue.participation.models import (
    LedgerChain,
    LedgerEntry,
    LedgerEntryQuerySet,
)
from qixue.participation.queries.lotteries import is_by_lot_now
from qixue.participation.queries.queue import seats_left_there
from qixue.people.models import Organisation
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.queries import activity_condition, organisation_condition, region_condition


def ledger_entries() -> LedgerEntryQuerySet:
    """Entries with everything their content names."""
    return LedgerEntry.objects.select_related(
        "organisation", "activity__programme", "session", "evidence", "target"
    ).order_by("organisation_id", "sequence")


def entries_of_session(session: Session) -> LedgerEntryQuerySet:
    """The session's whole history, replaced entries included, oldest first."""
    return ledger_entries().filter(session=session).select_related("successor").order_by("sequence", "pk")


def effective_head_count(session: Session) -> LedgerEntry | None:
    """The head count that stands today, if one was entered."""
    return LedgerEntry.objects.effective().head_counts().filter(session=session).first()


def with_head_count(sessions: Iterable[Session]) -> set[int]:
    """The keys of those for which a head count stands today."""
    counts = LedgerEntry.objects.effective().head_counts().filter(session__in=list(sessions))
    return {pk for pk in counts.values_list("session_id", flat=True).order_by() if pk}


def scope_condition(scope: Scope) -> Q:
    """Ledger entries or tallies in a scope: entries that name no session belong where their activity does."""
    condition = activity_condition(scope, "activity__")
    if scope.region is None:
        return condition
    with_session = Q(session__isnull=False) & region_condition(scope.region, "session__")
    without_session = Q(session=None, activity__region__path__contains=f"{scope.region}/")
    return condition & (with_session | without_session)


@dataclass(frozen=True)
class TallyRow:
    """A tally as plain values, comparable with its recount."""

    activity_id: int
    session_id: int | None
    named: int
    attendance: Quantity


def recounted_tallies_in(scope: Scope) -> list[TallyRow]:
    """The tallies counted from the ledger entries themselves, without looking at the rows that are kept."""
    entries = LedgerEntry.objects.effective().filter(scope_condition(scope))
    names = entries.people().values("activity_id", "session_id", "session__counting_rule").order_by()
    named: dict[tuple[int, int | None], tuple[str, int]] = {
        (row["activity_id"], row["session_id"]): (row["session__counting_rule"], row["people"])
        for row in names.annotate(people=Count("person_token", distinct=True))
    }
    return tally_rows(named, entries.without_names())


@dataclass
class WithoutNames:
    """What was counted without names at one session, or of an activity without sessions."""

    rule: str
    heads: list[Quantity] = field(default_factory=list)
    one_by_one: int = 0


def tally_rows(named: dict[tuple[int, int | None], tuple[str, int]], others: LedgerEntryQuerySet) -> list[TallyRow]:
    """From the counting rule and the people by name of each session, and the standing entries without names."""
    without: dict[tuple[int, int | None], WithoutNames] = {}
    for entry in others.select_related("session").order_by("pk"):
        rule = entry.session.counting_rule if entry.session else ""
        part = without.setdefault((entry.activity_id, entry.session_id), WithoutNames(rule))
        if entry.kind == LedgerEntry.Kind.ATTENDANCE:
            part.one_by_one += 1
        else:
            part.heads.append(entry.quantity)
    rows = []
    for key in sorted(named.keys() | without.keys(), key=lambda pair: (pair[0], pair[1] is not None, pair[1] or 0)):
        rule, people = named.get(key) or (without[key].rule, 0)
        part = without.get(key) or WithoutNames(rule)
        if attendance := recounted_attendance(rule, people + part.one_by_one, part.heads):
            rows.append(TallyRow(*key, people, attendance))
    return rows


def recounted_attendance(rule: str, one_by_one: int, reports: list[Quantity]) -> Quantity | None:
    if rule:
        return attendance_of(rule, one_by_one, reports[0] if reports else None)
    try:
        return sum_of_reports(reports)
    except ContradictoryQuantity:
        return Quantity(0, ATTENDANCE, Qualifier.CONTRADICTORY)


@dataclass(frozen=True)
class ChainFault:
    """Where a chain does not hold: the organisation's code, the sequence number and a stable word for what is wrong."""

    organisation: str
    sequence: int
    what: str  # gap | previous_hash | content | head | attendance | evidence


def chain_faults() -> Iterator[ChainFault]:
    """Walk every chain from its start and name each entry that does not follow from the one before it."""
    for chain in LedgerChain.objects.select_related("organisation").order_by("organisation__code"):
        previous, expected = "", 1
        for entry in ledger_entries().filter(organisation=chain.organisation).iterator(chunk_size=2000):
            if entry.sequence != expected:
                yield ChainFault(chain.organisation.code, expected, "gap")
            if entry.previous_hash != previous:
                yield ChainFault(chain.organisation.code, entry.sequence, "previous_hash")
            if entry.hash != entry_hash(entry):
                yield ChainFault(chain.organisation.code, entry.sequence, "content")
            previous, expected = entry.hash, entry.sequence + 1
        if (chain.length, chain.head_hash) != (expected - 1, previous):
            yield ChainFault(chain.organisation.code, expected - 1, "head")


def public_sessions(programme: Programme) -> SessionQuerySet:
    """The programme's public sessions with all that a list shows, by start, those without a date last."""
    return listed(Session.objects.public().filter(activity__programme=programme))


def listed(sessions: SessionQuerySet) -> SessionQuerySet:
    """Sessions with all that a list shows, by start, those without a date last.

    `is_by_lot` says that whoever signs up now enters a draw, as `lotteries.is_before_draw` says of one session;
    `seats_left` is as `queue.seats_left`.
    """
    related = (
        "activity__brand",
        "activity__organisation",
        "activity__programme",
        "activity__region",
        "venue__region__parent",
        "instalment",
    )
    rows = sessions.select_related(*related).annotate(is_by_lot=is_by_lot_now(), seats_left=seats_left_there())
    return rows.order_by(F("starts_at").asc(nulls_last=True), "pk")


def as_listed(sessions: SessionQuerySet) -> list[ListedSession]:
    """Those of `listed`, without the objects that they and all around them would be."""
    return [ListedSession(*row) for row in sessions.values_list(*COLUMNS)]


def coming_or_last(sessions: SessionQuerySet, at: datetime.datetime, limit: int) -> tuple[list[ListedSession], bool]:
    """The next sessions and True; where none is to come, the last ones, latest first, and False."""
    coming = as_listed(sessions.filter(Q(ends_at__gte=at) | Q(ends_at=None, starts_at__gte=at))[:limit])
    if coming:
        return coming, True
    return as_listed(sessions.order_by(F("starts_at").desc(nulls_last=True), "-pk")[:limit]), False


COUNTABLE = (Session.State.PLANNED, Session.State.HELD)  # neither called off nor put off


def sessions_awaiting_count(condition: Q, at: datetime.datetime) -> SessionQuerySet:
    """Published sessions that are over and of which nobody has been counted yet, the longest overdue first.

    A closed programme is reported: what it did not count waits for nobody any more.
    """
    over = Session.objects.filter(
        condition,
        activity__state=Activity.State.PUBLISHED,
        activity__programme__state=Programme.State.PUBLISHED,
        state__in=COUNTABLE,
        ends_at__lt=at,
        tally=None,
    )
    return over.select_related("activity__organisation", "venue").order_by("ends_at", "pk")


def late_sessions(programme: Programme, part: str, at: datetime.datetime) -> SessionQuerySet:
    """The sessions that `coverage_of` misses in the same part of the tree."""
    condition = Q(activity__programme=programme)
    if part:
        condition &= organisation_condition(part, "activity__organisation__")
    return sessions_awaiting_count(condition, at)


@dataclass(frozen=True)
class Coverage:
    """How much of what an organisation held has been counted."""

    organisation: Organisation
    over: int
    counted: int

    @property
    def missing(self) -> int:
        return self.over - self.counted


def coverage_of(programme: Programme, part: str, at: datetime.datetime) -> list[Coverage]:
    """Organisations with sessions that are over, in the part of the tree below `part` ("" for all of it)."""
    over = Q(
        activities__sessions__ends_at__lt=at,
        activities__sessions__state__in=COUNTABLE,
        activities__programme=programme,
        activities__state=Activity.State.PUBLISHED,
    )
    organisations = Organisation.objects.filter(activities__programme=programme)
    if part:
        organisations = organisations.filter(organisation_condition(part, ""))
    rows = organisations.select_related("region").annotate(
        over=Count("activities__sessions", filter=over, distinct=True),
        counted=Count("activities__sessions__tally", filter=over, distinct=True),
    )
    return [Coverage(row, row.over, row.counted) for row in rows.order_by("path") if row.over]
