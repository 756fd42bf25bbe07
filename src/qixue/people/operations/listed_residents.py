"""People without a phone, written down by a village cadre or an organiser; for a child also who agreed on paper."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day, local_moment
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import GuardianConsent, Resident, User
from qixue.people.operations.locks import changed_meanwhile
from qixue.people.operations.residents import CONSENT_TEXT, ResidentDetails, check_age_known, check_birth_year
from qixue.places.models import Region

ON_PAPER = f"{CONSENT_TEXT}-p"  # the same rules, signed on paper; `given_by` is then who keeps the paper


@transaction.atomic
def add_listed_resident(
    details: ResidentDetails,
    *,
    guardian: Resident | None = None,
    agreed_on: datetime.date | None = None,
    by: User,
    at: datetime.datetime,
) -> Resident:
    """Write somebody down who has no account here. For a child under 14: the guardian, and when they agreed on paper.

    Refused: name_mistaken, birth_year_needed, birth_year_out_of_range, paper_consent_needed, agreed_in_future.
    """
    check_listed(details, has_guardian=guardian is not None, agreed_on=agreed_on, at=at)
    is_child = details.is_child_at(at)
    values = {"name": details.name, "birth_year": details.birth_year, "home_region": details.home_region}
    resident = Resident.objects.create(guardian=guardian if is_child else None, **values)
    if is_child and agreed_on:
        GuardianConsent.objects.create(
            resident=resident,
            text_version=ON_PAPER,
            given_by=by,
            given_at=local_moment(agreed_on, datetime.time.min),
        )
    record_audit("resident.listed", resident, by=by, at=at, details={"consent": "paper"} if is_child else {})
    return resident


def check_listed(
    details: ResidentDetails, *, has_guardian: bool, agreed_on: datetime.date | None, at: datetime.datetime
) -> None:
    """Whether somebody can be written down like this; refused as `add_listed_resident` says."""
    check_person_name(details.name)
    check_age_known(details)
    check_birth_year(details, at=at)
    if details.is_child_at(at) and not (has_guardian and agreed_on):
        sentence = _(
            "%(name)s is under 14 or turns 14 this year. Please write which parent or guardian agreed on paper, and on "
            "which day."
        )
        field = "agreed_on" if has_guardian else "guardian"
        raise Refused("paper_consent_needed", sentence, field=field, name=details.name)
    if agreed_on and agreed_on > local_day(at):
        sentence = _("Please give the day on which the guardian of %(name)s agreed; it cannot be in the future.")
        raise Refused("agreed_in_future", sentence, field="agreed_on", name=details.name)


@transaction.atomic
def add_listed_guardian(name: str, *, home_region: Region | None, by: User, at: datetime.datetime) -> Resident:
    """Write down by name alone who agreed on paper: a guardian is grown up. Refused: name_mistaken."""
    check_person_name(name, field="guardian")
    guardian = Resident.objects.create(name=name, home_region=home_region)
    record_audit("resident.listed", guardian, by=by, at=at)
    return guardian


@transaction.atomic
def add_birth_year(resident: Resident, *, birth_year: int, by: User, at: datetime.datetime) -> Resident:
    """Of somebody who was written down without it, has no account and is no child.

    Refused: birth_year_out_of_range, changed_meanwhile.
    """
    check_birth_year(ResidentDetails(resident.name, birth_year), at=at)
    open_still = Resident.objects.filter(pk=resident.pk, birth_year=None, user=None)
    if not open_still.update(birth_year=birth_year):
        raise changed_meanwhile()
    resident.birth_year = birth_year
    record_audit("resident.birth_year_added", resident, by=by, at=at)
    return resident
