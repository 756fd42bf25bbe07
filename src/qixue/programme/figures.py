"""Figures about what was planned and held, counted from the records each time; documents add what they state."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.clock import local_day
from qixue.core.digests import digest
from qixue.core.figures import (
    EvidenceRow,
    FigureDefinition,
    FigureValue,
    Period,
    Scope,
    Theme,
    combined,
    registry,
    rows_once,
    shared,
)
from qixue.core.language import chooser, is_chinese
from qixue.core.quantity import ACTIVITY, AWARD, INSTALMENT, PERSON, PIECE, SESSION, Quantity, Unit
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Activity, Award, Brand, Instalment, Involvement, Programme, ReportedCount
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.queries import has_dated_sessions, held_sessions_in, planned_sessions_in

DIMENSIONS = ("brand", "series", "organisation", "region", "kind")
OF_RECORDS = (Subject.RECORDS,)
Measure = ReportedCount.Measure
ONE_SESSION = Quantity(1, SESSION)
SOURCE_DOCUMENT = _("Source document")
SESSION_RECORD = _("Session record")


def reported_in(scope: Scope, measure: str) -> list[ReportedCount]:
    """Numbers that documents state for exactly this part of the programme or for parts of it."""
    if scope.organisation is not None or scope.region is not None:
        return []  # documents state these numbers for the programme, without places or organisations
    return [count for count in reported_counts(scope.programme) if count.measure == measure and is_about(count, scope)]


@shared
def reported_counts(programme_code: str) -> list[ReportedCount]:
    counts = ReportedCount.objects.filter(programme__code=programme_code)
    return list(counts.select_related("brand", "series", "activity").order_by("code", "pk"))


def is_about(count: ReportedCount, scope: Scope) -> bool:
    """Whether the number speaks of the scope's brand, series and kind, as far as the scope names them."""
    return (
        (scope.brand is None or (count.brand is not None and count.brand.code == scope.brand))
        and (scope.series is None or (count.series is not None and count.series.code == scope.series))
        and (scope.kind is None or (count.activity is not None and count.activity.kind == scope.kind))
    )


def reported_row(count: ReportedCount) -> EvidenceRow:
    subject = count.activity or count.series or count.brand
    return EvidenceRow(
        id=f"reported_count:{count.code}",
        title=str(subject or count.programme),
        quantity=count.quantity,
        occurred_on=count.period_from,
        source=str(SOURCE_DOCUMENT),
        quote=count.quote,
        digest=digest([count.code, count.value, count.qualifier, count.unit, count.quote]),
    )


# Read as plain values: a year has tens of thousands of sessions, and whole objects would cost twice as much.
SESSION_FIELDS = (
    "pk",
    "activity__code",
    "number",
    "state",
    "starts_at",
    "activity__title",
    "activity__title_en",
    "venue__name",
    "venue__name_en",
    "activity__organisation__name",
    "activity__organisation__name_en",
)


def session_row(session: dict[str, Any], source: str, chosen: Callable[[str, str], str]) -> EvidenceRow:
    """`source` says in the viewer's language that this is the record of a session; `chosen` picks the texts."""
    day = local_day(session["starts_at"]).isoformat() if session["starts_at"] else ""
    return EvidenceRow(
        id=f"session:{session['activity__code']}/{session['number']}",
        title=chosen(session["activity__title"], session["activity__title_en"]),
        quantity=ONE_SESSION,
        occurred_on=day,
        place=chosen(session["venue__name"] or "", session["venue__name_en"] or ""),
        source=source,
        digest=digest([session["activity__code"], session["number"], session["state"], day]),
        session_id=session["pk"],
        organisation=chosen(session["activity__organisation__name"], session["activity__organisation__name_en"]),
    )


def rows_of_sessions(sessions: SessionQuerySet) -> list[EvidenceRow]:
    """A row for each, by their starts, read once for all figures of a summary."""
    ordered = sessions.order_by("starts_at", "pk")

    def read() -> dict[int, EvidenceRow]:
        source, chosen = str(SESSION_RECORD), chooser()
        return {session["pk"]: session_row(session, source, chosen) for session in ordered.values(*SESSION_FIELDS)}

    return rows_once(rows_read(is_chinese()), lambda: list(ordered.values_list("pk", flat=True)), read)


