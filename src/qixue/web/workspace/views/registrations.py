"""Who is signed up for a session: the list that organisers and cadres work with, on screen, on paper and as a file."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from qixue.core.clock import now
from qixue.core.language import enumeration
from qixue.core.names import keys_of_called
from qixue.participation.models import Question, RegistrantMessage, Registration
from qixue.participation.queries.arrivals import Arrival, Arrivals, arrivals_at
from qixue.participation.queries.attendances import CameIn
from qixue.participation.queries.door import expected_at
from qixue.participation.queries.door_state import Expected, expected_people
from qixue.participation.queries.lotteries import awaited_number, entered_before_draw
from qixue.participation.queries.queue import seats_left, too_large
from qixue.participation.queries.registered import contact_of, registrations_at, state_counts
from qixue.participation.queries.registrations import is_concerned, terms_of
from qixue.participation.queries.walk_ins import walk_ins_at
from qixue.participation.rules import may_correct_attendance
from qixue.people.models import User
from qixue.people.namesakes import told_apart, years_apart
from qixue.people.rules import Action, may
from qixue.programme.models import Session
from qixue.report.registration_sheet import registration_table
from qixue.web import parts, table_files, unfinished_forms
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, session_or_404, staff
from qixue.web.workspace.forms.registrations import NameForm
from qixue.web.workspace.registration_words import told_through

PER_PAGE = 100
SHOWN_MESSAGES = 5
EMPTY_LINES = 12  # on the sign-in sheet, for those who come without having signed up


@dataclass(frozen=True)
class Line:
    """A registration with its place in the queue, whether the queue goes past it because its party is larger than the
    room, who else is in its party, for how many of it an offer is still open, whether the person came and how, and the
    account through which they are told.
    """

    row: Registration
    place: int | None
    is_too_large: bool
    beside: str
    offered_count: int
    arrival: Arrival | None
    came_in: CameIn | None
    contact: User | None

    @property
    def is_in_seat(self) -> bool:
        """Whoever waits has no seat to keep, also where somebody let them in."""
        return self.arrival == Arrival.IN and self.row.state in Registration.SEATED_STATES

    @property
    def is_concerned(self) -> bool:
        return is_concerned(self.row)

    @property
    def told_through(self) -> str:
        return told_through(self.row, self.contact)


@needs(Action.MANAGE_REGISTRATIONS)
def registrations(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Seats, queue, answers. A name is looked for by POST, because it belongs into no address, and shown by GET."""
    found = session_or_404(request.user, pk, Action.MANAGE_REGISTRATIONS)
    asked = table_files.table_asked(request)
    form = NameForm(unfinished_forms.waiting(request) if asked else unfinished_forms.answers(request))
    rows = narrowed(registrations_at(found), request.GET.get("state", ""), form)
    table = PageTable("registrations", lambda: registration_table(found, rows, at=now()), found)
    if asked:
        return table_files.table_file(request, asked, {"programme": found.activity.programme}, (table,))
    context = {**context_of(request, found, rows), "exports": table_files.offers((table,))}
    return unfinished_forms.form_page(request, "workspace/registrations/list.html", form, **context)


def context_of(request: HttpRequest, found: Session, rows: QuerySet[Registration]) -> dict[str, Any]:
    state, terms = request.GET.get("state", ""), terms_of(found)
    page, people = parts.paginate(request, rows, PER_PAGE), expected_people(found)
    arrivals, is_to_come = arrivals_at(found, people, at=now()), is_to_come_at(found, now())
    may_count = found.state != Session.State.CANCELLED and may(
        request.user, Action.RECORD_ATTENDANCE, found.activity.organisation
    )
    return {
        "session": found,
        "programme": found.activity.programme,
        "terms": terms,
        "entered_count": (entered := entered_before_draw(found, terms)),
        "is_by_lot": entered is not None,
        "awaited_number": awaited_number(found) if terms.public_number else "",
        "page": page,
        "lines": (lines := lines_of(found, page, arrivals, people)),
        "is_kept_for_first": is_to_come and is_kept_for_first(found),
        "shows_arrivals": arrivals.has_begun or any(line.arrival for line in lines),
        "walk_in_count": len(walk_ins_at(found, people)) if may_count else 0,
        "counts": state_counts(found),
        "has_questions": Question.objects.filter(session=found).exists(),
        "state": state if state in Registration.State.values else "",
        "states": Registration.State.choices,
        "messages_sent": RegistrantMessage.objects.filter(session=found).order_by("-sent_at", "-pk")[:SHOWN_MESSAGES],
        "may_edit": may(request.user, Action.EDIT_ACTIVITY, found.activity.organisation),
        "may_correct": may_correct_attendance(staff(request), found),
        "is_to_come": is_to_come,
    }


