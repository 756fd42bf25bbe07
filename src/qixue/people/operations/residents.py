"""Residents and their households: what they say about themselves, and whom they take care of."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import GuardianConsent, Resident, User
from qixue.places.models import Region

CHILD_BELOW = 14  # Personal Information Protection Law, article 31
CONSENT_TEXT = "2026-11"  # the version of the rules for children on the page about privacy
MOST_DEPENDENTS = 10
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
    """Whether somebody can still be under 14 in the year; what is not known makes nobody a child."""
    return birth_year is not None and year - birth_year < CHILD_BELOW


def check_age_known(details: ResidentDetails) -> None:
    """Of somebody whom others write down: only the year of birth says whether a guardian has to agree.

    Refused: birth_year_needed.
    """
    if details.birth_year is None:
        raise Refused("birth_year_needed", YEAR_NEEDED, field="birth_year", name=details.name)


def check_birth_year(details: ResidentDetails, *, at: datetime.datetime) -> None:
    """Refused: birth_year_out_of_range."""
    year = at.astimezone(SHANGHAI).year
    if details.birth_year is not None and not 1900 <= details.birth_year <= year:
        sentence = _("Please give a year of birth between 1900 and %(year)s, for example 1952.")
        raise Refused("birth_year_out_of_range", sentence, field="birth_year", year=year)


@transaction.atomic
def save_profile(user: User, *, details: ResidentDetails, at: datetime.datetime) -> Resident:
    """Keep what a resident says about themselves; the first time this makes them a resident.

    Refused: name_mistaken, birth_year_out_of_range, guardian_needed.
    """
    check_person_name(details.name)
    check_birth_year(details, at=at)
    if details.is_child_at(at):
        sentence = _("Children under 14 take part through the account of a parent or guardian.")
        raise Refused("guardian_needed", sentence, field="birth_year")
    values = {"name": details.name, "birth_year": details.birth_year, "home_region": details.home_region}
    resident, _made = Resident.objects.update_or_create(user=user, defaults=values)
    if not user.has_usable_password():  # an account made by phone code has had no name so far
        User.objects.filter(pk=user.pk).update(display_name=details.name)
    record_audit("resident.profile_saved", resident, by=user, at=at)
    return resident


@transaction.atomic
def add_dependent(guardian: Resident, *, details: ResidentDetails, by: User, at: datetime.datetime) -> Resident:
    """Add somebody of whom a resident takes care. The same person sent twice is there once.

    Refused: name_mistaken, birth_year_needed, birth_year_out_of_range, consent_needed, household_full.
    """
    check_person_name(details.name)
    check_age_known(details)
    check_birth_year(details, at=at)
    check_consent(details, at=at)
    Resident.objects.select_for_update(no_key=True).get(pk=guardian.pk)  # one at a time, also the first ones
    household = Resident.objects.filter(guardian=guardian)
    values = {"name": details.name, "birth_year": details.birth_year, "home_region": details.home_region}
    if there := household.filter(**values).first():
        return there
    if household.count() >= MOST_DEPENDENTS:
        raise household_full()
    dependent = Resident.objects.create(guardian=guardian, **values)
    keep_consent(dependent, details, by=by, at=at)
    record_audit("resident.dependent_added", dependent, by=by, at=at)
    return dependent


def household_full() -> Refused:
    sentence = _("A household holds up to %(limit)s people. Please ask your village or community for help.")
    return Refused("household_full", sentence, limit=MOST_DEPENDENTS)


@transaction.atomic
def edit_dependent(dependent: Resident, *, details: ResidentDetails, by: User, at: datetime.datetime) -> Resident:
    """Change what is kept about a dependent.

    Refused: name_mistaken, birth_year_needed, birth_year_out_of_range, consent_needed.
    """
    check_person_name(details.name)
    check_age_known(details)
    check_birth_year(details, at=at)
    check_consent(details, at=at)
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
