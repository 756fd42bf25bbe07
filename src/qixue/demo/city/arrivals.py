"""Somebody who comes to a session."""

import datetime
from dataclasses import dataclass

from qixue.demo.city.residents import Inhabitant
from qixue.participation.models import LedgerEntry


@dataclass(frozen=True)
class Arrival:
    """One named person at a session: how they were entered, when they came and when that was written down."""

    person: Inhabitant
    source: LedgerEntry.Source
    occurred_at: datetime.datetime
    recorded_at: datetime.datetime


def minutes_after(moment: datetime.datetime, minutes: int) -> datetime.datetime:
    return moment + datetime.timedelta(minutes=minutes)
