"""The entries of the ledger behind a figure: one by one, session by session, and folded to what a seal says of each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from qixue.core.clock import local_day
from qixue.core.figures import EvidenceRow, LedgerLengths, Scope, SessionRecords, rows_once, shared
from qixue.core.language import chooser, is_chinese
from qixue.core.quantity import ATTENDANCE, PERSON, Qualifier, Quantity, Unit
from qixue.participation.evidence_ids import entry_id, place_in, session_id
from qixue.participation.evidence_rows import evidence_rows
from qixue.participation.models import LedgerEntry, LedgerEntryQuerySet, Tally
from qixue.participation.queries import scope_condition
from qixue.participation.queries.session_roots import NO_ROOTS, Line, Roots, counting_at, lines_of, roots_of
from qixue.programme.models import Session

# Read as plain values: a year has tens of thousands of sessions, and whole objects would cost five times as much.
COLUMNS = (
    "session_id",
    "named_count",
    "unnamed_count",
    "head_count",
    "attendance_count",
    "attendance_qualifier",
    "is_merged",
    "entries_root",
    "names_root",
    "session__activity__code",
    "session__number",
    "session__starts_at",
    "session__activity__title",
    "session__activity__title_en",
    "session__activity__organisation__name",
    "session__activity__organisation__name_en",
    "session__venue__name",
    "session__venue__name_en",
)


class OfSession(NamedTuple):
    """What a session brings to a figure of all its entries, and to one of those by name; None where nobody gave one."""

    entries: EvidenceRow
    names: EvidenceRow | None


def evidence(scope: Scope) -> list[EvidenceRow]:
    """Every entry in the scope that counts today. Names of people are not part of the ledger."""
    return evidence_rows(entries_in(scope))


def named_evidence(scope: Scope) -> list[EvidenceRow]:
    return evidence_rows(entries_in(scope).people())


def entries_in(scope: Scope) -> LedgerEntryQuerySet:
    return LedgerEntry.objects.effective().filter(scope_condition(scope))


def evidence_by_session(scope: Scope) -> list[EvidenceRow]:
    """What documents state, then each session with its attendance by its own counting rule."""
    return [*evidence_of_documents(scope), *(session.entries for session in counted_sessions(scope))]


def names_by_session(scope: Scope) -> list[EvidenceRow]:
    """How many distinct people each session had by name. The same people come to several: these do not add up."""
    return [session.names for session in counted_sessions(scope) if session.names]


def folded_entries(scope: Scope) -> list[EvidenceRow]:
    return [*evidence_of_documents(scope), *(session.entries for session in folded_sessions(scope))]


def folded_names(scope: Scope) -> list[EvidenceRow]:
    return [session.names for session in folded_sessions(scope) if session.names]


def evidence_of_documents(scope: Scope) -> list[EvidenceRow]:
    return evidence_rows(entries_in(scope).filter(session=None))


def tallies_in(scope: Scope) -> QuerySet[Tally]:
    """Of sessions, by their starts."""
    return by_start(Tally.objects.filter(scope_condition(scope), session__isnull=False))


def by_start(tallies: QuerySet[Tally]) -> QuerySet[Tally]:
    return tallies.order_by("session__starts_at", "session_id")


def counted_sessions(scope: Scope) -> list[OfSession]:
    """Each session that was counted, without a digest."""
    return rows_of(tallies_in(scope))


def rows_of(tallies: QuerySet[Tally]) -> list[OfSession]:
    """The same of these tallies, in their order."""
    chosen = chooser()
    return [of_session(row, NO_ROOTS, chosen) for row in tallies.values(*COLUMNS)]


def folded_sessions(scope: Scope) -> list[OfSession]:
    """The same with the roots over their entries, read once for all figures of a summary."""
    keys = tallies_in(scope).values_list("session_id", flat=True)
    return rows_once(sessions_read(is_chinese()), lambda: [key for key in keys if key], lambda: read_folded(scope))


def read_folded(scope: Scope) -> dict[int, OfSession]:
    """By session. The roots of a tally that is not merged as it stands are worked out on the spot."""
    rows = list(tallies_in(scope).values(*COLUMNS))
    waiting = [row["session_id"] for row in rows if not (row["is_merged"] and row["entries_root"])]
    roots = {row["session_id"]: Roots(row["entries_root"], row["names_root"]) for row in rows} | roots_of(waiting)
    chosen = chooser()
    return {row["session_id"]: of_session(row, roots[row["session_id"]], chosen) for row in rows}


@shared
def sessions_read(_is_chinese: bool) -> dict[int, OfSession]:
    """By session, in one language."""
    return {}


def of_session(row: dict[str, Any], roots: Roots, chosen: Callable[[str, str], str]) -> OfSession:
    """`chosen` picks the texts in the viewer's language."""
    named, hedge = row["named_count"], Qualifier(row["attendance_qualifier"])
    entries = EvidenceRow(
        id=session_id(row["session__activity__code"], row["session__number"]),
        title=chosen(row["session__activity__title"], row["session__activity__title_en"]),
        quantity=Quantity(row["attendance_count"], ATTENDANCE, hedge),
        occurred_on=local_day(row["session__starts_at"]).isoformat() if row["session__starts_at"] else "",
        place=chosen(row["session__venue__name"] or "", row["session__venue__name_en"] or ""),
        digest=roots.entries,
        session_id=row["session_id"],
        organisation=chosen(
            row["session__activity__organisation__name"], row["session__activity__organisation__name_en"]
        ),
        record_count=named + row["unnamed_count"] + (row["head_count"] is not None),
    )
    names = replace(entries, quantity=Quantity(named, PERSON), digest=roots.names, record_count=named)
    return OfSession(entries, names if named else None)