@shared
def rows_read(_is_chinese: bool) -> dict[int, EvidenceRow]:
    """By session, in one language."""
    return {}


def session_rows(scope: Scope) -> list[EvidenceRow]:
    return rows_of_sessions(held_sessions_in(scope))


def value_with_reports(scope: Scope, counted: int, unit: Unit, measure: str) -> FigureValue:
    """What the records give, plus what documents state about things that have no records of their own."""
    reports = reported_in(scope, measure)
    parts = [(f"reported_count:{count.code}", count.quantity) for count in reports]
    if counted or (not reports and has_dated_sessions(scope)):
        parts.append(("records", Quantity(counted, unit)))
    quantity, left_out = combined(parts, unit)
    return FigureValue(
        quantity=quantity,
        period=period_of(reports),
        is_reported=bool(reports),
        quotes=tuple(count.quote for count in reports),
        left_out=left_out,
    )


def period_of(reports: Sequence[ReportedCount]) -> Period:
    """The period that all the documents' numbers share; none when they differ."""
    periods = {Period(count.period_from, count.period_to, count.period_quote) for count in reports}
    return periods.pop() if len(periods) == 1 else Period()


def counted_or_missing(scope: Scope, counted: int, unit: Unit) -> FigureValue:
    """A plain count; missing, not zero, where no dated session was ever recorded."""
    has_records = counted or has_dated_sessions(scope)
    return FigureValue(Quantity(counted, unit) if has_records else None)


def define(
    code: str,
    name: object,
    unit: Unit,
    rule: object,
    value: Callable[[Scope], FigureValue],
    evidence: Callable[[Scope], Sequence[EvidenceRow]],
    **more: Any,
) -> None:
    """Register a figure that is counted from the records each time, so that value and recount are one.

    `more` are further fields of the definition, such as its theme.
    """
    shape = {"stands_on": OF_RECORDS, **more}
    registry.register(FigureDefinition(code, name, unit, rule, DIMENSIONS, value, value, evidence, **shape))


def held_activities(scope: Scope) -> QuerySet[Activity]:
    return Activity.objects.filter(pk__in=held_sessions_in(scope).values("activity"))


def held_instalments(scope: Scope) -> QuerySet[Instalment]:
    return Instalment.objects.filter(pk__in=held_sessions_in(scope).values("instalment"))


def covered_regions(scope: Scope, level: str) -> set[str]:
    """Codes of the divisions of a level in which a session was held."""
    held = held_sessions_in(scope).order_by()
    paths = set(held.values_list("venue__region__path", flat=True).distinct())
    paths |= set(held.filter(venue__region=None).values_list("activity__region__path", flat=True).distinct())
    codes = {code for path in paths if path for code in path.split("/")}
    administrative = Region.objects.filter(level=level, code__in=codes).exclude(unit_type=Region.UnitType.SPECIAL)
    return set(administrative.values_list("code", flat=True))


def involved_organisations(scope: Scope) -> QuerySet[Organisation]:
    activities = held_activities(scope)
    by_role = Involvement.objects.filter(activity__in=activities)
    return Organisation.objects.filter(
        Q(pk__in=by_role.values("organisation")) | Q(pk__in=activities.values("organisation"))
    )


def active_brands(scope: Scope) -> QuerySet[Brand]:
    return Brand.objects.filter(pk__in=held_activities(scope).values("brand"))


def awards_in(scope: Scope) -> QuerySet[Award]:
    awards = Award.objects.filter(programme__code=scope.programme)
    return awards.filter(brand__code=scope.brand) if scope.brand else awards


def award_count(scope: Scope) -> FigureValue:
    count = awards_in(scope).count()
    return FigureValue(Quantity(count, AWARD) if count else None)


def award_rows(scope: Scope) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            id=f"award:{award.code}",
            title=award.title,
            quantity=Quantity(1, AWARD),
            occurred_on=award.awarded_on,
            source=str(SOURCE_DOCUMENT),
            quote=award.recipient,
            digest=digest([award.code, award.title, award.awarded_on]),
        )
        for award in awards_in(scope).order_by("awarded_on", "pk")
    ]


