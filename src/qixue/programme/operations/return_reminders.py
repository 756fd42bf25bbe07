"""Reminders of deadlines: before, after, and one to the organisation above. A duty of the worker, safe to run twice."""

import datetime

from django.db import transaction

from qixue.core.clock import local_day
from qixue.core.duties import for_each
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.programme.models import ReturnCall, ReturnReminder, ReturnSubmission
from qixue.programme.notices import returns as notices
from qixue.programme.operations.return_calls import people_who_file
from qixue.programme.operations.returns import people_who_accept
from qixue.programme.queries.return_calls import due_day

Stage = ReturnReminder.Stage
DAYS_BEFORE, DAYS_UNTIL_ESCALATION = 2, 2


def remind_of_returns(*, at: datetime.datetime) -> int:
    """Remind of open returns that are due soon or overdue. Returns how many reminders went out now."""
    today = local_day(at)
    waiting = ReturnSubmission.objects.filter(
        call__state=ReturnCall.State.OPEN, state__in=ReturnSubmission.EDITABLE
    ).select_related("call__organisation", "call__programme", "organisation", "parent__organisation")
    near = [each for each in waiting.order_by("pk") if due_day(each) <= today + datetime.timedelta(days=DAYS_BEFORE)]
    sent = set(ReturnReminder.objects.filter(submission__in=near).values_list("submission_id", "stage", "due_on"))

    def remind_once(submission: ReturnSubmission) -> int:
        day, stages = due_day(submission), stages_due(submission, today)
        return sum(remind(submission, stage, at) for stage in stages if (submission.pk, stage, day) not in sent)

    return for_each("returns", near, remind_once)


def stages_due(submission: ReturnSubmission, today: datetime.date) -> list[Stage]:
    """A reminder that was missed while the worker stood still is not made up for once a later one is due."""
    days_late = (today - due_day(submission)).days
    if days_late <= 0:
        return [Stage.SOON]
    return [Stage.LATE, Stage.ESCALATED] if days_late >= DAYS_UNTIL_ESCALATION else [Stage.LATE]


@transaction.atomic
def remind(submission: ReturnSubmission, stage: Stage, at: datetime.datetime) -> bool:
    """Whether it went out now, and by nobody before."""
    _reminder, is_new = ReturnReminder.objects.get_or_create(
        submission=submission, stage=stage, due_on=due_day(submission), defaults={"at": at}
    )
    if is_new:
        notify(people_told(submission, stage), notices.reminder(submission, stage), at=at)
    return is_new


def people_told(submission: ReturnSubmission, stage: Stage) -> list[User]:
    return people_who_accept(submission) if stage == Stage.ESCALATED else people_who_file(submission)
