from qixue.report.models.comments import CommentAnswer, SectionComment
from qixue.report.models.photos import SummaryPhoto
from qixue.report.models.province_returns import AcceptedKey, ProvinceReturn
from qixue.report.models.seals import IssueRequest, Seal, SealedFile
from qixue.report.models.sections import SectionVersion, SummarySection, UnsavedText

__all__ = [
    "AcceptedKey",
    "CommentAnswer",
    "IssueRequest",
    "ProvinceReturn",
    "Seal",
    "SealedFile",
    "SectionComment",
    "SectionVersion",
    "SummaryPhoto",
    "SummarySection",
    "UnsavedText",
]
