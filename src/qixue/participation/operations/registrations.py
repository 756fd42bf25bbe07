"""Signing up for a session and leaving it again. All of it happens under the lock of the session's row, which counts.

The order is strict: nobody gets a seat while somebody waits who came earlier. People who sign up together stay
together: a party moves up when there is room for all of it, and what is behind it waits as long. Only a party of more
people than the session has seats by now holds up nobody: it cannot move up, is told so, and keeps its place.
"""

import datetime
import uuid
from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.clock_words import MONTHS_EN
from qixue.core.duties import for_each
from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Registration, RegistrationQuerySet, RegistrationTerms
from qixue.participation.notice_kinds import OFFER_OVER, OFFER_OVER_CLOSED, PASSED_ON, PASSED_ON_CLOSED
from qixue.participation.notices import about_party, told_at_once
from qixue.participation.operations.answers import Answers, are_as_first, checked_answers, keep_answers
from qixue.participation.operations.asked_again import first_rows, is_same_request
from qixue.participation.operations.door_codes import free_door_codes
from qixue.participation.operations.eligibility import (
    check_missed,
    check_people,
    check_window,
    must_act_for,
)
from qixue.participation.operations.lotteries import entered
from qixue.participation.operations.seats import (
    addressed,
    by_party,
    held_holders,
    locked_session,
    must_be_held,
    promote,
    with_session,
)
from qixue.participation.queries.attendances import taken_back_with, those_in_seats, those_of
from qixue.participation.queries.lotteries import is_before_draw
from qixue.participation.queries.queue import has_seats_for, with_parties_to_tell, with_room
from qixue.participation.queries.registered import reach_of, similar_sessions
from qixue.participation.queries.registrations import (
    can_leave,
    held_by,
    obstacle_to_registering,
    terms_of,
    why_off,
)
from qixue.participation.rules import may_correct_attendance, may_manage_registrations
from qixue.participation.session_notice_kinds import CHECK_IN_OFF
from qixue.participation.sources import FROM_HOME, source_at_home
from qixue.people.models import Resident, User
from qixue.people.notices import Notice
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.operations.notifications import notify, notify_each
from qixue.programme.models import Session

SESSION_OFF = "registration_session_off"
PARTIES_AT_ONCE = 300
State = Registration.State
Reason = Registration.CancelReason


@transaction.atomic
def register(
    session: Session,
    *,
    people: Sequence[Resident],
    party: uuid.UUID,
    by: User,
    at: datetime.datetime,
    source: str = Registration.Source.SELF,
    answers: Answers | None = None,
) -> list[Registration]:
    """Give the people seats at the session, or the next places in its queue, or an entry in its draw; all or none.

    `source` says how it is done, and with that what holds: whoever signs their own household up keeps to the terms,
    also as somebody who runs the session, and each row says whether it is their own; by the cadre or the organiser is
    for those who manage its registrations.

    `party` is made by the form or program that asks: asked again with it, the first answer is given, whatever became of
    the places. `answers` are those to the organiser's questions; who signs others up as staff can leave them out.
    Refused: key_reused, already_registered, not_yours, no_registration, registration_not_open, registration_closed,
    too_many_places, too_young, too_old, other_region, guardian_needed, age_unknown, missed_too_often, answer_missing,
    answer_not_offered, answer_too_long, not_committed, draw_pending, changed_meanwhile.
    """
    if not people or len({person.pk for person in people}) != len(people):
        raise ValueError("A party has one person or more, each once.")
    hold_or_refuse([person.pk for person in people])
    session = locked_session(session)
    if rows := list(Registration.objects.filter(party=party).order_by("pk")):
        first = first_rows(rows)
        must_be_same(first, session, people, by=by, source=source, answers=answers or {})
        return first
    terms = terms_of(session)
    is_staff = source not in FROM_HOME
    must_sign_up(by, session, people, is_staff=is_staff)
    check_window(session, terms, at=at, is_staff=is_staff)
    check_people(session, terms, people, at=at)
    check_places(session, terms, people, by, is_staff=is_staff)
    if not is_staff:
        check_missed(session, terms, people, at=at)
    said = checked_answers(session, people, answers or {}, is_staff=is_staff)
    made = given_places(session, terms, people, at=at)
    for registration, door_code in zip(made, free_door_codes(session, len(made)), strict=True):
        registration.party, registration.door_code = party, door_code
        registration.source = source if is_staff else source_at_home(registration.resident, by)
        registration.registered_at, registration.registered_by = at, by
    keep_answers(Registration.objects.bulk_create(made), said)
    record_audit("registration.made", session, by=by, at=at, details={"party": str(party), "places": len(made)})
    if not is_staff:  # whoever signs others up reads it on the next page
        kind, more = told_at_once(made, terms.offer_hours)
        notify([by], about_party(kind, made, **more), at=at)
    return made


