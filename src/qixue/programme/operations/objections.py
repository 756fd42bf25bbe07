"""Objections against candidates on public notice: anybody makes them, those who decide settle them."""

import datetime
import re
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.fields import check_person_name
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.programme.models import Nomination, NominationStep, Objection
from qixue.programme.notices import recognitions as notices
from qixue.programme.operations.nomination_reviews import OWN_OFFICE
from qixue.programme.operations.nominations import lock_nomination, record_step, step_on
from qixue.programme.recognition_rules import may_decide

State = Nomination.State
Kind = NominationStep.Kind
SHORTEST, LONGEST = 10, 2000  # characters
PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[0-9]{7,8}")  # mobile, or fixed with or without its area code
MOST_PER_HOUR = 20  # anonymous ones against one candidate: a flood is for the telephone
MOST_PER_PHONE = 5  # named ones against one candidate in an hour with the same phone number


@dataclass(frozen=True)
class ObjectionDetails:
    """What somebody objects to. With name and phone it has to be settled; without both it is noted."""

    text: str
    name: str = ""
    phone: str = ""

    @property
    def is_anonymous(self) -> bool:
        return not self.name.strip() and not self.phone.strip()


@transaction.atomic
def file_objection(
    nomination: Nomination, *, details: ObjectionDetails, key: uuid.UUID, at: datetime.datetime
) -> Objection:
    """Take an objection from a visitor; the same `key`, which the form made, returns the first one.

    Refused: notice_not_running, objection_too_short, objection_too_long, name_and_phone, name_mistaken, phone_unclear,
    too_many_objections.
    """
    nomination = lock_nomination(nomination)
    if existing := Objection.objects.filter(key=key, nomination=nomination).first():
        return existing
    until = nomination.notice_until
    if nomination.state != State.ON_NOTICE or until is None or local_day(at) > until:
        raise Refused("notice_not_running", _("The public notice of this candidate is not running."))
    check_objection(details)
    refuse_flood(nomination, details, at)
    objection = Objection.objects.create(
        nomination=nomination,
        key=key,
        text=details.text.strip(),
        name=details.name.strip(),
        phone=details.phone.strip(),
        is_anonymous=details.is_anonymous,
        received_at=at,
    )
    if not objection.is_anonymous:
        nomination.open_objection_count += 1
        nomination.save(update_fields=["open_objection_count"])
    record_step(nomination, Kind.OBJECTION, by=None, at=at)
    people = people_in_charge(nomination.call.organisation, Action.JUDGE_NOMINATION)
    notify(people, notices.objection_received(objection), at=at)
    return objection


def refuse_flood(nomination: Nomination, details: ObjectionDetails, at: datetime.datetime) -> None:
    """Refused: too_many_objections. One who gives a name never waits because of others."""
    lately = nomination.objections.filter(received_at__gt=at - datetime.timedelta(hours=1))
    if details.is_anonymous:
        is_flood = lately.filter(is_anonymous=True).count() >= MOST_PER_HOUR
        sentence = _(
            "Very many anonymous objections came in during the last hour; please give your name and phone number, call,"
            " or come back later."
        )
    else:
        phones = [digits(phone) for phone in lately.filter(is_anonymous=False).values_list("phone", flat=True)]
        is_flood = phones.count(digits(details.phone)) >= MOST_PER_PHONE
        sentence = _("Several objections came in with this phone number; please call, or come back later.")
    if is_flood:
        raise Refused("too_many_objections", sentence)


def digits(phone: str) -> str:
    """Of the number without its spaces and dashes; as it was typed where there are none."""
    return "".join(str(int(each)) for each in phone if each.isdecimal()) or phone.strip()


def check_objection(details: ObjectionDetails) -> None:
    if len(details.text.strip()) < SHORTEST:
        sentence = _("Please say what you object to and why, in at least %(least)s characters.")
        raise Refused("objection_too_short", sentence, field="text", least=SHORTEST)
    if len(details.text) > LONGEST:
        sentence = _("Please use at most %(most)s characters.")
        raise Refused("objection_too_long", sentence, field="text", most=LONGEST)
    if bool(details.name.strip()) != bool(details.phone.strip()):
        sentence = _("Please give both your name and your phone number, or neither.")
        raise Refused("name_and_phone", sentence, field="phone" if details.name.strip() else "name")
    check_person_name(details.name)
    if details.phone.strip() and not PHONE.fullmatch(digits(details.phone)):
        sentence = _("Please give a phone number at which you can be called, for example 139 0000 0000.")
        raise Refused("phone_unclear", sentence, field="phone")


@transaction.atomic
def settle_objection(
    objection: Objection, *, is_upheld: bool, finding: str, by: User, at: datetime.datetime
) -> Objection:
    """Record what those who decide found. Upheld: the candidate is removed. Settled before: no change.

    Refused: not_judge, finding_missing, already_awarded.
    """
    nomination = lock_nomination(objection.nomination)
    objection = Objection.objects.get(pk=objection.pk)
    if not may_decide(by, nomination):
        raise Refused("not_judge", OWN_OFFICE)
    if objection.settled_at is not None:
        return objection
    if not finding.strip():
        raise Refused("finding_missing", _("Please say what was found, and how."), field="finding")
    if is_upheld and nomination.state == State.AWARDED:
        raise Refused("already_awarded", _("The result is confirmed; this candidate can no longer be removed."))
    objection.settled_at, objection.settled_by = at, by
    objection.is_upheld, objection.finding = is_upheld, finding.strip()
    objection.save(update_fields=["settled_at", "settled_by", "is_upheld", "finding"])
    if not objection.is_anonymous:
        nomination.open_objection_count -= 1
        nomination.save(update_fields=["open_objection_count"])
    if is_upheld and nomination.state in (State.ON_NOTICE, State.NOTICE_OVER):
        step_on(nomination, State.REMOVED)
    kind = Kind.OBJECTION_UPHELD if is_upheld else Kind.OBJECTION_DISMISSED
    record_step(nomination, kind, by=by, at=at, organisation=nomination.call.organisation)
    record_audit("objection.settled", objection, by=by, at=at, details={"is_upheld": is_upheld})
    return objection