def is_to_come_at(session: Session, at: datetime.datetime) -> bool:
    return session.state == Session.State.PLANNED and (session.starts_at is None or session.starts_at > at)


def is_kept_for_first(session: Session) -> bool:
    """Whether seats are free, and none for who comes now: the first in line come together and need more."""
    return session.seat_count is not None and session.taken_count < session.seat_count and not seats_left(session)


def narrowed(rows: QuerySet[Registration], state: str, form: NameForm) -> QuerySet[Registration]:
    """In one state, by itself in any but cancelled; and with a name, when one is looked for."""
    if state in Registration.State.values:
        rows = rows.filter(state=state)
    elif not form.is_bound:
        rows = rows.exclude(state=Registration.State.CANCELLED)
    if form.is_valid() and (name := form.cleaned_data["name"]):
        rows = rows.filter(pk__in=keys_of_called(rows.values_list("pk", "resident__name"), name))
    return rows


def lines_of(
    session: Session, rows: Iterable[Registration], arrivals: Arrivals, people: Iterable[Expected]
) -> list[Line]:
    """`people` is everybody who is signed up, also those whom the rows leave out."""
    parties: dict[Any, list[Registration]] = {}
    for person in people:
        parties.setdefault(person.registration.party, []).append(person.registration)
    queue = Registration.objects.waiting().filter(session=session).values_list("pk", flat=True)
    places = {key: place for place, key in enumerate(queue, start=1)}
    at = now()
    too_many = set(too_large(session).values_list("pk", flat=True))
    offers = Registration.objects.filter(session=session, state=Registration.State.OFFERED)
    offers = offers.exclude(session__state=Session.State.CANCELLED)
    offered = Counter(offers.values_list("party", flat=True))
    return [
        Line(
            row=row,
            place=places.get(row.pk),
            is_too_large=row.pk in too_many,
            beside=enumeration(other.resident.name for other in parties.get(row.party, ()) if other.pk != row.pk),
            offered_count=offered[row.party] if row.is_offer_open_at(at) else 0,
            arrival=arrivals.of(row),
            came_in=arrivals.came_in.get(row.pk),
            contact=contact_of(row),
        )
        for row in rows
    ]


@needs(Action.MANAGE_REGISTRATIONS)
def sign_in_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """For the table at the door: who has a seat, room to sign, empty lines for others."""
    found = session_or_404(request.user, pk, Action.MANAGE_REGISTRATIONS)
    context: dict[str, Any] = {
        "session": found,
        "programme": found.activity.programme,
        "seated": registrations_at(found).filter(state__in=Registration.SEATED_STATES),
        "waiting": registrations_at(found).filter(state=Registration.State.WAITING),
        "apart": years_apart(row.resident for row in expected_at([found])),
        "empty_lines": range(EMPTY_LINES),
    }
    return render(request, "workspace/registrations/sign_in_sheet.html", context)


@needs(Action.MANAGE_REGISTRATIONS)
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Slips of paper for people without a phone: where to be when, and the six digits for the door."""
    found = session_or_404(request.user, pk, Action.MANAGE_REGISTRATIONS)
    rows = registrations_at(found).exclude(state=Registration.State.CANCELLED)
    without_phone = rows.filter(resident__user=None, resident__guardian__user=None)
    context = {
        "session": found,
        "programme": found.activity.programme,
        "rows": without_phone,
        "apart": told_apart(row.resident for row in expected_at([found])),
    }
    return render(request, "workspace/registrations/codes.html", context)