def must_be_same(
    first: Sequence[Registration],
    session: Session,
    people: Sequence[Resident],
    *,
    by: User,
    source: str,
    answers: Answers,
) -> None:
    """Whether what is asked now is what the first rows of the party were made for. Refused: key_reused."""
    is_same = is_same_request(first, session, [person.pk for person in people], by=by, source=source)
    if not is_same or not are_as_first(first, session, people, answers):
        raise key_reused()


def must_sign_up(by: User, session: Session, people: Sequence[Resident], *, is_staff: bool) -> None:
    """Refused: not_yours."""
    must_act_for(by, people, is_staff=is_staff)
    if is_staff and not may_manage_registrations(by, session):
        raise Refused("not_yours", _("You can sign people up for sessions in your part only."))


def check_places(
    session: Session, terms: RegistrationTerms, people: Sequence[Resident], by: User, *, is_staff: bool
) -> None:
    """Refused: already_registered, too_many_places."""
    active = Registration.objects.active().filter(session=session)
    if there := active.filter(resident__in=people).select_related("resident").order_by("pk").first():
        sentence = _("%(name)s is signed up for this session already.")
        raise Refused("already_registered", sentence, field="people", name=there.resident.name)
    held = 0 if is_staff else held_by(by, session)
    limit = session.seat_count or 0
    if len(people) > limit or (not is_staff and held + len(people) > (limit := terms.place_limit)):
        sentence = _("Up to %(limit)s people can be signed up here by one person. Please choose fewer.")
        raise Refused("too_many_places", sentence, field="people", limit=limit)


def given_places(
    session: Session, terms: RegistrationTerms, people: Sequence[Resident], *, at: datetime.datetime
) -> list[Registration]:
    """Seats or places in the queue; before a draw, entries. Refused: not_committed, draw_pending."""
    if is_before_draw(session, terms):
        return entered(session, terms, people, at=at)
    return placed(session, people)


def placed(session: Session, people: Sequence[Resident]) -> list[Registration]:
    """A seat for each as `has_seats_for` says, else numbers one behind the other; counted at once."""
    rows = [Registration(session=session, resident=person) for person in people]
    if has_seats_for(session, len(rows)):
        session.taken_count += len(rows)
        session.save(update_fields=["taken_count"])
        for row in rows:
            row.state = State.CONFIRMED
        return rows
    for ahead, row in enumerate(rows, start=1):
        row.state, row.waiting_number = State.WAITING, session.last_waiting_number + ahead
        row.first_place = session.waiting_count + ahead
    session.waiting_count += len(rows)
    session.last_waiting_number += len(rows)
    session.save(update_fields=["waiting_count", "last_waiting_number"])
    return rows


