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
    "Evidence",
    "LedgerChain",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Participant",
    "Registration",
    "RegistrationQuerySet",
    "RegistrationTerms",
    "Tally",
]
