from qixue.programme.models.activities import Activity, Involvement, Session
from qixue.programme.models.bookings import RoomBooking
from qixue.programme.models.brands import Award, Brand, Instalment, Series
from qixue.programme.models.plans import (
    Countersignature,
    LineComment,
    Plan,
    PlanDocument,
    PlanLine,
    PlanStep,
    PlanVersion,
    SheetImport,
)
from qixue.programme.models.programmes import ForwardingStep, LegalBasis, Programme, PublicityChannel
from qixue.programme.models.recognitions import (
    CallStage,
    Nomination,
    NominationStep,
    Objection,
    PublicationConsent,
    RecognitionCall,
)
from qixue.programme.models.sources import MissingFact, Passage, ReportedCount, SourceDocument, SourceIssue

__all__ = [
    "Activity",
    "Award",
    "Brand",
    "CallStage",
    "Countersignature",
    "ForwardingStep",
    "Instalment",
    "Involvement",
    "LegalBasis",
    "LineComment",
    "MissingFact",
    "Nomination",
    "NominationStep",
    "Objection",
    "Passage",
    "Plan",
    "PlanDocument",
    "PlanLine",
    "PlanStep",
    "PlanVersion",
    "Programme",
    "PublicationConsent",
    "PublicityChannel",
    "RecognitionCall",
    "ReportedCount",
    "RoomBooking",
    "Series",
    "Session",
    "SheetImport",
    "SourceDocument",
    "SourceIssue",
]
