"""Deciding about a submitted return: accept it, or send it back with what has to change."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.programme.models import ReturnComment, ReturnField, ReturnStep, ReturnSubmission
from qixue.programme.notices import returns as notices
from qixue.programme.operations.return_calls import people_who_file, refuse_unless_open
from qixue.programme.operations.returns import lock_submission
from qixue.programme.queries.return_calls import superior_of
from qixue.programme.rules import may_accept_return

State = ReturnSubmission.State


def lock_for_decision(submission: ReturnSubmission, sent_step: int, by: User) -> ReturnSubmission:
    """`sent_step` is the step that the person has read. Refused: not_superior, call_not_open, sent_again."""
    submission = lock_submission(submission)
    if not may_accept_return(by, submission):
        raise Refused("not_superior", _("Only an organisation above it decides about this return."))
    refuse_unless_open(submission.call)
    if submission.sent_step_id != sent_step:
        raise Refused("sent_again", _("This return was sent again meanwhile; please read it once more."))
    return submission


@transaction.atomic
def accept_return(submission: ReturnSubmission, *, sent_step: int, by: User, at: datetime.datetime) -> ReturnSubmission:
    """Take it over: from now on it is added up above. Accepting it again changes nothing.

    Refused: not_submitted, and those of `lock_for_decision`.
    """
    submission = lock_for_decision(submission, sent_step, by)
    if submission.state == State.ACCEPTED:
        return submission
    if submission.state != State.SUBMITTED:
        raise Refused("not_submitted", _("This return does not wait for a decision."))
    record_decision(submission, ReturnStep.Kind.ACCEPTED, State.ACCEPTED, by=by, at=at)
    notify(people_who_file(submission), notices.accepted(submission), at=at)
    return submission


@transaction.atomic
def send_back_return(
    submission: ReturnSubmission,
    *,
    comment: str,
    field_comments: Mapping[ReturnField, str],
    sent_step: int,
    by: User,
    at: datetime.datetime,
) -> ReturnSubmission:
    """Ask for a correction, in general or on fields; also after it was accepted. Again changes nothing.

    Refused: comment_missing, not_submitted, and those of `lock_for_decision`.
    """
    submission = lock_for_decision(submission, sent_step, by)
    if submission.state == State.SENT_BACK:
        return submission
    if submission.state not in ReturnSubmission.REPORTED:
        raise Refused("not_submitted", _("This return does not wait for a decision."))
    texts = {field: text.strip() for field, text in field_comments.items() if text.strip()}
    if not comment.strip() and not texts:
        raise Refused("comment_missing", _("Please say what should be corrected, in general or on a field."))
    step = record_decision(
        submission, ReturnStep.Kind.SENT_BACK, State.SENT_BACK, comment=comment.strip(), by=by, at=at
    )
    ReturnComment.objects.bulk_create(ReturnComment(step=step, field=field, text=text) for field, text in texts.items())
    notify(people_who_file(submission), notices.sent_back(submission, step), at=at)
    return submission


def record_decision(
    submission: ReturnSubmission, kind: str, state: str, *, comment: str = "", by: User, at: datetime.datetime
) -> ReturnStep:
    above = superior_of(submission)
    step = ReturnStep.objects.create(
        submission=submission, kind=kind, at=at, by=by, organisation=above, comment=comment
    )
    submission.state = state
    submission.edit_count += 1
    submission.save(update_fields=["state", "edit_count"])
    record_audit(f"return.{kind}", submission, by=by, at=at, details={"step": step.pk})
    return step
