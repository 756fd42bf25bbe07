"""Signing up for a session, seeing where one stands, and leaving again."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.refusal import Refused
from qixue.participation.lottery import entry_number
from qixue.participation.models import Feedback, Registration, RegistrationTerms
from qixue.participation.operations import registrations as operations
from qixue.participation.operations.eligibility import children_without_consent
from qixue.participation.operations.offers import accept_offer
from qixue.participation.operations.transfers import hand_over_place
from qixue.participation.queries import listed
from qixue.participation.queries.answers import asked_at, said_by
from qixue.participation.queries.attendances import those_in_seats
from qixue.participation.queries.feedback import open_questions_of
from qixue.participation.queries.lotteries import drawn_of, is_before_draw, number_to_come
from qixue.participation.queries.registrations import (
    Party,
    at_the_same_time,
    called_off,
    can_leave,
    most_for,
    moved_from,
    obstacle_to_registering,
    parties_of,
    place_in_queue,
    registered_among,
    terms_of,
    ticket_holders,
    without_superseded,
)
from qixue.participation.queries.visits import Visit, by_token, came_to, unregistered_visits_of, visits_of
from qixue.people.models import NotificationPreference, Resident, User
from qixue.people.namesakes import named_apart
from qixue.people.operations.notifications import reachability_of
from qixue.people.queries import inbox_of
from qixue.programme.models import Session
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import (
    for_residents,
    for_residents_who_type,
    household_of,
    known,
    names_at_home,
    party_or_404,
)
from qixue.web.me.forms.registrations import CancelForm, RegisterForm, TransferForm
from qixue.web.me.same_time import is_decided, same_time_of, same_time_page

MOST_PAST = 20  # of what was


@dataclass(frozen=True)
class Card:
    """A party at a session that is not over, and those of it who were let in already, also without their seat."""

    party: Party
    there: Sequence[Resident]
    inside: str  # their names
    open_count: int  # of those who were not let in yet

    @property
    def are_all_in(self) -> bool:
        return self.open_count == 0

    @property
    def is_current(self) -> bool:
        """Whether somebody is to come, or there. A session that is called off counts nobody."""
        return bool(self.party.active or self.there) and self.party.session.state != Session.State.CANCELLED

    @classmethod
    def of(cls, party: Party, came: Collection[tuple[int, int]], names: Mapping[int, str]) -> "Card":
        there = [row.resident for row in party.rows if (party.session.pk, row.resident_id) in came]
        open_count = sum(row.resident not in there for row in party.active)
        return cls(party, there, enumeration(names[person.pk] for person in there), open_count)


@for_residents
def home(request: HttpRequest) -> HttpResponse:
    """What this household is signed up for: what is to come first, then what was."""
    user, resident = known(request)
    at = now()
    household = household_of(resident)
    parties = without_superseded(parties_of(household))
    questions, people = open_questions_of(household, at=at), by_token(household)
    not_over = [party for party in parties if has_offer(party, at) or not party.is_over_at(at)]
    came, names = came_to(not_over, people), named_apart(household)
    cards = [card for card in (Card.of(party, came, names) for party in not_over) if card.is_current]
    offers = [card for card in cards if has_offer(card.party, at) and not card.are_all_in]
    current = [card.party for card in cards]
    past = [party for party in reversed(parties) if party not in current]
    context = {
        "resident": resident,
        "names": names,
        "unread_count": inbox_of(user).filter(read_at=None).count(),
        "offers": offers,
        "coming": [card for card in cards if card not in offers],
        "unregistered_visits": unregistered_visits_of(people, most=MOST_PAST),
        "visits": visits_of(past[:MOST_PAST], people, questions),
        "questions": questions,
        "faces": Feedback.Face.choices,
    }
    return render(request, "me/home.html", context)


def has_offer(party: Party, at: datetime.datetime) -> bool:
    """Whether a seat is kept for the party, as long as it answers."""
    return bool(party.active) and party.active[0].is_offer_open_at(at)


@for_residents_who_type
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes, then a seat or a place in the queue. A session that takes nobody says why, and what to do instead."""
    user, resident = known(request)
    session = get_object_or_404(listed(Session.objects.public()), pk=pk)
    terms = terms_of(session)
    if obstacle := obstacle_to_registering(session, terms, at=now()):
        return parts.refusal_page(request, obstacle, back=reverse("public:session", args=[pk]), instead=session)
    household = household_of(resident)
    there, unagreed = registered_among(household, session), children_without_consent(household, session, at=now())
    people = {"household": household, "choosable": without(household, there, unagreed)}
    most = most_for(user, session, terms)
    form = RegisterForm(unfinished_forms.answers(request), **people, most=most, questions=asked_at(session))
    same_time = same_time_of(form, session)
    if is_decided(request, form, same_time):
        try:
            made = operations.register(session, **form.answers(), by=user, at=now())
            return redirect("me:registration", made[0].party)
        except Refused as refusal:
            form.refuse(refusal)
    if asked := same_time_page(request, form, same_time, session):
        return asked
    names = named_apart(household)
    context = {**around_form(session, terms, there), "names": names, "unagreed": unagreed, "most": most}
    return unfinished_forms.form_page(request, "me/registrations/register.html", form, **context)


def around_form(session: Session, terms: RegistrationTerms, there: list[Registration]) -> dict[str, object]:
    """What stands around the form: the session, its terms, and who of the household is signed up there already."""
    is_by_lot = is_before_draw(session, terms)
    programme = session.activity.programme
    return {"session": session, "programme": programme, "terms": terms, "is_by_lot": is_by_lot, "there": there}


