import datetime
from collections.abc import Iterable, Set
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from qixue.core.models import OutboxMessage
from qixue.core.typed import half_width
from qixue.people import rules
from qixue.people.models import (
    ApiToken,
    GuardianConsent,
    Notification,
    Organisation,
    OrganisationAlias,
    OrganisationQuerySet,
    Resident,
    RoleAssignment,
    User,
)
from qixue.places.models import Region


def consents_in_force(people: Iterable[Resident]) -> dict[int, GuardianConsent]:
    """By the child's key: that its guardian agreed, and did not take it back."""
    rows = GuardianConsent.objects.filter(resident__in=people, withdrawn_at=None)
    return {row.resident_id: row for row in rows}


def path_filter(paths: list[str], field: str = "path") -> Q:
    """A condition that holds for every row below one of the tree paths; for no row when there is no path."""
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in paths), Q(pk__in=[]))


def organisations_for(user: Any, action: rules.Action) -> OrganisationQuerySet:
    """The organisations in which the user may do the action, by path."""
    return Organisation.objects.filter(path_filter(rules.reach(user, action))).order_by("path", "pk")


def region_of_part(organisation: Organisation) -> Region | None:
    """Where everything at and below an organisation lies: its own region, else that of the nearest one above it."""
    placed = Organisation.objects.filter(path__in=rules.paths_up_from(organisation.path), region__isnull=False)
    nearest = max(placed.select_related("region"), key=lambda each: len(each.path), default=None)
    return nearest.region if nearest else None


def called(text: str) -> Q:
    """Of organisations: those of exactly this code, name or other name, in whatever case and width it is typed."""
    spellings = {text.strip(), half_width(text)}
    return reduce(or_, (each_name("iexact", spelling) for spelling in spellings))


def mentioning(text: str) -> Q:
    """Of organisations: those whose code, name or other name holds the text."""
    spellings = {text.strip(), half_width(text)}
    return reduce(or_, (each_name("icontains", spelling) for spelling in spellings))


def each_name(way: str, text: str) -> Q:
    alias = OrganisationAlias.objects.filter(**{f"name__{way}": text}, organisation=OuterRef("pk"))
    names = (Q(**{f"{field}__{way}": text}) for field in ("code", "name", "name_en"))
    return reduce(or_, names, Q(Exists(alias)))


def organisations_named(text: str, among: OrganisationQuerySet) -> OrganisationQuerySet:
    """The one that is called exactly so, else all that mention the text, in tree order."""
    same = among.filter(called(text))
    found = same if len(same.order_by()[:2]) == 1 else among.filter(mentioning(text))
    return found.order_by("path", "pk")


def user_of_token(key: str, *, at: datetime.datetime) -> User | None:
    """The active user behind an API key, or None when the key is unknown, expired or its user was deactivated."""
    token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(key)).first()
    if token is None or not token.is_valid_at(at) or not token.user.is_active:
        return None
    return token.user


def household_of(resident: Resident) -> list[Resident]:
    """The resident first, then those of whom they take care."""
    dependents = Resident.objects.filter(guardian=resident).select_related("home_region").order_by("pk")
    return [resident, *dependents]


def account_for(person: Resident) -> User | None:
    """Through which account a person is told: their own, else that of whoever takes care of them; None when closed."""
    guardian = person.guardian
    accounts = (person.user, guardian.user if guardian else None)
    return next((user for user in accounts if user and user.is_active), None)


def people_in_charge(organisation: Organisation, action: rules.Action) -> list[User]:
    """Who is told: the active people who may do the action in the organisation, else in the nearest one above it."""
    return people_in_charge_of([organisation], action)[organisation.pk]


def people_in_charge_of(organisations: Iterable[Organisation], action: rules.Action) -> dict[int, list[User]]:
    """The same for many organisations at once, by their keys."""
    above = {organisation.pk: rules.paths_up_from(organisation.path) for organisation in organisations}
    holders = RoleAssignment.objects.current().filter(
        organisation__path__in={path for paths in above.values() for path in paths},
        role__in=rules.TABLE[action],
        user__is_active=True,
    )
    by_path: dict[str, dict[int, User]] = {}
    for holder in holders.select_related("user", "organisation").order_by("pk"):
        by_path.setdefault(holder.organisation.path, {})[holder.user_id] = holder.user
    nearest = {pk: next((path for path in paths if path in by_path), None) for pk, paths in above.items()}
    return {pk: list(by_path[path].values()) if path else [] for pk, path in nearest.items()}


def holders_of(action: rules.Action) -> QuerySet[Any]:
    """The paths of the organisations in which somebody active may do the action by a role held there."""
    holders = RoleAssignment.objects.current().filter(role__in=rules.TABLE[action], user__is_active=True)
    return holders.values_list("organisation__path", flat=True).distinct()


def nearest_holder(path: str, holders: Set[str]) -> str:
    """The path, or the nearest one above it, that is among the holders; empty where nobody is."""
    while path and path not in holders:
        path = path_above(path)
    return path


def path_above(path: str) -> str:
    """Empty above the root."""
    above, slash, _code = path.rstrip("/").rpartition("/")
    return above + slash


def whose_turn(user: Any, action: rules.Action, paths: Iterable[str]) -> list[str]:
    """Those of the paths for which the action waits for the user: in their office or past one without a holder."""
    own, holders = set(rules.reach(user, action)), set(holders_of(action))
    return [path for path in paths if nearest_holder(path, holders) in own]


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
