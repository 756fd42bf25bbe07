"""Comments on sections of the work summary."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.people.rules import Action
from qixue.report.commenting import answer_comment, comment_on
from qixue.report.models import SectionComment
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import act_page, sent
from qixue.web.workspace.forms.summary import AnswerForm, CommentForm
from qixue.web.workspace.views.summary_sections import act_on, section_or_404


@needs(Action.WRITE_REPORT)
def comment(request: HttpRequest, code: str, section_pk: int) -> HttpResponse:
    """Say something about a section to the others who write it."""
    found = section_or_404(request, code, section_pk)
    form = sent(request, CommentForm)
    act = act_on(
        found,
        title=_("Comment on the section"),
        lead=_("Comments are for those who write. The summary waits with its issue until each is closed."),
        button=_("Add the comment"),
        done=_("The comment stands beside the section."),
    )

    def do() -> SectionComment:
        answers = form.cleaned_data
        return comment_on(found, answers["text"], quote=answers["quote"], by=staff(request), at=now())

    return act_page(request, form, act, do)


@needs(Action.WRITE_REPORT)
def answer(request: HttpRequest, code: str, comment_pk: int) -> HttpResponse:
    """Answer a comment, or close it."""
    programme = whole_programme_or_404(request.user, code, Action.WRITE_REPORT)
    comments = SectionComment.objects.select_related("section__programme__organisation")
    found = get_object_or_404(comments, pk=comment_pk, section__programme=programme)
    form = sent(request, AnswerForm)
    act = act_on(
        found.section,
        title=_("Answer the comment"),
        lead=found.text,
        button=_("Send the answer"),
        done=_("The answer is written down."),
        fits=not found.answers.filter(is_closing=True).exists(),
    )

    def do() -> None:
        answers = form.cleaned_data
        answer_comment(found, answers["text"], is_closing=answers["is_closing"], by=staff(request), at=now())

    return act_page(request, form, act, do)
