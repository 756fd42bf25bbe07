import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qixue.core.changes import Subject
from qixue.core.figures import Scope, shared
from qixue.core.kept import kept
from qixue.places.models import Region
from qixue.programme.models import Activity, Involvement, Programme, Session, SourceDocument
from qixue.programme.models.activities import SessionQuerySet


@shared
def region_path(code: str) -> str:
    """Where the region stands in the tree; for an unknown code a path that no region has."""
    return Region.objects.values_list("path", flat=True).filter(code=code).first() or "none"


def region_condition(region_code: str | None, prefix: str) -> Q:
    """Sessions at venues in the region; where a venue or its place is unknown the activity's own region decides."""
    if region_code is None:
        return Q()
    path = region_path(region_code)
    at_venue = Q(**{f"{prefix}venue__region__path__startswith": path})
    by_activity = Q(**{f"{prefix}venue__region": None, f"{prefix}activity__region__path__startswith": path})
    return at_venue | by_activity


def activity_condition(scope: Scope, prefix: str = "") -> Q:
    """The dimensions of a scope that an activity decides: programme, brand, series, organisation subtree, kind."""
    condition = Q(**{f"{prefix}programme__code": scope.programme})
    if scope.brand is not None:
        condition &= Q(**{f"{prefix}brand__code": scope.brand})
    if scope.series is not None:
        condition &= Q(**{f"{prefix}series__code": scope.series})
    if scope.kind is not None:
        condition &= Q(**{f"{prefix}kind": scope.kind})
    if scope.organisation is not None:
        condition &= organisation_condition(scope.organisation, f"{prefix}organisation__")
    return condition & ~Q(**{f"{prefix}state": Activity.State.DRAFT})


def organisation_condition(organisation_code: str, prefix: str) -> Q:
    """The organisation itself and those below it, whose paths contain its code as a step."""
    return Q(**{f"{prefix}path__startswith": f"{organisation_code}/"}) | Q(
        **{f"{prefix}path__contains": f"/{organisation_code}/"}
    )


def sessions_in(scope: Scope) -> SessionQuerySet:
    """Sessions of announced activities in the scope, whatever their state."""
    return Session.objects.filter(activity_condition(scope, "activity__") & region_condition(scope.region, ""))


@kept(Subject.RECORDS)
def has_dated_sessions(scope: Scope) -> bool:
    """Whether a count of nothing in the scope is a zero, and not a missing record.

    Documents tell what they found worth telling: where records were taken from them, nothing says that there was none.
    """
    if is_from_documents(scope.programme):
        return False
    return sessions_in(scope).exclude(starts_at=None).exists()


@shared
def is_from_documents(programme_code: str) -> bool:
    return SourceDocument.objects.filter(programme__code=programme_code).exists()


def held_sessions_in(scope: Scope) -> SessionQuerySet:
    """Only sessions that took place count (general rule of the statistics)."""
    return sessions_in(scope).held()


def planned_sessions_in(scope: Scope) -> SessionQuerySet:
    """Sessions that everybody was told of, neither held nor called off; none once the programme is closed."""
    announced = sessions_in(scope).filter(activity__state=Activity.State.PUBLISHED, state=Session.State.PLANNED)
    return announced.exclude(activity__programme__state=Programme.State.CLOSED)


def over_among_planned(scope: Scope, at: datetime.datetime) -> int:
    """How many of the sessions not yet held are over all the same: nobody has reported them."""
    return planned_sessions_in(scope).filter(ends_at__lte=at).count()


def counties_mentioned(programme: Programme) -> QuerySet[Region]:
    """Counties about which there is any record: an activity, a session, or an organisation with a role in one."""
    activities = Activity.objects.filter(programme=programme)
    paths = {
        *activities.values_list("region__path", flat=True),
        *Session.objects.filter(activity__in=activities).values_list("venue__region__path", flat=True),
        *Involvement.objects.filter(activity__in=activities).values_list("organisation__region__path", flat=True),
    }
    codes = {code for path in paths if path for code in path.split("/")}
    return Region.objects.filter(level=Region.Level.COUNTY, code__in=codes).order_by("code")


def silent_counties(programme: Programme) -> QuerySet[Region]:
    """Counties of the programme's city about which there is no record at all."""
    counties = programme.region.children.filter(level=Region.Level.COUNTY)
    return counties.exclude(pk__in=counties_mentioned(programme)).order_by("code")


def missing_for_publication(activity: Activity) -> list[str]:
    """What a draft still lacks before everybody may see it, in sentences."""
    missing = []
    if not activity.sessions.exists():
        missing.append(_("Please add at least one session."))
    if activity.sessions.filter(venue=None, is_online=False).exists():
        missing.append(_("Please choose a venue for every session, or say that it is online."))
    return missing
