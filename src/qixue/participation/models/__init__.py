from qixue.participation.models.attendance import Attendance
from qixue.participation.models.calendar_feeds import CalendarFeed
from qixue.participation.models.door import BundleFetch, DoorDevice, Scan, ScanQuerySet, WallCode
from qixue.participation.models.ledger import (
    Evidence,
    LedgerChain,
    LedgerEntry,
    LedgerEntryQuerySet,
    Participant,
    Tally,
)
from qixue.participation.models.registrations import Registration, RegistrationQuerySet, RegistrationTerms

__all__ = [
    "Attendance",
    "BundleFetch",
    "CalendarFeed",
    "DoorDevice",
    "Evidence",
    "LedgerChain",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Participant",
    "Registration",
    "RegistrationQuerySet",
    "RegistrationTerms",
    "Scan",
    "ScanQuerySet",
    "Tally",
    "WallCode",
]
