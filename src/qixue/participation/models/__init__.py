from qixue.participation.models.calendar_feeds import CalendarFeed
from qixue.participation.models.ledger import (
    Evidence,
    LedgerChain,
    LedgerEntry,
    LedgerEntryQuerySet,
    Participant,
    Tally,
)
from qixue.participation.models.lotteries import Lottery
from qixue.participation.models.registrations import Registration, RegistrationQuerySet, RegistrationTerms

__all__ = [
    "CalendarFeed",
    "Evidence",
    "LedgerChain",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Lottery",
    "Participant",
    "Registration",
    "RegistrationQuerySet",
    "RegistrationTerms",
    "Tally",
]
