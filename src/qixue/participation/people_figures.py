"""Figures about how people take part: how many come, come back, finish, and for how long they learn."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import WHO_CAME, Subject
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, Theme, registry
from qixue.core.kept import kept
from qixue.core.quantity import (
    ATTENDANCE,
    ITEM,
    LEARNING_HOUR,
    PERCENT,
    SESSION,
    Qualifier,
    Quantity,
    Unit,
    combined_qualifier,
    rounded,
    share_of,
)
from qixue.participation.counted_people import ALL_WHO_CAME, BY_NAME, CERTIFIED, COMPLETED, TRAINED, in_training
from qixue.participation.figures import accepted_registrations, registration_rows
from qixue.participation.learning_hours import learning_hours, minutes_between
from qixue.participation.models import Certificate, CertificateRule, Registration, Tally
from qixue.participation.queries import recounted_tallies_in, scope_condition
from qixue.participation.queries.cells import came_again_in, counts_in, people_in, trained_in
from qixue.participation.queries.placed import HEDGES, tallies_of
from qixue.participation.queries.presences import counted
from qixue.participation.session_evidence import (
    ENTRIES,
    ENTRIES_BY_NAME,
    by_start,
    evidence,
    evidence_by_session,
    named_evidence,
    names_by_session,
    rows_of,
)
from qixue.programme.figures import DIMENSIONS
from qixue.programme.models import Activity, Session
from qixue.programme.queries import activity_condition


def repeat_rate(again: int, people: int) -> FigureValue:
    """Missing where nobody came by name."""
    return FigureValue(share_of(again, people) if people else None)


def recounted_repeat_rate(scope: Scope) -> FigureValue:
    times = counted(scope).order_by().values("person_token").annotate(times=Count("session", distinct=True))
    return repeat_rate(times.filter(times__gte=2).count(), times.count())


def trained(count: int) -> FigureValue:
    """人次 by class and person: whoever comes ten times to one class is one."""
    return FigureValue(Quantity(count, ATTENDANCE) if count else None)


def recounted_trained(scope: Scope) -> FigureValue:
    rows = counted(in_training(scope)).order_by().values("session__activity", "person_token")
    return trained(rows.distinct().count())


def show_rate(scope: Scope, came: int, by_heads_alone: Collection[int]) -> FigureValue:
    """Over the sessions that were held and took registrations, without those at which nobody took names."""
    accepted = accepted_by_session(scope)
    total = sum(count for session, count in accepted.items() if session not in by_heads_alone)
    return FigureValue(share_of(came, total) if total else None)


@kept(Subject.RECORDS, Subject.SIGN_UPS)
def accepted_by_session(scope: Scope) -> dict[int, int]:
    """How many were accepted at each held session that took registrations, by its key."""
    rows = accepted_where_held(scope).order_by().values_list("session_id")
    return dict(rows.annotate(Count("pk")))


def accepted_where_held(scope: Scope) -> QuerySet[Registration]:
    return accepted_registrations(scope).filter(session__state=Session.State.HELD)


def with_registrations(scope: Scope) -> QuerySet:
    return accepted_where_held(scope).order_by().values("session")


def came_where_registered(scope: Scope) -> int:
    """From the tallies."""
    tallies = tallies_of(scope.programme)
    return int(tallies.named[tallies.given(accepted_by_session(scope)) > 0].sum())


def counted_by_heads_alone(scope: Scope) -> set[int]:
    """The sessions of the programme where people were counted, and nobody by name: who of the registered came is not
    known there.
    """
    tallies = tallies_of(scope.programme)
    return set(tallies.sessions.keys[tallies.at[(tallies.named == 0) & (tallies.attendance > 0)]].tolist())


def recounted_show_rate(scope: Scope) -> FigureValue:
    came = counted(scope).filter(session__in=with_registrations(scope)).count()
    unnamed = {row.session_id for row in recounted_tallies_in(scope) if row.attendance.value and not row.named}
    return show_rate(scope, came, {session for session in unnamed if session})


def show_rate_rows(scope: Scope) -> list[EvidenceRow]:
    """Of each session the registrations that were accepted and, below them, how many came; names of neither."""
    came = counted(scope).filter(session__in=with_registrations(scope)).order_by().values_list("session")
    numbers, by_name = dict(came.annotate(Count("pk"))), str(_("Came by name"))
    named = accepted_where_held(scope).exclude(session__in=counted_by_heads_alone(scope))
    rows = []
    for accepted in registration_rows(named):
        number = Quantity(numbers.get(accepted.session_id, 0), ATTENDANCE)
        key = accepted.id.replace("registrations:", "names:", 1)
        present = replace(accepted, id=key, quantity=number, source=by_name)
        rows += [replace(row, title=f"{row.title} · {row.source}") for row in (accepted, present)]
    return rows


def large_tallies(scope: Scope) -> QuerySet[Tally]:
    least = settings.QIXUE["LARGE_EVENT_PEOPLE"]
    return Tally.objects.filter(scope_condition(scope), session__isnull=False, attendance_count__gte=least)


def large_events(scope: Scope) -> FigureValue:
    attendance, least = tallies_of(scope.programme).within(scope).attendance, settings.QIXUE["LARGE_EVENT_PEOPLE"]
    return FigureValue(Quantity(int((attendance >= least).sum()), SESSION) if counts_in(scope) else None)


def recounted_large_events(scope: Scope) -> FigureValue:
    rows, least = recounted_tallies_in(scope), settings.QIXUE["LARGE_EVENT_PEOPLE"]
    large = [row for row in rows if row.session_id is not None and row.attendance.value >= least]
    return FigureValue(Quantity(len(large), SESSION) if rows else None)


def large_event_rows(scope: Scope) -> list[EvidenceRow]:
    return [session.entries for session in rows_of(by_start(large_tallies(scope)))]


def hours(scope: Scope) -> FigureValue:
    """学时 of all who were there; sessions without times, and numbers that contradict themselves, stay out."""
    tallies = tallies_of(scope.programme).within(scope)
    minutes = tallies.sessions.minutes[tallies.at]
    learnt = [(sums.attendance, hedge, length) for length, hedge, sums in tallies.sums_by(minutes)]
    is_out = (minutes == 0) | (tallies.hedges == HEDGES.index(Qualifier.CONTRADICTORY))
    out = tallies.at[is_out]
    keys = list(zip(tallies.sessions.activities[out].tolist(), tallies.sessions.keys[out].tolist(), strict=True))
    keys += [(each.activity, 0) for each in tallies.stated]
    return hours_of(learnt, tuple(f"tally:{activity}/{session or ''}" for activity, session in sorted(keys)))


def recounted_hours(scope: Scope) -> FigureValue:
    rows = recounted_tallies_in(scope)
    sessions = Session.objects.filter(pk__in=[row.session_id for row in rows if row.session_id])
    times = {pk: minutes_between(*ends) for pk, *ends in sessions.values_list("pk", "starts_at", "ends_at")}
    return hours_of(
        [(int(row.attendance.value), row.attendance.qualifier, times.get(row.session_id or 0) or 0) for row in rows]
    )


def hours_of(learnt: Iterable[tuple[int, Qualifier, int]], left_out: tuple[str, ...] = ()) -> FigureValue:
    """From 人次, their hedges and minutes of a session."""
    sound = [part for part in learnt if part[2] and part[1] is not Qualifier.CONTRADICTORY]
    if not sound:
        return FigureValue(None, left_out=left_out)
    total = int(rounded(learning_hours(sum(came * minutes for came, _hedge, minutes in sound)), 0))
    qualifier = combined_qualifier(hedge for _came, hedge, _minutes in sound)
    return FigureValue(Quantity(total, LEARNING_HOUR, qualifier, is_sum=True), left_out=left_out)


def certificates_in(scope: Scope) -> QuerySet[Certificate]:
    """Those in force. A certificate is of an activity, so that a region means the region of the activity."""
    in_force = Certificate.objects.in_force().filter(activity_condition(scope, "activity__"))
    return in_force.filter(activity__region__path__contains=f"{scope.region}/") if scope.region else in_force


def certificates(scope: Scope) -> FigureValue:
    count = certificates_in(scope).count()
    return FigureValue(Quantity(count, ITEM) if count else None)


def completions_in(scope: Scope) -> QuerySet[Certificate]:
    return certificates_in(in_training(scope)).filter(kind=CertificateRule.Kind.COMPLETION)


def completed(scope: Scope) -> FigureValue:
    count = completions_in(scope).count()
    return FigureValue(Quantity(count, ATTENDANCE) if count else None)


def certificate_rows(given: QuerySet[Certificate]) -> list[EvidenceRow]:
    """One row per activity: who has a certificate is nobody else's business."""
    counts = dict(given.order_by().values_list("activity").annotate(Count("pk")))
    activities = Activity.objects.filter(pk__in=counts).select_related("organisation").order_by("code")
    return [
        EvidenceRow(
            id=f"certificates:{activity.code}",
            title=activity.local_title,
            quantity=Quantity(counts[activity.pk], ITEM),
            source=str(_("Certificates")),
            organisation=activity.organisation.local_name,
            record_count=counts[activity.pk],
        )
        for activity in activities
    ]


