"""The work summary for programs of those who write it: sections, comments, and what the issue waits for."""

from collections import Counter
from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.utils.translation import override
from ninja import Query, Router, Status

from qixue.api.auth import STAFF_ONLY, for_action, staff
from qixue.api.once import answered_once
from qixue.api.reach import whole_programme
from qixue.api.schemas.keys import Key
from qixue.api.schemas.parts import Code, Error, Id, Page, PageQuery, page_of
from qixue.api.schemas.summaries import (
    AskedOut,
    CheckIn,
    CheckOut,
    MarkOut,
    MarksOut,
    SectionAnswerIn,
    SectionClashOut,
    SectionCommentIn,
    SectionCommentOut,
    SectionDraftIn,
    SectionIn,
    SectionOut,
    SectionVersionOut,
    SummaryOut,
    WaitingOut,
)
from qixue.core.clock import now
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.report.commenting import answer_comment, comment_on
from qixue.report.editing import TextsClash, catalogue_of, keep_text, return_to_draft, save_section, take_over_draft
from qixue.report.hindrances import hindrances
from qixue.report.issuing import edits_since, open_request
from qixue.report.models import SectionComment, SectionVersion, SummarySection
from qixue.report.offers import fact_offers, figure_groups, placed_offers
from qixue.report.outlining import begin_outline
from qixue.report.section_check import checked
from qixue.report.section_text import section_text
from qixue.report.summary import draft_summary
from qixue.report.versions import latest_version, open_comments

router = Router(auth=STAFF_ONLY, tags=["work summary"])
READING = {401: Error, 403: Error, 404: Error, 422: Error}
WRITING = {400: Error, **READING, 409: Error, 413: Error}
SEE, WRITE, ISSUE = (for_action(action) for action in (Action.SEE_REPORT, Action.WRITE_REPORT, Action.ISSUE_REPORT))
ROOT = "/programmes/{code}/summary"
SECTION = f"{ROOT}/sections/{{section_id}}"
DECISIONS: dict[str, Callable[..., SectionVersion]] = {
    "take_over": take_over_draft,
    "keep": keep_text,
    "return": return_to_draft,
}


def section_for(request: HttpRequest, code: str, section_id: int) -> SummarySection:
    """A section of the outline that the user may write. Raises Http404, NotAllowed."""
    programme = whole_programme(staff(request), code, Action.WRITE_REPORT)
    sections = programme.summary_sections.select_related("programme__organisation", "programme__region", "brand")
    section = sections.filter(pk=section_id, removed_at=None).first()
    if section is None:
        raise Http404
    return section


def shown(section: SummarySection) -> SectionOut:
    """The section as it stands now."""
    with override("zh-hans"):
        found = section_text(section, latest_version(section), catalogue_of(section.programme, at=now()))
    return SectionOut.of(found, SectionComment.objects.open().filter(section=section).count())


def summary_of(programme: Programme) -> SummaryOut:
    comments = Counter(open_comments(programme).values_list("section_id", flat=True))
    return SummaryOut.of(draft_summary(programme, at=now()), comments)


@router.get(ROOT, response={200: SummaryOut, **READING}, openapi_extra=SEE)
def get_summary(request: HttpRequest, code: Code) -> SummaryOut:
    """The summary as it stands: its sections, what a proof-reader would mark, what the records lack."""
    return summary_of(whole_programme(staff(request), code, Action.SEE_REPORT))


@router.post(f"{ROOT}/outline", response={200: SummaryOut, **WRITING}, openapi_extra=WRITE)
def begin(request: HttpRequest, code: Code) -> SummaryOut:
    """Make the standard outline the programme's own, so that its sections can be written. Again changes nothing."""
    programme = whole_programme(staff(request), code, Action.WRITE_REPORT)
    begin_outline(programme, by=staff(request), at=now())
    return summary_of(programme)


@router.get(f"{ROOT}/marks", response={200: MarksOut, **READING}, openapi_extra=WRITE)
def list_marks(request: HttpRequest, code: Code) -> MarksOut:
    """What a text can name: facts of the programme, its figures that have a value, charts, tables and photos."""
    programme = whole_programme(staff(request), code, Action.WRITE_REPORT)
    catalogue = catalogue_of(programme, at=now())
    figures = [offer for offers in figure_groups(catalogue, "").values() for offer in offers]
    return MarksOut(
        items=[
            *(MarkOut.of(offer, "fact") for offer in fact_offers(catalogue)),
            *(MarkOut.of(offer, "figure") for offer in figures),
            *(MarkOut.of(offer, "placed") for offer in placed_offers(catalogue)),
        ]
    )


