"""Who of those on the list of a session came, as far as it is known by name."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qixue.participation.models import Registration
from qixue.participation.queries.attendances import CameIn
from qixue.participation.queries.door_state import Expected
from qixue.participation.queries.registered import missed_at
from qixue.programme.models import Session


class Arrival(TextChoices):
    """Somebody is said to have missed it only once it is over, and where no head count covers whoever is signed up."""

    IN = "in", pgettext_lazy("at the door", "In")
    MISSED = "missed", _("Did not come")
    EXCUSED = "excused", _("Did not come, excused")
    NOT_IN = "not_in", _("Not checked in")


@dataclass(frozen=True)
class Arrivals:
    """Of those on the list of one session."""

    inside: frozenset[int]  # keys of the registrations of those who are in
    came_in: Mapping[int, CameIn]  # by key of the registration; nobody knows it of who is forgotten
    missed: frozenset[int]
    has_begun: bool

    def of(self, row: Registration) -> Arrival | None:
        """None where nothing is to be said: before the start, and of whoever has no seat and did not come."""
        if row.pk in self.inside:
            return Arrival.IN
        if row.pk in self.missed:
            return Arrival.EXCUSED if row.excused_at else Arrival.MISSED
        return Arrival.NOT_IN if self.has_begun and row.state == Registration.State.CONFIRMED else None


def arrivals_at(session: Session, expected: Iterable[Expected], *, at: datetime.datetime) -> Arrivals:
    """`expected` is everybody who is signed up. Whoever gave the place up and came is a walk-in."""
    people = list(expected)
    inside = frozenset(person.registration.pk for person in people if person.is_in)
    came_in = {person.registration.pk: person.came_in for person in people if person.came_in}
    has_begun = session.starts_at <= at if session.starts_at else session.state == Session.State.HELD
    has_begun = has_begun and session.state not in Session.OFF_STATES
    return Arrivals(inside, came_in, missed_at(session, at=at).keys, has_begun)
