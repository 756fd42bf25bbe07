"""Who and what is in the viewer's part of the tree: organisations, people with their roles, invitations."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qixue.people.models import (
    ApiToken,
    HandOver,
    Invitation,
    InvitationQuerySet,
    Organisation,
    RoleAssignment,
    RoleAssignmentQuerySet,
    User,
)
from qixue.people.queries import mentioning, organisations_for, path_filter
from qixue.people.rules import Action, paths_up_from, reach
from qixue.places.models import Region


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for among organisations."""

    text: str = ""
    kind: str = ""
    region: Region | None = None


def organisations_wanted(user: Any, wanted: Wanted) -> QuerySet[Organisation]:
    """Organisations of the viewer's part of the tree that match, in tree order."""
    found = organisations_for(user, Action.MANAGE_ORGANISATIONS)
    if wanted.text:
        found = found.filter(mentioning(wanted.text))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.region:
        found = found.filter(region__path__startswith=wanted.region.path)
    return found


def with_counts(organisations: QuerySet[Organisation], at: datetime.datetime) -> QuerySet[Organisation]:
    """Each with its region, how many people hold a role in it now, and how many organisations stand right below it."""
    holders = RoleAssignment.objects.current(at).filter(organisation=OuterRef("pk"), user__is_active=True)
    children = Organisation.objects.filter(parent=OuterRef("pk"))
    return organisations.select_related("region").annotate(
        people_count=counted(holders, "organisation", "user"), children_count=counted(children, "parent", "pk")
    )


def counted(rows: QuerySet[Any], by: str, what: str) -> Coalesce:
    """How many different ones there are, as a number beside each row."""
    counts = rows.order_by().values(by).annotate(number=Count(what, distinct=True)).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def organisations_above(organisation: Organisation) -> list[Organisation]:
    """From the root down to the one right above."""
    above = Organisation.objects.filter(path__in=paths_up_from(organisation.path)[1:])
    return list(above.order_by("path", "pk"))


def roles_in(organisation: Organisation, at: datetime.datetime) -> RoleAssignmentQuerySet:
    """Who holds which role in the organisation itself, those to come included, by role and since when."""
    roles = RoleAssignment.objects.filter(organisation=organisation, ended_at=None, user__is_active=True)
    roles = roles.exclude(expires_at__lte=at)
    return told_of(roles).order_by("role", "granted_at", "pk")


def told_of(roles: RoleAssignmentQuerySet) -> RoleAssignmentQuerySet:
    """With all that a line about a role says."""
    return roles.select_related("user", "organisation", "granted_by", "ended_by", "stands_in_for__user")


def people_in_reach(user: Any, *, text: str = "", former: bool = False) -> QuerySet[User]:
    """People who hold a role in the viewer's part of the tree; `former`: who held one and hold none there now."""
    within = path_filter(reach(user, Action.MANAGE_PEOPLE), "organisation__path")
    ever = RoleAssignment.objects.filter(within, user=OuterRef("pk"))
    holds = Q(Exists(ever.current()), is_active=True)
    found = User.objects.filter(Exists(ever)).filter(~holds if former else holds)
    if text:
        found = found.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    return found.order_by("pk")


def with_roles(people: QuerySet[User], user: Any) -> QuerySet[User]:
    """Each with the roles, former ones too, that the viewer may see, as `seen_roles`."""
    within = path_filter(reach(user, Action.MANAGE_PEOPLE), "organisation__path")
    roles = told_of(RoleAssignment.objects.filter(within)).order_by(F("ended_at").desc(nulls_first=True), "pk")
    return people.prefetch_related(Prefetch("role_assignments", roles, to_attr="seen_roles"))


def person_in_reach(user: Any) -> QuerySet[User]:
    """Everybody who holds or held a role in the viewer's part of the tree."""
    within = path_filter(reach(user, Action.MANAGE_PEOPLE), "organisation__path")
    return User.objects.filter(Exists(RoleAssignment.objects.filter(within, user=OuterRef("pk"))))


def roles_in_reach(user: Any) -> RoleAssignmentQuerySet:
    within = path_filter(reach(user, Action.MANAGE_PEOPLE), "organisation__path")
    return told_of(RoleAssignment.objects.filter(within))


def invitations_in_reach(user: Any) -> InvitationQuerySet:
    within = path_filter(reach(user, Action.MANAGE_PEOPLE), "organisation__path")
    related = ("organisation", "invited_by", "accepted_by", "withdrawn_by")
    return Invitation.objects.filter(within).select_related(*related)


def own_roles(user: User) -> RoleAssignmentQuerySet:
    """Every role that somebody holds or held, the present ones first."""
    mine = told_of(RoleAssignment.objects.filter(user=user)).prefetch_related(
        Prefetch("stand_ins", told_of(RoleAssignment.objects.filter(ended_at=None)).order_by("begins_at", "pk"))
    )
    return mine.order_by(F("ended_at").desc(nulls_first=True), "-granted_at", "-pk")


def hand_overs_of(user: User) -> QuerySet[HandOver]:
    """What somebody gave or took over for good, the newest first."""
    concerned = Q(given__user=user) | Q(taken__user=user)
    return (
        HandOver.objects.filter(concerned)
        .select_related("given__user", "given__organisation", "taken__user")
        .order_by("-at", "-pk")
    )


def colleagues(organisation: Organisation, at: datetime.datetime) -> QuerySet[User]:
    """Who may stand in or take over: the active people of the organisation, of those above and of those below it."""
    above = Q(organisation__path__in=paths_up_from(organisation.path))
    near = Q(organisation__path__startswith=organisation.path) | above
    current = RoleAssignment.objects.current(at).filter(near, user=OuterRef("pk"))
    return User.objects.filter(Exists(current), is_active=True).order_by("pk")


def named(people: QuerySet[User], text: str) -> list[User]:
    """The one with this user name, else all with this full name."""
    by_username = list(people.filter(username__iexact=text)[:1])
    return by_username or list(people.filter(display_name=text)[:10])


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Somebody's keys, the newest first."""
    return ApiToken.objects.filter(user=user).order_by(F("revoked_at").asc(nulls_first=True), "-pk")


def invitation_of(secret: str) -> Invitation | None:
    """The invitation whose link holds this secret."""
    found = Invitation.objects.select_related("organisation__parent", "invited_by", "accepted_by")
    return found.filter(digest=Invitation.digest_of(secret)).first()
