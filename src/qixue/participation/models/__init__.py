from qixue.participation.models.attendance import Attendance
from qixue.participation.models.calendar_feeds import CalendarFeed
from qixue.participation.models.cells import Cell, CellCount, CountedPerson
from qixue.participation.models.certificates import Certificate, CertificateQuerySet, CertificateRule, VerificationCount
from qixue.participation.models.door import BundleFetch, DoorDevice, Scan, ScanQuerySet, WallCode
from qixue.participation.models.feedback import Feedback, FeedbackInvitation
from qixue.participation.models.learning_record import LearningAccount, LearningEntry
from qixue.participation.models.ledger import (
    Evidence,
    LedgerChain,
    LedgerEntry,
    LedgerEntryQuerySet,
    Participant,
    Tally,
)
from qixue.participation.models.lotteries import Lottery
from qixue.participation.models.organiser import CallingOff, ListedPerson, RegistrantMessage
from qixue.participation.models.questions import Answer, Question
from qixue.participation.models.registrations import Registration, RegistrationQuerySet, RegistrationTerms

__all__ = [
    "Answer",
    "Attendance",
    "BundleFetch",
    "CalendarFeed",
    "CallingOff",
    "Cell",
    "CellCount",
    "Certificate",
    "CertificateQuerySet",
    "CertificateRule",
    "CountedPerson",
    "DoorDevice",
    "Evidence",
    "Feedback",
    "FeedbackInvitation",
    "LearningAccount",
    "LearningEntry",
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
    "Scan",
    "ScanQuerySet",
    "Tally",
    "VerificationCount",
    "WallCode",
]
