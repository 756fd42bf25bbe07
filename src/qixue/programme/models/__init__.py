from qixue.programme.models.activities import Activity, Involvement, Session
from qixue.programme.models.bookings import RoomBooking
from qixue.programme.models.brands import Award, Brand, Instalment, Series
from qixue.programme.models.follow_ups import FollowUp, FollowUpStep
from qixue.programme.models.leadership import (
    GroupMember,
    LeadingGroup,
    Liaison,
    ProgrammeStep,
    TaskAssignment,
)
from qixue.programme.models.listings import ListingEdition, SessionListing
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
from qixue.programme.models.return_calls import ReturnCall, ReturnField
from qixue.programme.models.returns import (
    ReturnComment,
    ReturnReminder,
    ReturnStep,
    ReturnSubmission,
    ReturnValue,
    SentValue,
)
from qixue.programme.models.sources import MissingFact, Passage, ReportedCount, SourceDocument, SourceIssue

__all__ = [
    "Activity",
    "Award",
    "Brand",
    "CallStage",
    "Countersignature",
    "FollowUp",
    "FollowUpStep",
    "ForwardingStep",
    "GroupMember",
    "Instalment",
    "Involvement",
    "LeadingGroup",
    "LegalBasis",
    "Liaison",
    "LineComment",
    "ListingEdition",
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
    "ProgrammeStep",
    "PublicationConsent",
    "PublicityChannel",
    "RecognitionCall",
    "ReportedCount",
    "ReturnCall",
    "ReturnComment",
    "ReturnField",
    "ReturnReminder",
    "ReturnStep",
    "ReturnSubmission",
    "ReturnValue",
    "RoomBooking",
    "SentValue",
    "Series",
    "Session",
    "SessionListing",
    "SheetImport",
    "SourceDocument",
    "SourceIssue",
    "TaskAssignment",
]