@router.get(f"{ROOT}/hindrances", response={200: WaitingOut, **READING}, openapi_extra=ISSUE)
def list_hindrances(request: HttpRequest, code: Code) -> WaitingOut:
    """What the issue waits for: a second person where somebody has asked, and what is to be settled or waived."""
    programme = whole_programme(staff(request), code, Action.ISSUE_REPORT)
    asked, at = open_request(programme), now()
    found = hindrances(programme, draft_summary(programme, at=at).figures, at=at)
    return WaitingOut.of(AskedOut.of(asked, list(edits_since(asked))) if asked else None, found)


@router.get(SECTION, response={200: SectionOut, **READING}, openapi_extra=WRITE)
def get_section(request: HttpRequest, code: Code, section_id: Id) -> SectionOut:
    """One section with what it says and what the records give."""
    return shown(section_for(request, code, section_id))


@router.put(SECTION, response={200: SectionOut, **WRITING, 409: SectionClashOut}, openapi_extra=WRITE)
def write_section(
    request: HttpRequest, code: Code, section_id: Id, body: SectionIn
) -> SectionOut | Status[SectionClashOut]:
    """Save a text, put together with what others saved since. The same text again makes no second version.

    Where both changed the same paragraph nothing is saved: 409 (texts_clash) holds both texts of each such place.
    Decide, and send the text again with the version of the other as `based_on`.
    """
    section = section_for(request, code, section_id)
    try:
        save_section(section, body.text, based_on=body.based_on, draft=body.draft_seen, by=staff(request), at=now())
    except TextsClash as clash:
        return Status(409, SectionClashOut.of(clash))
    return shown(section)


@router.post(f"{SECTION}/check", response={200: CheckOut, **WRITING}, openapi_extra=WRITE)
def check_section(request: HttpRequest, code: Code, section_id: Id, body: CheckIn) -> CheckOut:
    """How a text would read in the section, and what a proof-reader would mark. Nothing is saved."""
    section = section_for(request, code, section_id)
    return CheckOut.of(checked(section, body.text, catalogue_of(section.programme, at=now())))


@router.get(f"{SECTION}/versions", response={200: Page[SectionVersionOut], **READING}, openapi_extra=WRITE)
def list_versions(request: HttpRequest, code: Code, section_id: Id, filters: Query[PageQuery]) -> dict:
    """Every version of the section, the newest first."""
    section = section_for(request, code, section_id)
    return page_of(section.versions.order_by("-number"), filters, SectionVersionOut.of)


@router.post(f"{SECTION}/draft-decisions", response={200: SectionOut, **WRITING}, openapi_extra=WRITE)
def decide_on_draft(request: HttpRequest, code: Code, section_id: Id, body: SectionDraftIn) -> SectionOut:
    """The records give another draft: take its changes over, keep the text, or let the section follow them again."""
    section = section_for(request, code, section_id)
    DECISIONS[body.decision](section, based_on=body.version, by=staff(request), at=now())
    return shown(section)


@router.get(f"{SECTION}/comments", response={200: Page[SectionCommentOut], **READING}, openapi_extra=WRITE)
def list_comments(request: HttpRequest, code: Code, section_id: Id, filters: Query[PageQuery]) -> dict:
    """What was said on the section, the latest first."""
    section = section_for(request, code, section_id)
    return page_of(section.comments.prefetch_related("answers").order_by("-pk"), filters, SectionCommentOut.of)


@router.post(f"{SECTION}/comments", response={201: SectionCommentOut, **WRITING}, openapi_extra=WRITE)
def create_comment(
    request: HttpRequest, code: Code, section_id: Id, body: SectionCommentIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Say something about the section to those who write. The issue waits until it is closed."""
    section, at = section_for(request, code, section_id), now()

    def act() -> SectionCommentOut:
        return SectionCommentOut.of(comment_on(section, body.text, quote=body.quote, by=staff(request), at=at))

    return answered_once(request, body, idempotency_key, act)


@router.post(
    f"{ROOT}/comments/{{comment_id}}/answers", response={201: SectionCommentOut, **WRITING}, openapi_extra=WRITE
)
def create_answer(
    request: HttpRequest, code: Code, comment_id: Id, body: SectionAnswerIn, idempotency_key: Key = None
) -> Status[dict[str, object]]:
    """Answer a comment, or say that it is dealt with."""
    programme, at = whole_programme(staff(request), code, Action.WRITE_REPORT), now()
    comments = SectionComment.objects.select_related("section__programme__organisation")
    comment = comments.filter(pk=comment_id, section__programme=programme).first()
    if comment is None:
        raise Http404

    def act() -> SectionCommentOut:
        answer_comment(comment, body.text, is_closing=body.is_closing, by=staff(request), at=at)
        return SectionCommentOut.of(comment)

    return answered_once(request, body, idempotency_key, act)
