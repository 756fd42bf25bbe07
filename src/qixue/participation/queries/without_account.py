"""People who have no account: a cadre or an organiser wrote them down, or somebody at the door did."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.names import by_name, is_called, keys_of_called
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, ListedPerson, Participant, Registration, Scan
from qixue.participation.queries.listed_people import lists_of
from qixue.people.models import Organisation, Resident, User
from qixue.people.personal_data import Subject
from qixue.people.queries import path_filter
from qixue.people.rules import Action, paths_up_from, reach

NOBODY_SIGNS_IN = Q(user=None) & (Q(guardian=None) | Q(guardian__user=None))


def people_known_to(user: User) -> QuerySet[Resident]:
    """Those whom the user's part of the tree has entered, and their guardians, with or without an account.

    They stand on a list of the user's own organisations, are or were signed up for a session in reach, or were counted
    there by name.
    """
    paths = reach(user, Action.MANAGE_REGISTRATIONS)
    signed_up = Registration.objects.filter(path_filter(paths, "session__activity__organisation__path"))
    counted = LedgerEntry.objects.people().filter(path_filter(paths, "organisation__path"))
    tokens = Participant.objects.filter(Exists(counted.filter(person_token=OuterRef("token"))), resident=OuterRef("pk"))
    known = Resident.objects.filter(
        Q(pk__in=lists_of(user).order_by().values("resident"))
        | Exists(signed_up.filter(resident=OuterRef("pk")))
        | Exists(tokens)
    )
    people = Resident.objects.filter(
        Q(pk__in=known.values("pk")) | Q(pk__in=known.filter(guardian__isnull=False).values("guardian"))
    )
    return people.exclude(name=Resident.NOBODY).select_related("home_region", "guardian").order_by("pk")


def people_without_account(user: User) -> QuerySet[Resident]:
    """Those of them for whom nobody signs in."""
    return people_known_to(user).filter(NOBODY_SIGNS_IN)


def people_called(user: User, typed: str, *, most: int) -> list[Resident]:
    """Those of `people_without_account` whose name, its pinyin or its initials hold what was typed."""
    people = people_without_account(user)
    keys = keys_of_called(people.values_list("pk", "name"), typed, most=most)
    return by_name(people.filter(pk__in=keys), lambda person: person.name)


def household_of(person: Resident) -> Subject:
    """The person and whoever they take care of, without an account of their own as well."""
    dependents = Resident.objects.filter(guardian=person, user=None).select_related("home_region").order_by("pk")
    return Subject((person, *dependents))


def obstacle_to_speaking_for(person: Resident, user: User) -> Refused | None:
    """Why the user's office must not hand out or erase what is kept about a household: another one entered some of it.

    It names the lowest office above all that did; None where every record is in reach.
    """
    paths, tops = paths_with_records(household_of(person).people), tuple(reach(user, Action.MANAGE_REGISTRATIONS))
    if all(path.startswith(tops) for path in paths):
        return None
    above_all = set.intersection(*(set(paths_up_from(path)) for path in paths))
    if not above_all:
        return Refused("out_of_reach", _("Offices that have nobody above them in common have entered this household."))
    office = Organisation.objects.get(path=max(above_all, key=len))
    sentence = _("Other offices have entered this household as well. Please ask: %(office)s.")
    return Refused("out_of_reach", sentence, office=office.local_name)


def paths_with_records(people: Sequence[Resident]) -> set[str]:
    """The places in the tree where somebody of them is on a list, is or was signed up, or was counted by name."""
    listed = ListedPerson.objects.filter(resident__in=people)
    signed_up = Registration.objects.filter(resident__in=people)
    tokens = Participant.objects.filter(resident__in=people).values("token")
    counted = LedgerEntry.objects.people().filter(person_token__in=tokens)
    return {
        *listed.values_list("organisation__path", flat=True),
        *signed_up.values_list("session__activity__organisation__path", flat=True),
        *counted.values_list("organisation__path", flat=True),
    }


def undecided_scans(user: User) -> QuerySet[Scan]:
    """Scans in reach that wait for a decision, the first on top."""
    paths = reach(user, Action.MANAGE_REGISTRATIONS)
    here = path_filter(paths, "session__activity__organisation__path")
    foreign = Q(session=None) & path_filter(paths, "device__organisation__path")
    found = Scan.objects.undecided().filter(here | foreign)
    return found.select_related("session__activity", "device").order_by("corrected_at", "pk")


def typed_names(user: User) -> QuerySet[Scan]:
    """Those that hold a name that was typed at the door."""
    return undecided_scans(user).filter(sent__has_key="name").exclude(sent__name="")


def scans_called(user: User, typed: str, *, most: int) -> list[Scan]:
    """Those of `typed_names` that fit in the same way."""
    return [scan for scan in typed_names(user) if is_called(str(scan.sent["name"]), typed)][:most]
