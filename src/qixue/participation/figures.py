"""Figures about people taking part, from the ledger. Attendances add up; people are counted on the union."""

from decimal import Decimal

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.clock import local_day
from qixue.core.figures import (
    EvidenceRow,
    FigureDefinition,
    FigureValue,
    Period,
    Scope,
    Theme,
    registry,
    shared,
)
from qixue.core.quantity import (
    ATTENDANCE,
    PER_THOUSAND,
    PERCENT,
    PERSON,
    RATIO,
    Qualifier,
    Quantity,
    combined_qualifier,
    hedge_of_rate,
    rounded,
    share_of,
)
from qixue.participation.counted_people import ALL_WHO_CAME, BY_NAME
from qixue.participation.models import LedgerEntry, Registration, Tally
from qixue.participation.queries import recounted_tallies_in, scope_condition
from qixue.participation.queries.cells import Counts, counts_in, counts_of_rows, people_in, whole_of
from qixue.participation.queries.placed import tallies_of
from qixue.participation.residents import population, population_note
from qixue.participation.session_evidence import (
    ENTRIES,
    ENTRIES_BY_NAME,
    evidence,
    evidence_by_session,
    named_evidence,
    names_by_session,
)
from qixue.programme.figures import DIMENSIONS
from qixue.programme.models import Activity, Session
from qixue.programme.queries import has_dated_sessions, sessions_in

BY_SESSION = _("Counted by session. How many were trained, once for each class, is a number of its own.")


def attendance(scope: Scope, counts: Counts) -> FigureValue:
    """The sum of tallies, with the wording and period of the documents that state some of them."""
    quantity = sum_of(counts)
    if quantity is None and has_dated_sessions(scope):
        quantity = Quantity(0, ATTENDANCE)
    reported = document_entries(scope)
    periods = {Period(entry.period_from, entry.period_to, entry.period_quote) for entry in reported}
    return FigureValue(
        quantity=quantity,
        period=periods.pop() if len(periods) == 1 else Period(),
        is_reported=bool(reported),
        quotes=tuple(entry.evidence.text for entry in reported if entry.evidence),
        left_out=contradictory_tallies(scope) if leaves_out(counts) else (),
        notes=(BY_SESSION,) if scope.kind == Activity.Kind.TRAINING else (),
    )


def sum_of(counts: Counts) -> Quantity | None:
    """One tally stands as it is; of several, those that contradict themselves stay out."""
    sound: Counts = {hedge: count for hedge, count in counts.items() if hedge is not Qualifier.CONTRADICTORY}
    taken = sound if leaves_out(counts) else counts
    if not taken:
        return None
    whole = whole_of(taken)
    hedge = combined_qualifier(taken) if whole.tallies > 1 else next(iter(taken))
    return Quantity(whole.attendance, ATTENDANCE, hedge, is_sum=whole.tallies > 1)


def leaves_out(counts: Counts) -> bool:
    return Qualifier.CONTRADICTORY in counts and whole_of(counts).tallies > 1


def contradictory_tallies(scope: Scope) -> tuple[str, ...]:
    rows = Tally.objects.filter(scope_condition(scope), attendance_qualifier=Qualifier.CONTRADICTORY)
    keys = rows.order_by("activity_id", "session_id").values_list("activity_id", "session_id")
    return tuple(f"tally:{activity}/{session or ''}" for activity, session in keys)


@shared
def attendance_in(scope: Scope) -> FigureValue:
    """From the rollups; rates and shares start from it too."""
    return attendance(scope, counts_in(scope))


def document_entries(scope: Scope) -> list[LedgerEntry]:
    if not has_document_entries(scope.programme):
        return []
    entries = LedgerEntry.objects.effective().filter(scope_condition(scope), session=None)
    return list(entries.select_related("evidence").order_by("organisation_id", "sequence"))