def without(
    household: list[Resident], there: list[Registration], unagreed: Collection[Resident] = ()
) -> list[Resident]:
    """Those who are not signed up yet, and of whom no guardian has to agree first."""
    taken = {row.resident_id for row in there}
    return [person for person in household if person.pk not in taken and person not in unagreed]


@for_residents
def registration(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """Where a party stands; the page that people come back to."""
    user, resident = known(request)
    found = party_or_404(resident, party)
    at, terms = now(), terms_of(found.session)
    over, inside = found.is_over_at(at), those_in_seats(found.session, found.active)
    open_count = len(found.active) - len(inside)
    household = household_of(resident)
    names = named_apart(household)
    there = registered_among(household, found.session)
    others = without(household, there)
    can_join = bool(others) and can_register(found.session)
    context = {
        "party": found,
        "people": without_superseded([found])[0].rows,
        "all_the_same": came_all_the_same(found, there),
        "names": names,
        "place": place_in_queue(found),
        "has_offer": has_offer(found, at) and open_count > 0,  # whoever is in keeps the seat without an answer
        "off": called_off(found.session) if found.is_off else None,
        "same_time": [] if over else at_the_same_time([row.resident for row in found.active], found.session),
        "has_ticket": bool(ticket_holders(found)) and not over,
        "is_over": over,
        "visit": visit_of(found, household, at) if over else None,
        "resident": resident,
        "terms": terms,
        "inside": enumeration(names[row.resident_id] for row in inside),
        "open_count": open_count,
        "can_leave": can_leave(found.session, terms, found.active, at=at),
        "hears_by_sms": hears_by_sms(user),
        "has_phone": bool(user.mobile),
        "drawn": drawn_of(found),
        "number_to_come": number_to_come(found.session),
        "entry": entry_number(found.key),
        "said": said_by(found.active or found.rows),
        "others": others,
        "can_return": not there and can_join,
        "can_join": bool(there) and can_join,
        "moved": moved_from(found),
        "elsewhere": [row for row in there if row.party != found.key],
    }
    return render(request, "me/registrations/detail.html", {**context, **around(found)})


def came_all_the_same(party: Party, there: Sequence[Registration]) -> set[int]:
    """Who of the party gave up the seat and was let in nevertheless, by key; `there` are those who have another."""
    again = {row.resident_id for row in there}
    gone = [row.resident for row in party.rows if row not in party.active and row.resident_id not in again]
    return {person for _session, person in came_to([party], by_token(gone))} if gone else set()


def hears_by_sms(user: User) -> bool:
    return bool(user.mobile) and NotificationPreference.Topic.REGISTRATIONS in reachability_of(user).sms_topics


def visit_of(party: Party, household: list[Resident], at: datetime.datetime) -> Visit:
    return visits_of([party], by_token(household), open_questions_of(household, at=at))[0]


def not_in_yet(party: Party) -> list[Registration]:
    """Those who can still leave it to others to come: whoever was let in keeps the place."""
    inside = those_in_seats(party.session, party.active)
    return [row for row in party.active if row not in inside]


def can_register(session: Session) -> bool:
    return obstacle_to_registering(session, terms_of(session), at=now()) is None


def around(party: Party) -> dict[str, object]:
    return {"session": party.session, "programme": party.session.activity.programme}


def nobody_to_leave(request: HttpRequest, party: Party) -> HttpResponse:
    """Of who is in, and of a session called off, the page of the place says so."""
    if not party.active and not party.is_off:
        messages.info(request, _("These seats were given up already."))
    return redirect("me:registration", party.key)


@for_residents_who_type
def transfer(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """Somebody else of the household comes instead: the seat, or the place in line, stays as it is."""
    user, resident = known(request)
    found = party_or_404(resident, party)
    leaving = not_in_yet(found)
    if not leaving:
        return nobody_to_leave(request, found)
    household = household_of(resident)
    unagreed = children_without_consent(household, found.session, at=now())
    others = without(household, registered_among(household, found.session), unagreed)
    questions, answers = asked_at(found.session), unfinished_forms.answers(request)
    form = TransferForm(answers, party=found, leaving=leaving, household=household, others=others, questions=questions)
    same_time = same_time_of(form, found.session)
    if is_decided(request, form, same_time):
        try:
            hand_over_place(**form.answers(), by=user, at=now())
            return redirect("me:registration", party)
        except Refused as refusal:
            form.refuse(refusal)
    if asked := same_time_page(request, form, same_time, found.session):
        return asked
    names = named_apart(household)
    context = {"party": found, "others": others, "names": names, "unagreed": unagreed, **around(found)}
    return unfinished_forms.form_page(request, "me/registrations/transfer.html", form, **context)


@for_residents_who_type
def cancel(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """Who does not come after all; their seats go to the next in the queue."""
    user, resident = known(request)
    found = party_or_404(resident, party)
    leaving = not_in_yet(found)
    names = names_at_home(resident)
    form = CancelForm(unfinished_forms.answers(request), party=found, leaving=leaving, names=names)
    if not leaving:
        return nobody_to_leave(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            gone = operations.cancel_registrations(found.session, keys=form.keys(), by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done = _("Cancelled: %(names)s.") % {"names": enumeration(names[row.resident_id] for row in gone)}
            messages.success(request, done if gone else _("These seats were given up already."))
            return redirect("me:registration", party)
    context = {"party": found, "can_return": can_register(found.session), **around(found)}
    return unfinished_forms.form_page(request, "me/registrations/cancel.html", form, **context)


@require_POST
@for_residents
def accept(request: HttpRequest, party: uuid.UUID) -> HttpResponse:
    """Take the seats that became free."""
    user, resident = known(request)
    found = party_or_404(resident, party)
    return parts.pressed(
        request,
        lambda: accept_offer(found.session, party=party, by=user, at=now()),
        back=reverse("me:registration", args=[party]),
    )
