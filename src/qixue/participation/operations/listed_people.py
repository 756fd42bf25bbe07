"""Signing up people who have no phone, or whom the organiser adds by hand: several at once, from a list that is kept.

The list belongs to the organisation whose cadres and organisers wrote it; no other one searches or sees it.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.names import by_name
from qixue.core.refusal import Refused
from qixue.participation.models import ListedPerson, Registration
from qixue.participation.operations.registrations import register
from qixue.participation.queries.listed_people import home_organisation, listed_in, source_of
from qixue.people.models import Organisation, Resident, User
from qixue.people.operations.listed_residents import add_birth_year, add_listed_guardian, add_listed_resident
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.operations.residents import ResidentDetails
from qixue.places.models import Region
from qixue.programme.models import Session

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class NewPerson:
    """A row of the sheet: who, and for a child under 14 which guardian agreed on paper, and when."""

    name: str
    birth_year: int | None = None
    home_region: Region | None = None
    guardian_name: str = ""
    agreed_on: datetime.date | None = None

    @property
    def details(self) -> ResidentDetails:
        return ResidentDetails(self.name, self.birth_year, self.home_region)


@dataclass(frozen=True)
class SignUp:
    """Who is signed up: keys of people on the list, and people who are new on it. `key` is the one of the form.

    `is_together`: all get a seat or all wait; else each for themselves in this order.
    """

    key: uuid.UUID
    listed: tuple[int, ...] = ()
    new: tuple[NewPerson, ...] = ()
    is_together: bool = False


@transaction.atomic
def sign_up_people(session: Session, *, wanted: SignUp, by: User, at: datetime.datetime) -> list[Registration]:
    """Sign the people up and keep the new ones on the organisation's list. The same form again changes nothing.

    Refused: nobody_chosen, too_many_people, changed_meanwhile, those of `add_listed_resident` (with the row in the
    field's name) and of `register`.
    """
    organisation = home_organisation(by, session)
    if organisation is None:
        raise Refused("not_yours", _("You can sign people up for sessions in your part only."))
    earlier = Registration.objects.filter(session=session, registered_by=by, party__in=parties(wanted))
    if found := list(earlier.order_by("pk")):
        return found
    known = listed_in(organisation).filter(resident__in=wanted.listed).select_related("resident__home_region")
    people = by_name((row.resident for row in known.order_by("pk")), lambda person: person.name)
    people += [write_down(organisation, person, row, by=by, at=at) for row, person in enumerate(wanted.new, start=1)]
    people = list({person.pk: person for person in people}.values())
    if not people:
        raise Refused(
            "nobody_chosen", _("Please choose somebody from the list, or write somebody down."), field="listed"
        )
    if len(people) > MOST_AT_ONCE:
        sentence = _("Please sign up to %(limit)s people at once.")
        raise Refused("too_many_people", sentence, limit=MOST_AT_ONCE)
    hold_or_refuse([person.pk for person in people])  # before the session: each sign-up would hold one after it
    source = source_of(by, session)
    groups = [people] if wanted.is_together else [[person] for person in people]
    made = []
    for party, group in zip(parties(wanted), groups, strict=False):
        made += register(session, people=group, party=party, by=by, at=at, source=source)
    return made


def parties(wanted: SignUp) -> list[uuid.UUID]:
    """The keys of the parties, made from that of the form: the same form gives the same ones."""
    return [uuid.uuid5(wanted.key, str(number)) for number in range(MOST_AT_ONCE)]


def write_down(organisation: Organisation, person: NewPerson, row: int, *, by: User, at: datetime.datetime) -> Resident:
    """The person on the organisation's list who is the same by name, year and home, else a new one."""
    try:
        if there := same_on_list(organisation, person, by=by, at=at):
            return there
        guardian = guardian_of(organisation, person, by=by, at=at)
        resident = add_listed_resident(person.details, guardian=guardian, agreed_on=person.agreed_on, by=by, at=at)
    except Refused as refusal:
        field = f"{refusal.field}_{row}" if refusal.field else ""
        raise Refused(refusal.code, refusal.text, field=field, **refusal.params) from refusal
    keep_on_list(organisation, resident, by=by, at=at)
    return resident


def same_on_list(organisation: Organisation, person: NewPerson, *, by: User, at: datetime.datetime) -> Resident | None:
    """Who is on the list already; a grown-up who stands there without a year of birth gets the one that is written."""
    named = listed_in(organisation).filter(resident__name=person.name, resident__home_region=person.home_region)
    rows = named.select_related("resident__home_region").order_by("pk")
    if person.birth_year is None:
        return None  # nobody is known by a name alone
    if there := rows.filter(resident__birth_year=person.birth_year).first():
        return there.resident
    without_year = None if person.details.is_child_at(at) else rows.filter(resident__birth_year=None).first()
    if without_year is None:
        return None
    return add_birth_year(without_year.resident, birth_year=person.birth_year, by=by, at=at)


def guardian_of(organisation: Organisation, person: NewPerson, *, by: User, at: datetime.datetime) -> Resident | None:
    """Only for a child under 14: a grown-up of that name on the list, else written down by name alone."""
    if not person.guardian_name or not person.details.is_child_at(at):
        return None
    same = listed_in(organisation).filter(resident__name=person.guardian_name, resident__guardian=None)
    if there := same.select_related("resident").order_by("pk").first():
        return there.resident
    return add_listed_guardian(person.guardian_name, home_region=person.home_region, by=by, at=at)


def keep_on_list(organisation: Organisation, resident: Resident, *, by: User, at: datetime.datetime) -> ListedPerson:
    row, _made = ListedPerson.objects.get_or_create(
        organisation=organisation, resident=resident, defaults={"added_by": by, "added_at": at}
    )
    return row


@transaction.atomic
def take_off_list(rows: Sequence[ListedPerson], *, by: User, at: datetime.datetime) -> None:
    """The people stay signed up where they are; nobody of the organisation finds them on the list any more."""
    for row in rows:
        record_audit("listed_person.taken_off", row.organisation, by=by, at=at, details={"resident": row.resident_id})
        row.delete()
