"""Filing a return: written down, sent, and sent again after it came back. What was sent is kept as it was."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.quantity import REACH, Qualifier, Quantity
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.places.models import Region
from qixue.programme.models import ReturnCall, ReturnField, ReturnStep, ReturnSubmission, ReturnValue, SentValue
from qixue.programme.models.return_calls import as_amount
from qixue.programme.notices import returns as notices
from qixue.programme.operations.activities import ALREADY_CHANGED
from qixue.programme.operations.return_calls import refuse_unless_open
from qixue.programme.queries.return_calls import superior_of
from qixue.programme.queries.return_coverage import towns_without_return
from qixue.programme.queries.return_sums import FieldSum, accepted_parts, sums_of
from qixue.programme.rules import may_file_return

State = ReturnSubmission.State


@dataclass(frozen=True)
class Answer:
    """What is said on one field; `amount` in its unit, yuan in fen."""

    amount: int | None = None
    qualifier: str = Qualifier.EXACT
    text: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return self.amount is None and not self.text and not self.note


@dataclass(frozen=True)
class FrozenFigure:
    """A figure of the organisation's part as it was at a moment; quantity None where there is no record."""

    quantity: Quantity | None
    digest: str
    as_of: datetime.datetime


def lock_submission(submission: ReturnSubmission) -> ReturnSubmission:
    """The return with its call, both locked: a call never closes between check and write."""
    call = ReturnCall.objects.select_for_update().get(pk=submission.call_id)
    related = ("organisation__region", "parent__organisation")
    locked = ReturnSubmission.objects.select_for_update(of=("self",)).select_related(*related).get(pk=submission.pk)
    locked.call = ReturnCall.objects.select_related("programme__region", "organisation").get(pk=call.pk)
    return locked


def lock_editable(submission: ReturnSubmission, edit_count: int, by: User) -> ReturnSubmission:
    """Refused: not_filer, call_not_open, already_sent, changed_meanwhile."""
    submission = lock_submission(submission)
    if not may_file_return(by, submission):
        raise Refused("not_filer", _("Only the organisation that was asked files this return."))
    refuse_unless_open(submission.call)
    if submission.state not in ReturnSubmission.EDITABLE:
        text = _("This return is submitted and can no longer be changed. Please ask for it to be sent back.")
        raise Refused("already_sent", text)
    if submission.edit_count != edit_count:
        raise Refused("changed_meanwhile", ALREADY_CHANGED)
    return submission


@transaction.atomic
def save_return(
    submission: ReturnSubmission,
    *,
    answers: Mapping[ReturnField, Answer],
    note: str,
    covered: Iterable[Region],
    edit_count: int,
    by: User,
    at: datetime.datetime,
) -> ReturnSubmission:
    """Write down what is known so far, however little; nothing is sent.

    Refused: wrong_field, reach_not_about, number_out_of_range, town_files_itself, and those of `lock_editable`.
    """
    submission = lock_editable(submission, edit_count, by)
    for field, answer in answers.items():
        check_answer(submission, field, answer)
    towns = check_towns(submission, covered)
    submission.values.all().delete()
    ReturnValue.objects.bulk_create(
        ReturnValue(
            submission=submission,
            field=field,
            amount=answer.amount,
            qualifier=answer.qualifier,
            text=answer.text.strip(),
            note=answer.note.strip(),
        )
        for field, answer in answers.items()
        if not answer.is_empty
    )
    submission.covered.set(towns)
    submission.note = note.strip()
    submission.edit_count += 1
    submission.save(update_fields=["note", "edit_count"])
    record_audit("return.saved", submission, by=by, at=at)
    return submission


def check_answer(submission: ReturnSubmission, field: ReturnField, answer: Answer) -> None:
    if field.call_id != submission.call_id or (field.is_figure and answer.amount is not None):
        raise Refused("wrong_field", _("Figures are computed from the records and never typed in."))
    if answer.amount is not None and answer.amount < 0:
        raise Refused("number_out_of_range", _("Please write a number that is not below 0."), field=f"field_{field.pk}")
    if field.unit == REACH.code and answer.amount is not None and answer.qualifier != Qualifier.ABOUT:
        text = _("People reached by publicity are always an estimate; please write for example 约500.")
        raise Refused("reach_not_about", text, field=f"field_{field.pk}")


def check_towns(submission: ReturnSubmission, covered: Iterable[Region]) -> list[Region]:
    """Refused: town_files_itself. A return speaks only for towns of its place from which nobody else was asked."""
    towns = list(covered)
    if towns and {town.pk for town in towns} - {town.pk for town in towns_without_return(submission)}:
        text = _("One of these towns was asked for a return of its own; please take it out.")
        raise Refused("town_files_itself", text, field="covered")
    return towns


@transaction.atomic
def submit_return(
    submission: ReturnSubmission,
    *,
    figures: Mapping[ReturnField, FrozenFigure],
    edit_count: int,
    by: User,
    at: datetime.datetime,
) -> ReturnSubmission:
    """Send it upward with the accepted returns of those below added up. Sending it again changes nothing.

    Refused: answer_missing naming the fields, figure_missing, and those of `lock_editable`.
    """
    if lock_submission(submission).state in ReturnSubmission.REPORTED:
        return submission
    submission = lock_editable(submission, edit_count, by)
    sums = sums_of(submission)
    if missing := [each.field.local_name for each in sums if is_missing(each)]:
        raise Refused("answer_missing", _("Please fill in before you submit:"), lines=missing)
    if {each.field.pk for each in sums if each.field.is_figure} - {field.pk for field in figures}:
        raise Refused("figure_missing", _("Please open the page again: a figure could not be computed."))
    step = ReturnStep.objects.create(
        submission=submission, kind=ReturnStep.Kind.SUBMITTED, at=at, by=by, organisation=submission.organisation
    )
    step.covered.set(submission.covered.all())
    step.parts.set([part.sent_step for part in accepted_parts(submission) if part.sent_step])
    SentValue.objects.bulk_create(sent_value(step, each, figures.get(each.field)) for each in sums)
    submission.state, submission.sent_step = State.SUBMITTED, step
    submission.first_sent_at = submission.first_sent_at or at
    submission.edit_count += 1
    submission.save(update_fields=["state", "sent_step", "first_sent_at", "edit_count"])
    record_audit("return.submitted", submission, by=by, at=at, details={"step": step.pk})
    notify(people_who_accept(submission), notices.submitted(submission), at=at)
    return submission


def is_missing(each: FieldSum) -> bool:
    if each.field.is_figure or not each.field.is_required:
        return False
    return not each.text if each.field.is_text else each.whole is None


def sent_value(step: ReturnStep, each: FieldSum, figure: FrozenFigure | None) -> SentValue:
    own, whole = each.own, figure.quantity if figure else each.whole
    return SentValue(
        step=step,
        field=each.field,
        unit=whole.unit.code if whole else each.field.unit,
        amount=as_amount(whole) if whole else None,
        qualifier=whole.qualifier if whole else Qualifier.EXACT,
        is_sum=bool(whole and whole.is_sum),
        own_amount=as_amount(own) if own else None,
        own_qualifier=own.qualifier if own else Qualifier.EXACT,
        text=each.text,
        note=each.note,
        as_of=figure.as_of if figure else None,
        digest=figure.digest if figure else "",
    )


def people_who_accept(submission: ReturnSubmission) -> list[User]:
    """Those of the organisation into whose return it goes, else of the one that asks."""
    return people_in_charge(superior_of(submission), Action.ACCEPT_RETURN)