@transaction.atomic
def cancel_registrations(
    session: Session, *, keys: Collection[int], by: User, at: datetime.datetime, reason: str = Reason.WITHDRAWN
) -> list[Registration]:
    """Give up seats or places in the queue of one's household; whoever waits moves up. Doing it again changes nothing.

    `keys` are those of registrations for the session. Refused: not_yours, cancel_too_late, is_in_already,
    changed_meanwhile.
    """
    asked = Registration.objects.filter(session=session, pk__in=keys)
    held = held_holders(asked)
    session = locked_session(session)
    rows = list(asked.select_related("resident__guardian"))
    must_be_held(rows, held)
    if len(rows) != len(set(keys)):
        raise ValueError("These are not all registrations of this session.")
    must_act_for(by, [row.resident for row in rows], is_staff=False)
    rows = [row for row in rows if row.state != State.CANCELLED]
    check_cancel_time(session, rows, at=at)
    check_not_in(session, rows)
    release(session, rows, reason=reason, at=at)
    if rows:
        record_audit("registration.cancelled", session, by=by, at=at, details={"keys": sorted(row.pk for row in rows)})
        promote(session, terms_of(session), at=at)
    return rows


def check_cancel_time(session: Session, rows: list[Registration], *, at: datetime.datetime) -> None:
    """Refused: cancel_too_late."""
    if not can_leave(session, terms_of(session), rows, at=at):
        raise Refused(
            "cancel_too_late",
            _("Seats can no longer be given up here. Please call the organiser if you cannot come."),
        )


def check_not_in(session: Session, rows: Sequence[Registration], *, staff: User | None = None) -> None:
    """Whoever was let in before the start sits in their seat: it goes to nobody else. The people are held.

    `staff` is who does it for others; without it is done at home. Refused: is_in_already.
    """
    if inside := those_in_seats(session, rows):
        corrects = _("%(name)s is checked in already. Please take the check-in back first.")
        asks = _(
            "%(name)s is checked in already. Please take the check-in back first: on the page of the door if you have "
            "just entered it, else ask an organiser."
        )
        at_home = _(
            "%(name)s is checked in already, so this place can no longer be given up or handed over. If that is a "
            "mistake, please speak to the organiser."
        )
        for_staff = corrects if staff and may_correct_attendance(staff, session) else asks
        raise Refused("is_in_already", for_staff if staff else at_home, name=inside[0].resident.name)


def release(session: Session, rows: Sequence[Registration], *, reason: str, at: datetime.datetime) -> None:
    """Take the rows out of the seats and the queue of a session that is locked."""
    seated = sum(row.state in Registration.SEATED_STATES for row in rows)
    session.taken_count -= seated
    session.waiting_count -= sum(row.state == State.WAITING for row in rows)
    session.save(update_fields=["taken_count", "waiting_count"])
    for row in rows:
        row.state, row.cancelled_at, row.cancel_reason = State.CANCELLED, at, reason
        row.waiting_number = row.offered_until = None
    Registration.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.CANCELLED, cancelled_at=at, cancel_reason=reason, waiting_number=None, offered_until=None
    )


def keep_queues(*, at: datetime.datetime) -> int:
    """The worker's duty: end offers that ran out, give free seats to those who wait, tell those whose session is off.

    Returns how many sessions it changed.
    """
    overdue = Session.objects.filter(registrations__state=State.OFFERED, registrations__offered_until__lte=at)
    called_off = Session.objects.filter(state=Session.State.CANCELLED)
    off = called_off.exclude(taken_count=0, waiting_count=0)
    not_drawn = called_off.filter(registrations__state=State.ENTERED)
    keys = {pk for found in (overdue, with_room(at), off, not_drawn) for pk in found.values_list("pk", flat=True)}
    return for_each("queues", sorted(keys | with_parties_to_tell(at)), partial(keep_queue, at=at))


