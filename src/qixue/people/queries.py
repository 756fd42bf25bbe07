import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from qixue.core.models import OutboxMessage
from qixue.people import rules
from qixue.people.models import ApiToken, Notification, Organisation, OrganisationQuerySet, RoleAssignment, User


def path_filter(paths: list[str], field: str = "path") -> Q:
    """A condition that holds for every row below one of the tree paths; for no row when there is no path."""
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in paths), Q(pk__in=[]))


def organisations_for(user: Any, action: rules.Action) -> OrganisationQuerySet:
    """The organisations in which the user may do the action, by path."""
    return Organisation.objects.filter(path_filter(rules.reach(user, action))).order_by("path", "pk")


def user_of_token(key: str, *, at: datetime.datetime) -> User | None:
    """The active user behind an API key, or None when the key is unknown, expired or its user was deactivated."""
    token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(key)).first()
    if token is None or not token.is_valid_at(at) or not token.user.is_active:
        return None
    return token.user


def people_in_charge(organisation: Organisation, action: rules.Action) -> list[User]:
    """Who is told: the active people who may do the action in the organisation, else in the nearest one above it."""
    paths = rules.paths_above(organisation)
    holders = RoleAssignment.objects.current().filter(
        organisation__path__in=paths, role__in=rules.TABLE[action], user__is_active=True
    )
    by_path: dict[str, dict[int, User]] = {}
    for holder in holders.select_related("user", "organisation").order_by("pk"):
        by_path.setdefault(holder.organisation.path, {})[holder.user_id] = holder.user
    nearest = next((path for path in paths if path in by_path), None)
    return list(by_path[nearest].values()) if nearest else []


def staff_by_organisation(organisations: list[int], action: rules.Action) -> dict[int, list[User]]:
    """Who may do the action by a role held in each of the organisations itself, by the organisation's key."""
    holders = RoleAssignment.objects.current().filter(
        organisation__in=organisations, role__in=rules.TABLE[action], user__is_active=True
    )
    found: dict[int, dict[int, User]] = {}
    for holder in holders.select_related("user").order_by("pk"):
        found.setdefault(holder.organisation_id, {})[holder.user_id] = holder.user
    return {organisation: list(people.values()) for organisation, people in found.items()}


def inbox_of(user: User) -> QuerySet[Notification]:
    """Everything somebody was told, the newest first."""
    return Notification.objects.filter(user=user).order_by("-created_at", "-pk")


def messages_for(user: Any) -> QuerySet[OutboxMessage]:
    """Messages sent on behalf of the viewer's part of the tree, those that were given up first."""
    within = path_filter(rules.reach(user, rules.Action.SEE_DELIVERIES), "scope")
    given_up = Case(When(state=OutboxMessage.State.DEAD, then=0), default=1)
    return OutboxMessage.objects.filter(within).order_by(given_up, "-created_at", "-pk")
