from qixue.report.models.comments import CommentAnswer, SectionComment
from qixue.report.models.photos import SummaryPhoto
from qixue.report.models.seals import IssueRequest, Seal, SealedFile
from qixue.report.models.sections import SectionVersion, SummarySection, UnsavedText

__all__ = [
    "CommentAnswer",
    "IssueRequest",
    "Seal",
    "SealedFile",
    "SectionComment",
    "SectionVersion",
    "SummaryPhoto",
    "SummarySection",
    "UnsavedText",
]