@shared
def has_document_entries(programme_code: str) -> bool:
    """Most weeks have none, so that one question spares one for each of their figures."""
    return LedgerEntry.objects.filter(activity__programme__code=programme_code, session=None).exists()


def participants(count: int) -> FigureValue:
    """Distinct people. Missing where nobody was named, however many were counted."""
    note = _("People who came without giving a name cannot be in this number.")
    return FigureValue(Quantity(count, PERSON) if count else None, notes=(note,))


def recounted_people(scope: Scope) -> int:
    people = LedgerEntry.objects.effective().people().filter(scope_condition(scope))
    return people.order_by().values("person_token").distinct().count()


def signed_up(scope: Scope) -> int:
    return accepted_registrations(scope).count()


def recounted_counts(scope: Scope) -> Counts:
    return counts_of_rows(recounted_tallies_in(scope))


def named_share(counts: Counts) -> FigureValue:
    """Per cent of attendances that carry a name."""
    total = sum_of(counts)
    if total is None or not total.value:
        return FigureValue(None)
    named = whole_of(counts).named
    return FigureValue(share_of(named, int(total.value), hedge_of_rate(total)))


def registrations(scope: Scope) -> FigureValue:
    accepted = signed_up(scope)
    return FigureValue(Quantity(accepted, ATTENDANCE) if accepted else None)


def accepted_registrations(scope: Scope) -> QuerySet[Registration]:
    return Registration.objects.filter(session__in=sessions_in(scope), state=Registration.State.CONFIRMED)


def registration_rows(accepted: QuerySet[Registration]) -> list[EvidenceRow]:
    """One row per session: who registered is nobody else's business."""
    per_session = accepted.order_by().values("session_id").annotate(count=Count("pk"))
    counts = {row["session_id"]: row["count"] for row in per_session}
    sessions = Session.objects.filter(pk__in=counts).select_related("activity__organisation", "venue")
    return [
        EvidenceRow(
            id=f"registrations:{session.activity.code}/{session.number}",
            title=session.activity.local_title,
            quantity=Quantity(counts[session.pk], ATTENDANCE),
            occurred_on=local_day(session.starts_at).isoformat() if session.starts_at else "",
            place=session.venue.local_name if session.venue else "",
            source=str(_("Registrations")),
            session_id=session.pk,
            organisation=session.activity.organisation.local_name,
        )
        for session in sessions.order_by("starts_at", "pk")
    ]


def per_thousand(scope: Scope) -> FigureValue:
    total = attendance_in(scope).quantity
    residents = population(scope, "resident_population")
    if total is None or residents is None:
        return FigureValue(None)
    return FigureValue(
        Quantity(rounded(1000 * Decimal(total.value) / residents.value, 2), PER_THOUSAND, hedge_of_rate(total)),
        notes=(population_note(residents),),
    )


@shared
def town_and_country(scope: Scope) -> tuple[int, int]:
    """人次 at places that are town, and at those that are country."""
    tallies = tallies_of(scope.programme).within(scope)
    sessions, came = tallies.sessions, tallies.attendance
    return int((came * sessions.is_town[tallies.at]).sum()), int((came * sessions.is_country[tallies.at]).sum())


def urban_rural_ratio(scope: Scope) -> FigureValue:
    """Attendance per resident in town over that in the country; only where both populations are published."""
    urban_residents = population(scope, "urban_resident_population")
    rural_residents = population(scope, "rural_resident_population")
    if urban_residents is None or rural_residents is None:
        return FigureValue(None)
    in_town, in_country = town_and_country(scope)
    urban, rural = in_town / urban_residents.value, in_country / rural_residents.value
    note = _("Places are classed by their kind: subdistricts and county seats as town, the others as country.")
    notes = (note, population_note(urban_residents), population_note(rural_residents))
    total = attendance_in(scope).quantity
    if not (urban and rural and total):
        return FigureValue(None, notes=notes)
    return FigureValue(Quantity(rounded(urban / rural, 2), RATIO, hedge_of_rate(total)), notes=notes)