@transaction.atomic
def keep_queue(session_pk: int, *, at: datetime.datetime) -> bool:
    """Whether anything has changed. Of many who lose their places some parties do with each run of the duty, so that
    nobody waits long for the session. Whoever was let in keeps the seat that was offered.
    """
    active = Registration.objects.active().filter(session=session_pk)
    overdue = first_parties(active.filter(state=State.OFFERED, offered_until__lte=at))
    held = held_holders(overdue)
    session = locked_session(Session(pk=session_pk))
    if session.state == Session.State.CANCELLED:
        ending, reason = first_parties(active), Reason.SESSION_OFF
    else:
        ending, reason = overdue.filter(resident__pk__among=held), Reason.OFFER_EXPIRED
    found = list(ending.with_accounts().order_by("pk"))
    kept = confirm_inside(session, found, at=at) if reason == Reason.OFFER_EXPIRED else []
    rows = [row for row in found if row not in kept]
    if rows:
        release(session, rows, reason=reason, at=at)
        record_audit(f"registration.{reason}", session, by=None, at=at, details={"keys": [row.pk for row in rows]})
    terms = terms_of(session)
    moved_up = promote(session, terms, at=at)
    if rows:
        if reason == Reason.SESSION_OFF:
            kind, more = told_off(session, at=at)
        else:
            has_all_passed_on = len(moved_up) >= len(rows)  # of fewer nobody can say whose seat it was
            kind, more = told_over(session, terms, is_passed_on=has_all_passed_on, at=at), {}
        if note := more.get("note"):  # it stands beside the registration as well
            Registration.objects.filter(pk__in=[row.pk for row in rows]).update(cancel_note=note)
        once_in = those_of(taken_back_with(session, note), rows) if note else set()
        told: list[tuple[list[User], Notice]] = []
        for party in by_party(with_session(session, rows)).values():
            told += addressed(reach_of(row for row in party if row.pk not in once_in), kind, **more)
            told += addressed(reach_of(row for row in party if row.pk in once_in), CHECK_IN_OFF, **more)
        notify_each(told, at=at)
    return bool(kept or rows or moved_up)


def first_parties(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """As many of the parties as lose their places in one run."""
    keys = rows.order_by("party").values_list("party", flat=True).distinct()[:PARTIES_AT_ONCE]
    return rows.filter(party__in=list(keys))


def confirm_inside(session: Session, offered: Sequence[Registration], *, at: datetime.datetime) -> list[Registration]:
    """Give those who were let in the seats that were offered to them: they sit there, and are told so. Returns who that
    is.
    """
    inside = those_in_seats(session, offered)
    for row in inside:
        row.state, row.offered_until = State.CONFIRMED, None
    if inside:
        Registration.objects.bulk_update(inside, ["state", "offered_until"])
        keys = [row.pk for row in inside]
        record_audit("registration.offer_kept", session, by=None, at=at, details={"keys": keys})
        parties = by_party(with_session(session, inside)).values()
        notify_each([one for party in parties for one in addressed(reach_of(party), "registration_confirmed")], at=at)
    return inside


def told_over(session: Session, terms: RegistrationTerms, *, is_passed_on: bool, at: datetime.datetime) -> str:
    """How people are told that they did not answer in time: with what is so of others and of signing up again."""
    can_return = obstacle_to_registering(session, terms, at=at) is None
    if is_passed_on:
        return PASSED_ON if can_return else PASSED_ON_CLOSED
    return OFFER_OVER if can_return else OFFER_OVER_CLOSED


def told_off(session: Session, *, at: datetime.datetime) -> tuple[str, dict[str, str]]:
    """How people are told that a session was called off: with the reason, where one is kept, and what is similar."""
    reason = why_off(session)
    kind, more = ("registration_called_off", {"note": reason}) if reason else (SESSION_OFF, {})
    others = others_instead(session, at=at)
    return (f"{kind}_with_others", {**more, **others}) if others else (kind, more)


def others_instead(session: Session, *, at: datetime.datetime) -> dict[str, str]:
    """Similar sessions with free seats, as a notice names them, in both languages; empty where there is none."""
    similar = similar_sessions(session, at=at)
    days = [(local_day(found.starts_at), found) for found in similar if found.starts_at]
    if not days:
        return {}
    chinese = [f"{day.month}月{day.day}日《{other.full_title}》" for day, other in days]
    english = [
        f"{other.full_title_en or other.full_title} ({day.day} {MONTHS_EN[day.month - 1]})" for day, other in days
    ]
    return {"similar": "；".join(chinese), "similar_en": "; ".join(english)}