def define(code: str, name: object, unit: Unit, rule: object, **more: Any) -> None:
    """`more` are further fields of the definition: its functions, and its theme where that is not people."""
    registry.register(FigureDefinition(code, name, unit, rule, DIMENSIONS, **{"theme": Theme.PEOPLE, **more}))


define(
    "large_events",
    _("Large events"),
    SESSION,
    format_lazy(_("Sessions with at least {count} attendances."), count=settings.QIXUE["LARGE_EVENT_PEOPLE"]),
    value=large_events,
    recount=recounted_large_events,
    evidence=large_event_rows,
    theme=Theme.ACTIVITY,
    stands_on=WHO_CAME,
    people=ALL_WHO_CAME,
)
define(
    "show_rate",
    _("Came by name for each registration"),
    PERCENT,
    _(
        "Attendances by name divided by accepted registrations, over the held sessions that took registrations, without"
        " those where people were counted and nobody by name. Whoever came by name without a registration is counted as"
        " well, so that it can be more than 100 %."
    ),
    value=lambda scope: show_rate(scope, came_where_registered(scope), counted_by_heads_alone(scope)),
    recount=recounted_show_rate,
    evidence=show_rate_rows,
    rule_version=2,  # the first stood on registrations alone
    stands_on=(*WHO_CAME, Subject.SIGN_UPS),
    people=BY_NAME,
    fewest=came_where_registered,
)
define(
    "repeat_rate",
    _("Came again"),
    PERCENT,
    _("People who were at two or more sessions by name, divided by all people taking part by name."),
    value=lambda scope: repeat_rate(len(came_again_in(scope)), len(people_in(scope))),
    recount=recounted_repeat_rate,
    evidence=named_evidence,
    by_session=names_by_session,
    session_records=ENTRIES_BY_NAME,
    stands_on=WHO_CAME,
    people=BY_NAME,
)
define(
    "training_attendances",
    _("Trained, once for each class"),
    ATTENDANCE,
    _(
        "People who were at a training class by name at least once; by class and person. Whoever comes to ten sessions"
        " of a class is one here and ten among the attendances of trainings, which are counted by session."
    ),
    value=lambda scope: trained(trained_in(scope)),
    recount=recounted_trained,
    evidence=lambda scope: named_evidence(in_training(scope)),
    by_session=lambda scope: names_by_session(in_training(scope)),
    session_records=ENTRIES_BY_NAME.narrowed(in_training),
    stands_on=WHO_CAME,
    people=TRAINED,
)
define(
    "learning_hours",
    _("Learning hours"),
    LEARNING_HOUR,
    _(
        "Attendances times the length of their session; one learning hour is 45 minutes. Sessions without times are"
        " left out."
    ),
    value=hours,
    recount=recounted_hours,
    evidence=evidence,
    by_session=evidence_by_session,
    session_records=ENTRIES,
    stands_on=WHO_CAME,
    people=ALL_WHO_CAME,
)
define(
    "certificates",
    _("Certificates given"),
    ITEM,
    _("Certificates that were given for activities, without those that were revoked."),
    value=certificates,
    recount=certificates,
    evidence=lambda scope: certificate_rows(certificates_in(scope)),
    stands_on=(Subject.RECORDS, Subject.AFTERWARDS),
    people=CERTIFIED,
)
define(
    "trainees_completed",
    _("Completed a class"),
    ATTENDANCE,
    _(
        "Certificates of completion of training classes that are in force; by class and person. Who finished a class"
        " without a certificate is not on record."
    ),
    value=completed,
    recount=completed,
    evidence=lambda scope: certificate_rows(completions_in(scope)),
    stands_on=(Subject.RECORDS, Subject.AFTERWARDS),
    people=COMPLETED,
)
