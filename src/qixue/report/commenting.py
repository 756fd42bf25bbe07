"""Comments on sections of the work summary: made, answered, closed."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.report.editing import refuse_outsider
from qixue.report.models import CommentAnswer, SectionComment, SummarySection
from qixue.report.versions import latest_version


@transaction.atomic
def comment_on(
    section: SummarySection, text: str, *, quote: str = "", by: Any, at: datetime.datetime
) -> SectionComment:
    """Say something about a section; the same words again while they are open change nothing.

    Refused: writing_not_allowed.
    """
    refuse_outsider(section.programme, by)
    words = {"text": text, "quote": quote, "author_id": by.pk}
    if said := SectionComment.objects.open().filter(section=section, **words).first():
        return said
    latest = latest_version(section)
    comment = SectionComment.objects.create(
        section=section,
        version=latest.number if latest else 0,
        author_name=by.display_name,
        written_at=at,
        **words,
    )
    record_audit("summary.comment_written", comment, by=by, at=at, details={"section": section.pk})
    return comment


@transaction.atomic
def answer_comment(
    comment: SectionComment, text: str, *, is_closing: bool, by: Any, at: datetime.datetime
) -> CommentAnswer:
    """Answer a comment, or say that it is dealt with. Refused: writing_not_allowed, comment_closed, answer_empty."""
    refuse_outsider(comment.section.programme, by)
    comment = SectionComment.objects.select_for_update().get(pk=comment.pk)
    if comment.answers.filter(is_closing=True).exists():
        raise Refused("comment_closed", _("This comment was closed already."))
    if not text and not is_closing:
        raise Refused(
            "answer_empty", _("Please write an answer, or tick that the comment is dealt with."), field="text"
        )
    answer = CommentAnswer.objects.create(
        comment=comment,
        text=text,
        is_closing=is_closing,
        author_id=by.pk,
        author_name=by.display_name,
        written_at=at,
    )
    action = "summary.comment_closed" if is_closing else "summary.comment_answered"
    record_audit(action, answer, by=by, at=at, details={"comment": comment.pk})
    return answer
