"""Residents and their households: what they say about themselves, and whom they take care of."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import GuardianConsent, Resident, User
from qixue.people.namesakes import name_to_compare
from qixue.places.models import Region

CHILD_BELOW = 14  # Personal Information Protection Law, article 31
CONSENT_TEXT = "2026-11"  # the version of the rules for children on the page about privacy
MOST_DEPENDENTS = 10
OLDEST = 110  # years: more are a slip of the pen, most often 19 in place of 20
YEAR_NEEDED = _(
    "Please write the year of birth of %(name)s: for a child under 14 a guardian has to agree. "
    "For an elder a rough year will do, for example 1952."
)


@dataclass(frozen=True)
class ResidentDetails:
    """All that is kept about a person. `has_consent`: the guardian agreed to the rules for children."""

    name: str
    birth_year: int | None = None
    home_region: Region | None = None
    has_consent: bool = False

    def is_child_at(self, at: datetime.datetime) -> bool:
        """Whether the person can still be under 14: only the year of birth is known."""
        return is_child_in(at.astimezone(SHANGHAI).year, self.birth_year)


def is_child_in(year: int, birth_year: int | None) -> bool:
    """Whether somebody can be under 14 on some day of the year: whoever turns 14 in it is, until their birthday.

    What is not known makes nobody a child.
    """
    return birth_year is not None and year - birth_year <= CHILD_BELOW


def check_age_known(details: ResidentDetails) -> None:
    """Of somebody whom others write down: only the year of birth says whether a guardian has to agree.

    Refused: birth_year_needed.
    """
    if details.birth_year is None:
        raise Refused("birth_year_needed", YEAR_NEEDED, field="birth_year", name=details.name)


def check_birth_year(details: ResidentDetails, *, at: datetime.datetime) -> None:
    """Refused: birth_year_out_of_range."""
    year = at.astimezone(SHANGHAI).year
    if details.birth_year is not None and not year - OLDEST <= details.birth_year <= year:
        sentence = _("Please give a year of birth between %(first)s and %(year)s, for example 1952.")
        raise Refused("birth_year_out_of_range", sentence, field="birth_year", first=year - OLDEST, year=year)


@transaction.atomic
def save_profile(user: User, *, details: ResidentDetails, at: datetime.datetime) -> Resident:
    """Keep what a resident says about themselves; the first time this makes them a resident.

    Refused: name_mistaken, birth_year_out_of_range, guardian_needed, already_in_household.
    """
    check_person_name(details.name)
    check_birth_year(details, at=at)
    if details.is_child_at(at):
        sentence = _(
            "Children under 14 take part through the account of a parent or guardian. As only the year of birth is "
            "asked, this holds until the end of the year in which somebody turns 14."
        )
        raise Refused("guardian_needed", sentence, field="birth_year")
    check_is_alone(Resident.objects.filter(guardian__user=user), details)
    values = {"name": details.name, "birth_year": details.birth_year, "home_region": details.home_region}
    resident, _made = Resident.objects.update_or_create(user=user, defaults=values)
    if not user.has_usable_password():  # an account made by phone code has had no name so far
        User.objects.filter(pk=user.pk).update(display_name=details.name)
    record_audit("resident.profile_saved", resident, by=user, at=at)
    return resident


@transaction.atomic
def add_dependent(
    guardian: Resident, *, details: ResidentDetails, by: User, at: datetime.datetime
) -> tuple[Resident, bool]:
    """Add somebody of whom a resident takes care. Returns them, and whether they are new: whoever is there already,
    or was sent twice, is there once.

    Refused: name_mistaken, birth_year_needed, birth_year_out_of_range, consent_needed, household_full.
    """
    check_details(details, at=at)
    household = locked_household(guardian)
    if there := next((person for person in household if is_same(person, details)), None):
        keep_consent(there, details, by=by, at=at)
        return there, False
    if len(household) > MOST_DEPENDENTS:  # the guardian is one of them
        raise household_full()
    dependent = Resident.objects.create(
        guardian=guardian, name=details.name, birth_year=details.birth_year, home_region=details.home_region
    )
    keep_consent(dependent, details, by=by, at=at)
    record_audit("resident.dependent_added", dependent, by=by, at=at)
    return dependent, True


def check_details(details: ResidentDetails, *, at: datetime.datetime) -> None:
    """Of somebody of whom a resident takes care.

    Refused: name_mistaken, birth_year_needed, birth_year_out_of_range, consent_needed.
    """
    check_person_name(details.name)
    check_age_known(details)
    check_birth_year(details, at=at)
    check_consent(details, at=at)


def locked_household(guardian: Resident) -> list[Resident]:
    """Everybody of it, the guardian first; it changes by one at a time, also where nobody is in it yet."""
    return [
        Resident.objects.select_for_update(no_key=True).get(pk=guardian.pk),
        *Resident.objects.filter(guardian=guardian).order_by("pk"),
    ]


def check_is_alone(others: Iterable[Resident], details: ResidentDetails) -> None:
    """Refused: already_in_household."""
    if any(is_same(person, details) for person in others):
        sentence = _(
            "%(name)s of the same year and town is in your household already. If this is somebody else, please write "
            "the name so that you can tell the two apart."
        )
        raise Refused("already_in_household", sentence, field="name", name=details.name)


def is_same(person: Resident, details: ResidentDetails) -> bool:
    """Whether all that is kept about them is the same: nobody could tell the two apart."""
    home = details.home_region.pk if details.home_region else None
    are_called_alike = name_to_compare(person.name) == name_to_compare(details.name)
    return are_called_alike and (person.birth_year, person.home_region_id) == (details.birth_year, home)


def guardian_of(dependent: Resident, user: User) -> Resident:
    """The resident who takes care of them, which has to be the user's. Refused: not_yours."""
    if dependent.guardian is None or dependent.guardian.user_id != user.pk:
        raise Refused("not_yours", _("You can do this for people of your own household only."))
    return dependent.guardian


