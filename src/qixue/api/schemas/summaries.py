"""The work summary while it is written: its sections with their versions, marks, findings, comments, hindrances."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from django.core.signing import BadSignature
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from qixue.api.schemas.keys import Body, Keyed
from qixue.api.schemas.parts import Error, Moment, PlainText, Text, choice
from qixue.report.editing import TextsClash
from qixue.report.gaps import Gap
from qixue.report.hindrances import Hindrance
from qixue.report.manuscript_merge import Clash, as_text
from qixue.report.manuscript_text import Mistake
from qixue.report.models import IssueRequest, SectionComment, SectionVersion, SummarySection
from qixue.report.models.sections import LONGEST_TEXT
from qixue.report.offers import Offer
from qixue.report.official_document import Block, Heading, Picture, Table, printed_lines, runs_of
from qixue.report.proofreader import Remark
from qixue.report.section_check import CheckedText
from qixue.report.section_text import SectionText
from qixue.report.seen_drafts import seen_draft, signed_draft
from qixue.report.summary import SummaryDraft
from qixue.report.text_remarks import mistake_sentence

HIGHEST_VERSION = 2**31 - 1
LONGEST_SIGNED = 6 * LONGEST_TEXT  # characters of a draft that travels: four bytes for each of its own, in base64
SectionWords = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), PlainText]
CommentWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), PlainText]
Quote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), PlainText]
AnswerWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), PlainText]


def as_seen(signed: str) -> str:
    try:
        return seen_draft(signed)
    except BadSignature:
        raise PydanticCustomError("draft_seen", "not as the section has it") from None


DraftSeen = Annotated[str, StringConstraints(max_length=LONGEST_SIGNED), AfterValidator(as_seen)]


class CheckIn(Body):
    """Each line is a paragraph; what stands between {{ and }} is filled in from the records."""

    text: SectionWords


class SectionIn(CheckIn):
    """`based_on` is the version that the text was written upon; 0: the draft of the records.

    `draft_seen` is that of the section as it was read; without it the draft of now counts as the one that was seen.
    """

    based_on: Annotated[int, Field(strict=True, ge=0, le=HIGHEST_VERSION)]
    draft_seen: DraftSeen | None = None


class SectionDraftIn(Body):
    """`version` is the one that was read; a section that was saved since is left as it is."""

    version: Annotated[int, Field(strict=True, ge=1, le=HIGHEST_VERSION)]
    decision: Literal["take_over", "keep", "return"]


class SectionCommentIn(Keyed):
    """`quote` are the words that the comment is about."""

    text: CommentWords
    quote: Quote = ""


class SectionAnswerIn(Keyed):
    """`is_closing`: the comment is dealt with."""

    text: AnswerWords = ""
    is_closing: Annotated[bool, Field(strict=True)] = False


class MistakeOut(BaseModel):
    """A mark that stands for nothing; `line` 0 where it is right and has nothing to show now."""

    code: str
    line: int
    quote: str
    message: str

    @classmethod
    def of(cls, mistake: Mistake) -> "MistakeOut":
        return cls(code=mistake.kind.value, line=mistake.line, quote=mistake.quote, message=mistake_sentence(mistake))


class RemarkOut(BaseModel):
    """What a proof-reader would mark; `place` is a paragraph, a heading or the code of a figure."""

    code: str
    message: Text
    place: str
    quote: str

    @classmethod
    def of(cls, remark: Remark) -> "RemarkOut":
        message = Text(zh=remark.message_zh, en=remark.message_en)
        return cls(code=remark.code, message=message, place=remark.place, quote=remark.quote)


class GapOut(BaseModel):
    """Something that the summary should say and the records do not."""

    code: str
    message: Text
    session: int | None

    @classmethod
    def of(cls, gap: Gap) -> "GapOut":
        return cls(code=gap.code, message=Text(zh=gap.text_zh, en=gap.text_en), session=gap.session_id)


class SectionOut(BaseModel):
    """`text` is what the section says, with its marks; `draft` what the records give now, `draft_seen` the same signed.

    `id` is null in the standard outline, into which nobody writes yet. `version` 0: nobody has written.
    """

    id: int | None
    position: int
    level: int
    heading: str
    follows: Annotated[SummarySection.Draft, choice(SummarySection.Draft)]
    brand: str | None
    version: int
    merged_with: int | None
    is_written: bool
    text: str
    draft: str
    draft_seen: str
    has_new_draft: bool
    is_printed: bool
    mistakes: list[MistakeOut]
    open_comment_count: int

    @classmethod
    def of(cls, found: SectionText, open_comment_count: int) -> "SectionOut":
        section, version = found.section, found.version
        return cls(
            id=section.pk,
            position=section.position,
            level=section.level,
            heading=section.heading,
            follows=SummarySection.Draft(section.draft),
            brand=section.brand.code if section.brand else None,
            version=version.number if version else 0,
            merged_with=version.merged_with if version else None,
            is_written=found.is_written,
            text=version.text if version and version.is_written else found.draft,
            draft=found.draft,
            draft_seen=signed_draft(found.draft),
            has_new_draft=found.has_new_draft,
            is_printed=bool(found.blocks),
            mistakes=[MistakeOut.of(mistake) for mistake in found.mistakes],
            open_comment_count=open_comment_count,
        )


class SummaryOut(BaseModel):
    """The summary as it stands at a moment: `lines` as they are printed, with the values of the figures."""

    programme: str
    at: Moment
    has_own_outline: bool
    lines: list[str]
    sections: list[SectionOut]
    remarks: list[RemarkOut]
    gaps: list[GapOut]

    @classmethod
    def of(cls, draft: SummaryDraft, comments: Mapping[int, int]) -> "SummaryOut":
        """`comments` are the numbers of open ones by the key of their section."""
        return cls(
            programme=draft.programme.code,
            at=draft.at,
            has_own_outline=any(each.section.pk for each in draft.sections),
            lines=printed_lines(draft.manuscript),
            sections=[SectionOut.of(each, comments.get(each.section.pk, 0)) for each in draft.sections],
            remarks=[RemarkOut.of(remark) for remark in draft.remarks],
            gaps=[GapOut.of(gap) for gap in draft.gaps],
        )


class ParagraphOut(BaseModel):
    """A paragraph as it will read, or the caption of a chart, table or photo."""

    text: str
    remarks: list[RemarkOut]

    @classmethod
    def of(cls, block: Block, remarks: Sequence[Remark]) -> "ParagraphOut":
        return cls(text=words_of(block), remarks=[RemarkOut.of(remark) for remark in remarks])


def words_of(block: Block) -> str:
    if isinstance(block, Heading):
        return block.text
    if isinstance(block, Picture | Table):
        return block.caption
    return "".join(run.text for run in runs_of(block))


class CheckOut(BaseModel):
    """How a text will read. Nothing was saved."""

    paragraphs: list[ParagraphOut]
    mistakes: list[MistakeOut]

    @classmethod
    def of(cls, check: CheckedText) -> "CheckOut":
        pairs = zip(check.blocks, check.remarks, strict=True)
        return cls(
            paragraphs=[ParagraphOut.of(block, remarks) for block, remarks in pairs],
            mistakes=[MistakeOut.of(mistake) for mistake in check.mistakes],
        )


class MarkOut(BaseModel):
    """Something that a text can name. Public pages withhold the value where `is_small`."""

    mark: str
    kind: Literal["fact", "figure", "placed"]
    name: str
    value: str
    is_small: bool

    @classmethod
    def of(cls, offer: Offer, kind: Literal["fact", "figure", "placed"]) -> "MarkOut":
        return cls(mark=offer.mark, kind=kind, name=offer.name, value=offer.value, is_small=offer.is_small)


class MarksOut(BaseModel):
    items: list[MarkOut]


class SectionVersionOut(BaseModel):
    """`text` is what a reader found in the section; where `is_written` is false, the draft of the records."""

    number: int
    is_written: bool
    text: str
    based_on: int
    merged_with: int | None
    author: str
    saved_at: Moment

    @classmethod
    def of(cls, version: SectionVersion) -> "SectionVersionOut":
        return cls(
            number=version.number,
            is_written=version.is_written,
            text=version.effective_text,
            based_on=version.based_on,
            merged_with=version.merged_with,
            author=version.author_name,
            saved_at=version.saved_at,
        )


class ClashOut(BaseModel):
    """A place that two people changed: before, as it was sent, and as it is saved; empty where it was removed."""

    before: str
    mine: str
    theirs: str

    @classmethod
    def of(cls, clash: Clash) -> "ClashOut":
        return cls(before=as_text(clash.before), mine=as_text(clash.mine), theirs=as_text(clash.theirs))


class SectionClashOut(Error):
    """Nothing was saved: `theirs` is the version that stands, `clashes` the places to decide about."""

    theirs: SectionVersionOut | None = None
    clashes: list[ClashOut] = []

    @classmethod
    def of(cls, clash: TextsClash) -> "SectionClashOut":
        return cls(
            code=clash.code,
            message=clash.sentence,
            details=[],
            theirs=SectionVersionOut.of(clash.theirs),
            clashes=[ClashOut.of(each) for each in clash.merge.clashes],
        )


class SectionAnswerOut(BaseModel):
    text: str
    is_closing: bool
    author: str
    written_at: Moment


class SectionCommentOut(BaseModel):
    """`version` is the one that was read; 0: the draft of the records."""

    id: int
    version: int
    quote: str
    text: str
    author: str
    written_at: Moment
    is_closed: bool
    answers: list[SectionAnswerOut]

    @classmethod
    def of(cls, comment: SectionComment) -> "SectionCommentOut":
        answers = sorted(comment.answers.all(), key=lambda answer: answer.pk)
        return cls(
            id=comment.pk,
            version=comment.version,
            quote=comment.quote,
            text=comment.text,
            author=comment.author_name,
            written_at=comment.written_at,
            is_closed=any(answer.is_closing for answer in answers),
            answers=[
                SectionAnswerOut(
                    text=answer.text,
                    is_closing=answer.is_closing,
                    author=answer.author_name,
                    written_at=answer.written_at,
                )
                for answer in answers
            ],
        )


class HindranceOut(BaseModel):
    """Something that the issue waits for, with the records that it is about."""

    kind: str
    count: int
    message: str
    session: int | None
    section: int | None
    figures: list[str]

    @classmethod
    def of(cls, hindrance: Hindrance) -> "HindranceOut":
        return cls(
            kind=hindrance.kind,
            count=hindrance.count,
            message=hindrance.sentence,
            session=hindrance.session.pk if hindrance.session else None,
            section=hindrance.section.pk if hindrance.section else None,
            figures=[figure.code for figure in hindrance.figures],
        )


class AskedOut(BaseModel):
    """The request that waits for a second person, and the sections that were saved since: they make it void."""

    asker: str
    asked_at: Moment
    edited_since: list[str]

    @classmethod
    def of(cls, asked: IssueRequest, edits: Sequence[SectionVersion]) -> "AskedOut":
        headings = dict.fromkeys(version.section.heading or _("Opening") for version in edits)
        return cls(asker=asked.asker_name, asked_at=asked.asked_at, edited_since=list(headings))


class WaitingOut(BaseModel):
    """`asked` is null where nobody has asked for the issue."""

    asked: AskedOut | None
    hindrances: list[HindranceOut]

    @classmethod
    def of(cls, asked: AskedOut | None, found: Sequence[Hindrance]) -> "WaitingOut":
        return cls(asked=asked, hindrances=[HindranceOut.of(each) for each in found])
