from qixue.report.models.seals import IssueRequest, Seal, SealedFile
from qixue.report.models.sections import SummarySection

__all__ = ["IssueRequest", "Seal", "SealedFile", "SummarySection"]