def household_full() -> Refused:
    sentence = _("A household holds up to %(limit)s people. Please ask your village or community for help.")
    return Refused("household_full", sentence, limit=MOST_DEPENDENTS)


@transaction.atomic
def edit_dependent(dependent: Resident, *, details: ResidentDetails, by: User, at: datetime.datetime) -> Resident:
    """Change what is kept about a dependent.

    Refused: not_yours, name_mistaken, birth_year_needed, birth_year_out_of_range, consent_needed,
    already_in_household.
    """
    check_details(details, at=at)
    household = locked_household(guardian_of(dependent, by))
    if not is_same(dependent, details):  # two who have been alike since earlier are no reason to keep back a consent
        check_is_alone((person for person in household if person.pk != dependent.pk), details)
    dependent.name, dependent.birth_year, dependent.home_region = (
        details.name,
        details.birth_year,
        details.home_region,
    )
    dependent.save(update_fields=["name", "birth_year", "home_region"])
    keep_consent(dependent, details, by=by, at=at)
    record_audit("resident.dependent_edited", dependent, by=by, at=at)
    return dependent


def check_consent(details: ResidentDetails, *, at: datetime.datetime) -> None:
    if details.is_child_at(at) and not details.has_consent:
        sentence = _(
            "Please tick that you, as a parent or guardian, agree to the rules for children under 14: without it "
            "nothing can be kept."
        )
        raise Refused("consent_needed", sentence, field="has_consent")


def keep_consent(dependent: Resident, details: ResidentDetails, *, by: User, at: datetime.datetime) -> None:
    if details.is_child_at(at) and not dependent.consents.filter(withdrawn_at=None).exists():
        GuardianConsent.objects.create(resident=dependent, text_version=CONSENT_TEXT, given_by=by, given_at=at)


@transaction.atomic
def withdraw_consent(dependent: Resident, *, by: User, at: datetime.datetime) -> None:
    """Take back the consent for a child: nobody can sign the child up any more. Doing it again changes nothing."""
    if dependent.consents.filter(withdrawn_at=None).update(withdrawn_at=at):
        record_audit("resident.consent_withdrawn", dependent, by=by, at=at)
