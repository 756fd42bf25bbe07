"""Who was at which session by name in a scope, and those of them of whom something is known.

How old people are, where they live and whether they came before is known through the person behind a token. Whoever
was erased, or came without saying more than a name, is in none of the parts.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from qixue.core.clock import day_bounds, local_day
from qixue.core.figures import Scope, shared
from qixue.participation.models import LedgerEntry, LedgerEntryQuerySet, Participant
from qixue.participation.queries import scope_condition
from qixue.programme.models import Programme
from qixue.programme.queries import region_path, sessions_in


def counted(scope: Scope) -> LedgerEntryQuerySet:
    """Attendances by name at sessions, from the entries themselves."""
    return LedgerEntry.objects.effective().people().filter(scope_condition(scope), session__isnull=False)


@dataclass(frozen=True)
class Ages:
    """In whole years, both ends included, in the year of the session: a birthday is not kept."""

    youngest: int
    oldest: int

    def in_year(self, year: int) -> Q:
        return Q(resident__birth_year__range=(year - self.oldest, year - self.youngest))


def of_age(scope: Scope, ages: Ages) -> LedgerEntryQuerySet:
    """Attendances of people who were of that age."""
    wanted = Q(pk=None)
    for year in years_of(scope.programme):
        start, end = day_bounds(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        people = known_people(scope.programme).filter(ages.in_year(year))
        wanted |= Q(session__starts_at__gte=start, session__starts_at__lt=end, person_token__in=people.values("token"))
    return counted(scope).filter(wanted)


def with_known_age(scope: Scope) -> LedgerEntryQuerySet:
    return of(counted(scope), people_with_known_age(scope.programme)).filter(session__starts_at__isnull=False)


def people_with_known_age(programme_code: str) -> QuerySet[Participant]:
    return known_people(programme_code).filter(resident__birth_year__isnull=False)


@shared
def years_of(programme_code: str) -> tuple[int, ...]:
    """In which sessions of the programme start; most lie in one."""
    starts = sessions_in(Scope(programme_code)).aggregate(first=Min("starts_at"), last=Max("starts_at"))
    if starts["first"] is None:
        return ()
    return tuple(range(local_day(starts["first"]).year, local_day(starts["last"]).year + 1))


def with_known_home(programme_code: str) -> QuerySet[Participant]:
    return known_people(programme_code).filter(resident__home_region__isnull=False)


def at_home(scope: Scope) -> QuerySet[Participant]:
    """The people who live in the region of the scope, or in that of the programme."""
    region = scope.region or Programme.objects.values_list("region__code", flat=True).get(code=scope.programme)
    return known_people(scope.programme).filter(resident__home_region__path__startswith=region_path(region))


def returning(programme_code: str) -> QuerySet[Participant]:
    """The people who were at a session by name before the first day of the programme."""
    earlier = known_elsewhere(programme_code).filter(resident=OuterRef("resident"))
    return known_people(programme_code).filter(Exists(earlier))


def known_elsewhere(programme_code: str) -> QuerySet[Participant]:
    """The people of other programmes who were at a session before the first day of this one."""
    first = Programme.objects.values_list("starts_on", flat=True).get(code=programme_code)
    if first is None:
        return Participant.objects.none()
    start, _end = day_bounds(first, first)
    entries = LedgerEntry.objects.effective().people().filter(person_token=OuterRef("token"))
    others = Participant.objects.exclude(programme__code=programme_code)
    return others.filter(Exists(entries.filter(session__starts_at__lt=start)))


def known_people(programme_code: str) -> QuerySet[Participant]:
    return Participant.objects.filter(programme__code=programme_code)


def of(presences: LedgerEntryQuerySet, people: QuerySet[Participant]) -> LedgerEntryQuerySet:
    """Those of the attendances that are by one of the people."""
    return presences.filter(person_token__in=people.values("token"))


def distinct_people(presences: QuerySet) -> int:
    return presences.order_by().values("person_token").distinct().count()


def seats_by_session(presences: QuerySet) -> dict[int, int]:
    """人次 by key of the session: one person at one session is one."""
    rows = presences.order_by().values_list("session")
    return dict(rows.annotate(Count("person_token", distinct=True)))
