"""What people are told about returns."""

from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.programme.models import ReturnReminder, ReturnStep, ReturnSubmission
from qixue.programme.queries.return_calls import due_day

RETURNS = NotificationPreference.Topic.RETURNS

register(
    NoticeKind(
        "return_asked",
        RETURNS,
        _("Please file a return: %(call)s"),
        _("%(organisation)s is asked to file. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "return_days_moved",
        RETURNS,
        _("The last day has moved: %(call)s"),
        _("%(organisation)s can file until %(due_on)s."),
    ),
    NoticeKind(
        "return_submitted",
        RETURNS,
        _("%(organisation)s has submitted its return"),
        _("“%(call)s” waits for your decision."),
    ),
    NoticeKind(
        "return_sent_back",
        RETURNS,
        _("The return of %(organisation)s came back"),
        _("What should be corrected in “%(call)s” stands on its page. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "return_accepted",
        RETURNS,
        _("The return of %(organisation)s is accepted"),
        _("Nothing more is to be done for “%(call)s”."),
    ),
    NoticeKind(
        "return_soon",
        RETURNS,
        _("Due soon: the return of %(organisation)s"),
        _("“%(call)s” is not submitted yet. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "return_late",
        RETURNS,
        _("Overdue: the return of %(organisation)s"),
        _("“%(call)s” was due on %(due_on)s. Please submit it now."),
    ),
    NoticeKind(
        "return_escalated",
        RETURNS,
        _("%(organisation)s has not reported"),
        _("“%(call)s” was due on %(due_on)s. Please call them; the list of phone numbers is on the coverage board."),
    ),
)


def link_to(submission: ReturnSubmission) -> str:
    return f"/workspace/returns/{submission.pk}/"


def about(submission: ReturnSubmission) -> dict[str, str | int]:
    return {
        "call": submission.call.name,
        **names_of(organisation=submission.organisation),
        "due_on": due_day(submission).isoformat(),
    }


def asked(submission: ReturnSubmission) -> Notice:
    return Notice("return_asked", f"return_asked:{submission.pk}", link_to(submission), about(submission))


def days_moved(submission: ReturnSubmission) -> Notice:
    key = f"return_days_moved:{submission.pk}:{due_day(submission)}"
    return Notice("return_days_moved", key, link_to(submission), about(submission))


def submitted(submission: ReturnSubmission) -> Notice:
    key = f"return_submitted:{submission.sent_step_id}"
    return Notice("return_submitted", key, link_to(submission), about(submission))


def accepted(submission: ReturnSubmission) -> Notice:
    key = f"return_accepted:{submission.sent_step_id}"
    return Notice("return_accepted", key, link_to(submission), about(submission))


def sent_back(submission: ReturnSubmission, step: ReturnStep) -> Notice:
    return Notice("return_sent_back", f"return_sent_back:{step.pk}", link_to(submission), about(submission))


def reminder(submission: ReturnSubmission, stage: ReturnReminder.Stage) -> Notice:
    key = f"return_{stage}:{submission.pk}:{due_day(submission)}"
    return Notice(f"return_{stage}", key, link_to(submission), about(submission))
