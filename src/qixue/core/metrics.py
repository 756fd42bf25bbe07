"""Figures for a collector that are read from the records at the moment of asking; counters of requests are elsewhere.

Apps register what they know. The worker is a process of its own: it leaves a note of when each duty was last done.
"""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from qixue.core.clock import now
from qixue.core.logs import get_logger
from qixue.core.models import OutboxMessage

log = get_logger("qixue.metrics")


@dataclass(frozen=True)
class Reading:
    """`name` without the `qixue_` before it; its unit is its last word."""

    name: str
    meaning: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[datetime.datetime], Iterable[Reading]]
readers: list[Reader] = []


class Readings(Collector):
    """What all readers say now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        at = now()
        families: dict[str, GaugeMetricFamily] = {}
        for reading in [reading for reader in readers for reading in reader(at)]:
            family = GaugeMetricFamily(f"qixue_{reading.name}", reading.meaning, labels=list(reading.labels))
            families.setdefault(reading.name, family).add_metric(list(reading.labels.values()), reading.value)
        yield from families.values()


def of_the_outbox(at: datetime.datetime) -> Iterator[Reading]:
    """How many messages are due, for how long the oldest has been, and how many failed or were given up."""
    due = Q(state=OutboxMessage.State.WAITING, due_at__lte=at)
    found = OutboxMessage.objects.aggregate(
        due=Count("pk", filter=due),
        oldest=Min("due_at", filter=due),
        failing=Count("pk", filter=Q(state=OutboxMessage.State.WAITING) & ~Q(last_error="")),
        dead=Count("pk", filter=Q(state=OutboxMessage.State.DEAD)),
    )
    late = (at - found["oldest"]).total_seconds() if found["oldest"] else 0
    yield Reading("outbox_due_messages", "Messages that should be on their way.", found["due"])
    yield Reading("outbox_late_seconds", "For how long the oldest of them has been due.", late)
    yield Reading("outbox_failing_messages", "Messages that failed when last tried and wait.", found["failing"])
    yield Reading("outbox_given_up_messages", "Messages that were given up.", found["dead"])


def of_the_duties(at: datetime.datetime) -> Iterator[Reading]:
    """When the worker last did each of its duties; nothing where no worker of this machine has noted any."""
    for duty, moment in sorted(duties_noted().items()):
        seconds = datetime.datetime.fromisoformat(moment).timestamp()
        yield Reading("duty_last_run_timestamp_seconds", "When a duty was last begun.", seconds, {"duty": duty})


def note_duties(done_at: Mapping[str, datetime.datetime]) -> None:
    """Leave the note, whole or not at all: a full disk does not stop the worker."""
    note = settings.VAR / "metrics" / "duties.json"
    draft = note.with_suffix(".new")
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({duty: moment.isoformat() for duty, moment in done_at.items()}), encoding="utf-8")
        draft.replace(note)
    except OSError as error:
        log.warning("duties_not_noted", error=error.strerror)


def duties_noted() -> dict[str, str]:
    note = settings.VAR / "metrics" / "duties.json"
    try:
        noted: dict[str, str] = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return noted


readers += [of_the_outbox, of_the_duties]