def reported_rows(scope: Scope, measure: str) -> list[EvidenceRow]:
    return [reported_row(count) for count in reported_in(scope, measure)]


def planned_rows(scope: Scope) -> list[EvidenceRow]:
    return rows_of_sessions(planned_sessions_in(scope))


def not_yet_held(scope: Scope) -> FigureValue:
    """Missing once the programme is closed: nothing is to come, and a zero would say that all of it was held."""
    if Programme.objects.filter(code=scope.programme, state=Programme.State.CLOSED).exists():
        return FigureValue(None)
    return counted_or_missing(scope, planned_sessions_in(scope).count(), SESSION)


def beneficiaries(scope: Scope) -> FigureValue:
    reports = reported_in(scope, Measure.BENEFICIARIES)
    parts = [(f"reported_count:{count.code}", count.quantity) for count in reports]
    quantity, left_out = combined(parts, PERSON)
    return FigureValue(quantity, period_of(reports), True, tuple(count.quote for count in reports), (), left_out)


define(
    "activities_total",
    _("Activities"),
    ACTIVITY,
    _("Distinct activities with at least one session that was held; by activity."),
    lambda scope: counted_or_missing(scope, held_activities(scope).count(), ACTIVITY),
    session_rows,
)
define(
    "sessions_total",
    _("Sessions held"),
    SESSION,
    _(
        "Sessions that were held; one session is one gathering at one place with one start and one end. A session"
        " counts once, on the day it starts, however many organisations take part. Numbers that a document states"
        " are added."
    ),
    lambda scope: value_with_reports(scope, held_sessions_in(scope).count(), SESSION, Measure.SESSIONS),
    lambda scope: [*reported_rows(scope, Measure.SESSIONS), *session_rows(scope)],
)
define(
    "sessions_planned",
    _("Sessions not yet held"),
    SESSION,
    _(
        "Sessions of published activities that are neither held nor called off nor postponed, until they are reported"
        " or the programme is closed."
    ),
    not_yet_held,
    planned_rows,
)
define(
    "instalments_total",
    _("Instalments"),
    INSTALMENT,
    _("Numbered issues of a series with at least one session that was held; by series and number."),
    lambda scope: value_with_reports(scope, held_instalments(scope).count(), INSTALMENT, Measure.INSTALMENTS),
    lambda scope: [*reported_rows(scope, Measure.INSTALMENTS), *session_rows(scope)],
)
define(
    "beneficiaries",
    _("People taking part or benefiting"),
    PERSON,
    _("People as a document states them; never added to attendances, and several such numbers never add up."),
    beneficiaries,
    lambda scope: reported_rows(scope, Measure.BENEFICIARIES),
    theme=Theme.PEOPLE,
)
define(
    "counties_covered",
    _("Counties with a session"),
    PIECE,
    _("County-level divisions with at least one session that was held; by official code."),
    lambda scope: counted_or_missing(scope, len(covered_regions(scope, Region.Level.COUNTY)), PIECE),
    session_rows,
    theme=Theme.REACH,
)
define(
    "townships_covered",
    _("Towns and subdistricts with a session"),
    PIECE,
    _("Township-level divisions with at least one session that was held; by official code."),
    lambda scope: counted_or_missing(scope, len(covered_regions(scope, Region.Level.TOWNSHIP)), PIECE),
    session_rows,
    theme=Theme.REACH,
)
define(
    "organisations_involved",
    _("Organisations taking part"),
    PIECE,
    _("Distinct organisations that keep the records of, or have a role in, an activity with a session that was held."),
    lambda scope: counted_or_missing(scope, involved_organisations(scope).count(), PIECE),
    session_rows,
    theme=Theme.REACH,
)
define(
    "brands_active",
    _("Brands with a session"),
    PIECE,
    _("Brands with at least one session that was held in the programme."),
    lambda scope: counted_or_missing(scope, active_brands(scope).count(), PIECE),
    session_rows,
)
registry.register(
    FigureDefinition(
        code="awards",
        name=_("Awards"),
        unit=AWARD,
        rule=_("Awards to the programme's brands and organisations; by award and recipient."),
        dimensions=("brand",),
        value=award_count,
        recount=award_count,
        evidence=award_rows,
        stands_on=OF_RECORDS,
    )
)
