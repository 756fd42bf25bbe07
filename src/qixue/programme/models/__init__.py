from qixue.programme.models.activities import Activity, Involvement, Session
from qixue.programme.models.brands import Award, Brand, Instalment, Series
from qixue.programme.models.programmes import ForwardingStep, LegalBasis, Programme, PublicityChannel
from qixue.programme.models.sources import MissingFact, Passage, ReportedCount, SourceDocument, SourceIssue

__all__ = [
    "Activity",
    "Award",
    "Brand",
    "ForwardingStep",
    "Instalment",
    "Involvement",
    "LegalBasis",
    "MissingFact",
    "Passage",
    "Programme",
    "PublicityChannel",
    "ReportedCount",
    "Series",
    "Session",
    "SourceDocument",
    "SourceIssue",
]