def session_rows(counts: Mapping[int, int], unit: Unit) -> list[EvidenceRow]:
    """One row per session that has a count, by its start: what is known of somebody stands beside no single record."""
    sessions = [session.entries for session in rows_of(by_start(Tally.objects.filter(session__in=counts)))]
    found = [(row, counts[row.session_id or 0]) for row in sessions]
    return [replace(row, quantity=Quantity(count, unit), record_count=count) for row, count in found]


def standing_entries(programme_code: str, ids: tuple[str, ...], lengths: LedgerLengths | None) -> dict[str, list[Line]]:
    """By id of a folded row the entries of its session that counted when the ledgers were so long, or count today."""
    sessions = sessions_named(programme_code, ids)
    lines = lines_of(sessions.values())
    until = None if lengths is None else dict(lengths)
    return {key: counting_at(lines.get(session, []), until) for key, session in sessions.items()}


def sessions_named(programme_code: str, ids: Iterable[str]) -> dict[str, int]:
    """Keys of the sessions by ids of their rows; those that are no longer there have none."""
    places = {key: place_in(key) for key in ids}
    activities = {activity for activity, _number in places.values()}
    sessions = Session.objects.filter(activity__programme__code=programme_code, activity__code__in=activities)
    known = {(code, str(number)): pk for pk, code, number in sessions.values_list("pk", "activity__code", "number")}
    found = {key: known.get(place) for key, place in places.items()}
    return {key: session for key, session in found.items() if session}


def ids_of(lines: Iterable[Line]) -> list[str]:
    return [entry_id(line.organisation, line.sequence) for line in sorted(lines, key=attrgetter("pk"))]


@shared
def all_standing(programme_code: str, ids: tuple[str, ...], lengths: LedgerLengths | None) -> dict[str, list[str]]:
    return {key: ids_of(lines) for key, lines in standing_entries(programme_code, ids, lengths).items()}


@shared
def names_standing(programme_code: str, ids: tuple[str, ...], lengths: LedgerLengths | None) -> dict[str, list[str]]:
    found = standing_entries(programme_code, ids, lengths)
    return {key: ids_of(line for line in lines if line.is_by_name) for key, lines in found.items()}


ENTRIES = SessionRecords(
    folded=folded_entries,
    of_session=lambda scope, session: evidence_rows(entries_in(scope).filter(session=session)),
    standing=all_standing,
)
ENTRIES_BY_NAME = SessionRecords(
    folded=folded_names,
    of_session=lambda scope, session: evidence_rows(entries_in(scope).people().filter(session=session)),
    standing=names_standing,
)
