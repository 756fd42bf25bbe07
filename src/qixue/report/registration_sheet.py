"""Who is signed up for a session as a table: seats first, then the queue in its order, with every answer."""

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext, pgettext_lazy

from qixue.core.clock import minute_text
from qixue.participation.models import Registration
from qixue.participation.queries.arrivals import Arrivals, arrivals_at
from qixue.participation.queries.door_state import expected_people
from qixue.participation.queries.registered import contact_of
from qixue.participation.queries.registrations import is_concerned, state_at
from qixue.programme.models import Session
from qixue.report.tables import Cell, Table

STATES = {  # in the words of the page of the same list
    Registration.State.CONFIRMED: gettext_lazy("Seat confirmed"),
    Registration.State.OFFERED: gettext_lazy("A seat is offered"),
    Registration.State.WAITING: gettext_lazy("On the waiting list"),
    Registration.State.ENTERED: gettext_lazy("In the draw"),
    Registration.State.CANCELLED: pgettext_lazy("registration", "Cancelled"),
}


def registration_table(session: Session, registrations: QuerySet[Registration], *, at: datetime.datetime) -> Table:
    """The registrations of the page, which are those of the session, in Chinese as offices exchange them.

    Its name begins with when the session is: lists of several sessions of one activity are kept side by side.
    """
    rows = list(registrations)
    asked = list(dict.fromkeys(answer.question.text for row in rows for answer in row.answers.all()))
    queue = Registration.objects.waiting().filter(session=session).values_list("pk", flat=True)
    places = {key: place for place, key in enumerate(queue, start=1)}
    arrivals = arrivals_at(session, expected_people(session), at=at)
    with override("zh-hans"):
        cells = [[number, *cells_of(row, session, places, arrivals, asked)] for number, row in enumerate(rows, start=1)]
        name = f"{minute_text(session.starts_at)} {session.full_title}".strip()
        return Table(name, columns_of(asked), cells, is_dated=session.starts_at is not None)


def columns_of(asked: Sequence[str]) -> tuple[tuple[str, int], ...]:
    first = (
        (_("No."), 6),
        (_("Full name"), 14),
        (_("Year of birth"), 10),
        (_("Home town or subdistrict"), 18),
        (_("State"), 14),
        (_("Place in line"), 10),
        (pgettext("a person to a session", "Came"), 12),
        (_("Came at"), 18),
        (_("How they came in"), 16),
        (_("Door code"), 12),
        (_("Signed up"), 18),
        (_("By whom"), 16),
        (_("To be told in person"), 14),
    )
    return (*first, *((question, 24) for question in asked))


def cells_of(
    row: Registration, session: Session, places: dict[int, int], arrivals: Arrivals, asked: Sequence[str]
) -> list[Cell]:
    person, state = row.resident, Registration.State(state_at(session, row))
    arrival, came_in = arrivals.of(row), arrivals.came_in.get(row.pk)
    answers = {answer.question.text: answer.words for answer in row.answers.all()}
    return [
        person.name,
        person.birth_year or "",
        person.home_region.name if person.home_region else "",
        str(STATES[state]),
        places.get(row.pk, "") if state == Registration.State.WAITING else "",
        str(arrival.label) if arrival else "",
        came_in.at if came_in else None,
        str(came_in.way) if came_in else "",
        row.door_code,
        row.registered_at,
        str(row.get_source_display()),
        _("Yes") if is_concerned(row) and contact_of(row) is None else "",
        *(answers.get(question, "") for question in asked),
    ]
