"""Signing up people who have no phone, or whom the organiser adds by hand: several at once, from a list that is kept.

The list belongs to the organisation whose cadres and organisers wrote it; no other one searches or sees it.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import check_person_name
from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.names import by_name
from qixue.core.refusal import Refused
from qixue.participation.models import ListedPerson, Registration
from qixue.participation.operations.asked_again import first_rows, is_same_request
from qixue.participation.operations.registrations import register
from qixue.participation.queries.listed_people import home_organisation, listed_in, own_organisations, source_of
from qixue.people.models import Organisation, Resident, User
from qixue.people.operations.listed_residents import (
    add_birth_year,
    add_listed_guardian,
    add_listed_resident,
    check_listed,
)
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.operations.residents import ResidentDetails, check_birth_year
from qixue.people.operations.turns import take_turn
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

    Refused: key_reused, nobody_chosen, too_many_people, changed_meanwhile, those of `add_listed_resident` (with the row
    in the field's name) and of `register`.
    """
    organisation = home_organisation(by, session)
    if organisation is None:
        raise Refused("not_yours", _("You can sign people up for sessions in your part only."))
    take_turn(by)  # else a second press, too, writes down whoever is new, and nobody knows them for the same
    earlier = Registration.objects.filter(party__in=parties(wanted))
    if rows := list(earlier.select_related("resident__home_region").order_by("pk")):
        first = first_rows(rows)
        must_be_same_sheet(first, session, wanted, by=by)
        return first
    hold_or_refuse(who_may_be_meant(organisation, wanted))  # before the session: each sign-up would hold one after it
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
    source = source_of(by, session)
    groups = [people] if wanted.is_together else [[person] for person in people]
    made = []
    for party, group in zip(parties(wanted), groups, strict=False):
        made += register(session, people=group, party=party, by=by, at=at, source=source)
    return made


def who_may_be_meant(organisation: Organisation, wanted: SignUp) -> list[int]:
    """Keys of those on the list who are chosen, or have a name that is written down."""
    meant = Q(resident__in=wanted.listed) | Q(resident__name__in={person.name for person in wanted.new})
    return list(listed_in(organisation).filter(meant).order_by("resident").values_list("resident", flat=True))


def must_be_same_sheet(first: Sequence[Registration], session: Session, wanted: SignUp, *, by: User) -> None:
    """Whether the sheet is the one for which the first rows of its parties were made. Refused: key_reused.

    Whoever was new on it has a key by now, and is known again as on the list.
    """
    people = {row.resident_id: identity_of(row.resident) for row in first}
    written = {identity_of(person) for person in wanted.new}
    meant = {pk for pk, identity in people.items() if pk in wanted.listed or identity in written}
    is_whole = set(wanted.listed) <= set(people) and written <= set(people.values())
    party_count = 1 if wanted.is_together else len(first)
    are_grouped_so = len({row.party for row in first}) == party_count
    source = source_of(by, session)
    if not (is_whole and are_grouped_so and is_same_request(first, session, meant, by=by, source=source)):
        raise key_reused()


def identity_of(person: Resident | NewPerson) -> tuple[str, int | None, Region | None]:
    """By what somebody on the list is known again."""
    return person.name, person.birth_year, person.home_region


def parties(wanted: SignUp) -> list[uuid.UUID]:
    """The keys of the parties, made from that of the form: the same form gives the same ones."""
    return [uuid.uuid5(wanted.key, str(number)) for number in range(MOST_AT_ONCE)]


def write_down(organisation: Organisation, person: NewPerson, row: int, *, by: User, at: datetime.datetime) -> Resident:
    """The person on the organisation's list who is the same by name, year and home, else a new one."""
    there = same_on_list(organisation, person, at=at)
    if refusal := obstacle_in_row(person, row, is_known=there is not None, at=at):
        raise refusal
    if there:
        if there.resident.birth_year is None and person.birth_year is not None:
            return add_birth_year(there.resident, birth_year=person.birth_year, by=by, at=at)
        return there.resident
    guardian = guardian_of(organisation, person, by=by, at=at)
    resident = add_listed_resident(person.details, guardian=guardian, agreed_on=person.agreed_on, by=by, at=at)
    keep_on_list(organisation, resident, by=by, at=at)
    return resident


def same_on_list(organisation: Organisation, person: NewPerson, *, at: datetime.datetime) -> ListedPerson | None:
    """Who is on the list already, also a grown-up who stands there without a year of birth; a name alone is nobody.

    Whoever has an account says themselves when they were born.
    """
    if person.birth_year is None:
        return None
    named = listed_in(organisation).filter(resident__name=person.name, resident__home_region=person.home_region)
    rows = named.select_related("resident__home_region").order_by("pk")
    if there := rows.filter(resident__birth_year=person.birth_year).first():
        return there
    if person.details.is_child_at(at):
        return None
    return rows.filter(resident__birth_year=None, resident__user=None).first()


def obstacles_in_sheet(organisation: Organisation, new: Sequence[NewPerson], *, at: datetime.datetime) -> list[Refused]:
    """Why people cannot be written down, with the row in the field's name: above all a child under 14 without a
    guardian who agreed. To be asked where they are typed; signing up asks the same.
    """
    found = [
        obstacle_in_row(person, row, is_known=same_on_list(organisation, person, at=at) is not None, at=at)
        for row, person in enumerate(new, start=1)
    ]
    return [refusal for refusal in found if refusal]


def obstacle_in_row(person: NewPerson, row: int, *, is_known: bool, at: datetime.datetime) -> Refused | None:
    try:
        if is_known:
            check_birth_year(person.details, at=at)
        else:
            check_person_name(person.guardian_name, field="guardian")
            check_listed(person.details, has_guardian=bool(person.guardian_name), agreed_on=person.agreed_on, at=at)
    except Refused as refusal:
        return Refused(refusal.code, refusal.text, field=f"{refusal.field}_{row}", **refusal.params)
    return None


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
    """The people stay signed up where they are; nobody of the organisation finds them on the list any more.

    Refused: not_yours.
    """
    own = own_organisations(by).filter(pk__in={row.organisation_id for row in rows}).values_list("pk", flat=True)
    if not {row.organisation_id for row in rows} <= set(own):
        raise Refused("not_yours", _("Only the organisation that keeps a list takes people off it."))
    for row in rows:
        record_audit("listed_person.taken_off", row.organisation, by=by, at=at, details={"resident": row.resident_id})
        row.delete()
