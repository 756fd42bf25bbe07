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
from qixue.participation.models.organiser import ListedPerson, RegistrantMessage
from qixue.participation.models.questions import Answer, Question
from qixue.participation.models.registrations import Registration, RegistrationQuerySet, RegistrationTerms

__all__ = [
    "Answer",
    "CalendarFeed",
    "Evidence",
    "LedgerChain",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "ListedPerson",
    "Lottery",
    "Participant",
    "Question",
    "RegistrantMessage",
    "Registration",
    "RegistrationQuerySet",
    "RegistrationTerms",
    "Tally",
]
