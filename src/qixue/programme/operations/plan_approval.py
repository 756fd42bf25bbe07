"""Decisions about a filed plan: countersign in parallel, comment on lines, return or approve."""

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused
from qixue.people.models import Organisation, User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action, reach
from qixue.programme.models import Countersignature, LineComment, PlanLine, PlanStep, PlanVersion
from qixue.programme.notices import plans as notices
from qixue.programme.operations.plan_lines import lock_version
from qixue.programme.operations.plans import (
    approving_organisation,
    open_next_version,
    people_who_approve,
    people_who_file,
    record_step,
    refuse_others,
    refuse_past,
)
from qixue.programme.queries import approved_clashes
from qixue.programme.queries.conflicts import CLASHES, Meeting, meetings_of_version, worded
from qixue.programme.rules import may_countersign

State = PlanVersion.State
Kind = PlanStep.Kind
MOST_NAMED = 5  # clashes in a question; the page of the plan lists them all


def refuse_unless_submitted(version: PlanVersion) -> None:
    if version.state != State.SUBMITTED:
        raise Refused("not_submitted", _("This version does not wait for a decision."))


@transaction.atomic
def ask_countersignature(
    version: PlanVersion,
    organisations: Iterable[Organisation],
    *,
    due_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> list[Countersignature]:
    """Ask several organisations at the same time; who was asked before is not asked twice.

    Refused: not_approver, not_submitted, due_in_past, countersigns_itself.
    """
    version = lock_version(version)
    refuse_others(version, by)
    refuse_unless_submitted(version)
    refuse_past(due_on, at)
    return [ask_one(version, organisation, due_on=due_on, by=by, at=at) for organisation in organisations]


def ask_one(
    version: PlanVersion, organisation: Organisation, *, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> Countersignature:
    if organisation.pk == version.plan.organisation_id:
        raise Refused("countersigns_itself", _("An organisation does not countersign its own plan."))
    asked, is_new = Countersignature.objects.get_or_create(
        version=version, organisation=organisation, defaults={"asked_at": at, "due_on": due_on}
    )
    if is_new:
        record_step(version, Kind.COUNTERSIGN_ASKED, by=by, at=at, organisation=organisation)
        notify(people_in_charge(organisation, Action.COUNTERSIGN_PLAN), notices.countersign_asked(asked), at=at)
    return asked


@transaction.atomic
def countersign(
    countersignature: Countersignature,
    *,
    is_agreed: bool,
    comment: str,
    line_comments: Mapping[PlanLine, str] | None = None,
    by: User,
    at: datetime.datetime,
) -> Countersignature:
    """Agree or object; the same answer again changes nothing, another one is a new step.

    `line_comments` are written in the same act. Refused: not_countersigner, not_submitted, comment_missing.
    """
    version = lock_version(countersignature.version)
    countersignature = Countersignature.objects.select_related("organisation").get(pk=countersignature.pk)
    if not may_countersign(by, countersignature):
        raise Refused("not_countersigner", _("Only the organisation that was asked answers."))
    refuse_unless_submitted(version)
    if not is_agreed and not comment.strip():
        raise Refused("comment_missing", _("Please say what you object to, so that it can be changed."))
    for line, text in (line_comments or {}).items():
        write_comment(line, text, speaker=countersignature.organisation, by=by, at=at)
    if (countersignature.is_agreed, countersignature.comment) == (is_agreed, comment.strip()):
        return countersignature
    countersignature.is_agreed, countersignature.comment = is_agreed, comment.strip()
    countersignature.answered_by, countersignature.answered_at = by, at
    countersignature.save(update_fields=["is_agreed", "comment", "answered_by", "answered_at"])
    organisation = countersignature.organisation
    kind = Kind.COUNTERSIGNED if is_agreed else Kind.OBJECTED
    record_step(version, kind, by=by, at=at, organisation=organisation, comment=comment.strip())
    notify(people_who_approve(version.plan), notices.countersign_answered(version, organisation, is_agreed), at=at)
    return countersignature


def write_comment(line: PlanLine, text: str, *, speaker: Organisation, by: User, at: datetime.datetime) -> LineComment:
    if not (text := text.strip()):
        raise Refused("comment_missing", _("Please write what should be changed."))
    comment, is_new = LineComment.objects.get_or_create(
        line=line, by=by, text=text, defaults={"organisation": speaker, "at": at}
    )
    if is_new:
        record_audit("plan.line_commented", line, by=by, at=at, details={"version": line.version_id})
    return comment


@transaction.atomic
def return_plan(
    version: PlanVersion,
    *,
    comment: str,
    line_comments: Mapping[PlanLine, str],
    by: User,
    at: datetime.datetime,
) -> PlanVersion:
    """Send a filed or approved version back with what has to change; a new draft with the same lines opens.

    `line_comments` are written in the same act. Returns the new draft; returning again gives the same one.
    Refused: not_approver, not_submitted, comment_missing.
    """
    version = lock_version(version)
    refuse_others(version, by)
    if version.state == State.RETURNED:
        return version.plan.versions.get(number=version.number + 1)
    if version.state not in {State.SUBMITTED, State.APPROVED}:
        raise Refused("not_submitted", _("This version does not wait for a decision."))
    speaker = approving_organisation(version.plan)
    for line, text in line_comments.items():
        if text.strip():
            write_comment(line, text, speaker=speaker, by=by, at=at)
    if not comment.strip() and not LineComment.objects.filter(line__version=version).exists():
        raise Refused("comment_missing", _("Please say what should be changed, in general or on a line."))
    version.state = State.RETURNED
    version.save(update_fields=["state"])
    record_step(version, Kind.RETURNED, by=by, at=at, organisation=speaker, comment=comment.strip())
    notify(people_who_file(version.plan), notices.moved_on("plan_returned", version), at=at)
    return open_next_version(version)


@transaction.atomic
def approve_plan(
    version: PlanVersion, *, comment: str = "", confirmed: bool = False, by: User, at: datetime.datetime
) -> PlanVersion:
    """Approve a filed version; again changes nothing. Where sessions clash it is confirmed, with the reason as comment,
    and an audit entry of its own keeps which they were.

    Refused: not_approver, not_submitted, countersignature_open and objection_stands, each naming whose, and those of
    `ask_about_clashes`.
    """
    version = lock_version(version)
    refuse_others(version, by)
    if version.state == State.APPROVED:
        return version
    refuse_unless_submitted(version)
    answers = list(version.countersignatures.select_related("organisation").order_by("pk"))
    if waiting := [asked.organisation.local_name for asked in answers if asked.is_agreed is None]:
        text = _("This plan can be approved when those who were asked to countersign have answered:")
        raise Refused("countersignature_open", text, lines=waiting)
    if objecting := [asked.organisation.local_name for asked in answers if asked.is_agreed is False]:
        text = _("This plan cannot be approved while an objection stands. It comes from:")
        raise Refused("objection_stands", text, lines=objecting)
    clashes = ask_about_clashes(version, comment=comment, confirmed=confirmed, by=by)
    version.state = State.APPROVED
    version.save(update_fields=["state"])
    speaker = approving_organisation(version.plan)
    record_step(version, Kind.APPROVED, by=by, at=at, organisation=speaker, comment=comment.strip())
    if clashes:
        details = approved_clashes.details_of(version.number, clashes)
        record_audit(approved_clashes.ACTION, version.plan, by=by, at=at, details=details)
    notify(people_who_file(version.plan), notices.moved_on("plan_approved", version), at=at)
    return version


def ask_about_clashes(version: PlanVersion, *, comment: str, confirmed: bool, by: User) -> list[Meeting]:
    """Places, lecturers or audiences that others have at the same time: never approved unseen or unexplained.

    Doubt: sessions_clash, naming the first of them. Refused: reason_missing.
    """
    clashes = [meeting for meeting in meetings_of_version(version) if meeting.kind in CLASHES]
    if clashes and not confirmed:
        paths = reach(by, Action.SEE_PLANS)
        named = [worded(each, version.plan.programme, paths) for each in clashes[:MOST_NAMED]]
        lines = [f"{each.slot.local_title}: {each.text}" for each in named]
        sentence = ngettext(
            "At one point this plan meets something else at the same time. Please return it, or approve it all the "
            "same and say why.",
            "At %(count)d points this plan meets something else at the same time. Please return it, or approve it all "
            "the same and say why.",
            len(clashes),
        )
        raise Doubt("sessions_clash", sentence, lines=lines, count=len(clashes))
    if clashes and not comment.strip():
        raise Refused("reason_missing", _("Please say why this plan is approved all the same."), field="comment")
    return clashes