registry.register(
    FigureDefinition(
        code="attendance",
        name=_("Attendances"),
        unit=ATTENDANCE,
        rule=_(
            "One person at one session is one. Each session declares how it counts: names on a list, a head count"
            " of everybody, or names plus a head count of the others; a list and a head count never double. Staff,"
            " speakers and volunteers on duty are not counted. Numbers that a document states keep their hedge."
        ),
        dimensions=DIMENSIONS,
        value=attendance_in,
        recount=lambda scope: attendance(scope, recounted_counts(scope)),
        evidence=evidence,
        by_session=evidence_by_session,
        session_records=ENTRIES,
        stands_on=WHO_CAME,
        theme=Theme.PEOPLE,
        people=ALL_WHO_CAME,
    )
)
registry.register(
    FigureDefinition(
        code="participants",
        name=_("People taking part"),
        unit=PERSON,
        rule=_("Distinct people with at least one attendance by name. People never add up: a union is counted anew."),
        dimensions=DIMENSIONS,
        value=lambda scope: participants(len(people_in(scope))),
        recount=lambda scope: participants(recounted_people(scope)),
        evidence=named_evidence,
        by_session=names_by_session,
        session_records=ENTRIES_BY_NAME,
        stands_on=WHO_CAME,
        theme=Theme.PEOPLE,
        people=BY_NAME,
    )
)
registry.register(
    FigureDefinition(
        code="named_share",
        name=_("Share of attendances by name"),
        unit=PERCENT,
        rule=_("Attendances by name divided by all attendances."),
        dimensions=DIMENSIONS,
        value=lambda scope: named_share(counts_in(scope)),
        recount=lambda scope: named_share(recounted_counts(scope)),
        evidence=evidence,
        by_session=evidence_by_session,
        session_records=ENTRIES,
        stands_on=WHO_CAME,
        theme=Theme.PEOPLE,
        people=BY_NAME,
    )
)
registry.register(
    FigureDefinition(
        code="registrations",
        name=_("Registrations"),
        unit=ATTENDANCE,
        rule=_("Accepted registrations; the waiting list is not among them."),
        dimensions=DIMENSIONS,
        value=registrations,
        recount=registrations,
        evidence=lambda scope: registration_rows(accepted_registrations(scope)),
        stands_on=(Subject.RECORDS, Subject.SIGN_UPS),
        theme=Theme.PEOPLE,
    )
)
registry.register(
    FigureDefinition(
        code="attendance_per_1000",
        name=_("Attendances per 1,000 residents"),
        unit=PER_THOUSAND,
        rule=_("Attendances per 1,000 people of the resident population of the same area; its source is named."),
        dimensions=("brand", "series", "region", "kind"),  # an organisation has no residents
        value=per_thousand,
        recount=per_thousand,
        evidence=evidence,
        by_session=evidence_by_session,
        session_records=ENTRIES,
        stands_on=WHO_CAME,
        theme=Theme.PEOPLE,
        people=ALL_WHO_CAME,
    )
)
registry.register(
    FigureDefinition(
        code="urban_rural_ratio",
        name=_("Town to country"),
        unit=RATIO,
        rule=_(
            "Attendances per resident in town divided by attendances per resident in the country. A session is in town"
            " where its place is a subdistrict or the seat of a county, and in the country at any other town or"
            " township; one without a place is in neither. Residents by the urban and rural population of the census."
        ),
        dimensions=("brand", "series", "kind"),
        value=urban_rural_ratio,
        recount=urban_rural_ratio,
        evidence=evidence,
        by_session=evidence_by_session,
        session_records=ENTRIES,
        stands_on=WHO_CAME,
        theme=Theme.REACH,
        people=ALL_WHO_CAME,
        fewest=lambda scope: min(town_and_country(scope)),
    )
)
