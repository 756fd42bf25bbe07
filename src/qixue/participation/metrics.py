"""What a collector is told about signing up: enough to see a surge coming, and whether the queues move."""

import datetime
from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from qixue.core.metrics import Reading, readers
from qixue.programme.models import Session


def of_the_registrations(at: datetime.datetime) -> Iterator[Reading]:
    """Seats and queues of the public sessions to come."""
    coming = Session.objects.public().filter(state=Session.State.PLANNED, starts_at__gt=at, seat_count__isnull=False)
    found = coming.aggregate(
        seats=Sum("seat_count", default=0),
        taken=Sum("taken_count", default=0),
        waiting=Sum("waiting_count", default=0),
        full=Count("pk", filter=Q(waiting_count__gt=0)),
    )
    yield Reading("seats", "Seats at public sessions to come.", found["seats"])
    yield Reading("seats_taken", "Those that somebody has; its growth is the rate of signing up.", found["taken"])
    yield Reading("people_waiting", "People in the queues of these sessions.", found["waiting"])
    yield Reading("sessions_with_a_queue", "Sessions for which somebody waits.", found["full"])


readers.append(of_the_registrations)
