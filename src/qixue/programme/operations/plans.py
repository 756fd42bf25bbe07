"""The way of a plan: invited, filed, amended, closed. Approval and publication have files of their own."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action
from qixue.programme.models import Plan, PlanLine, PlanStep, PlanVersion, Programme
from qixue.programme.notices import plans as notices
from qixue.programme.operations.plan_lines import lock_draft, lock_version
from qixue.programme.rules import may_approve_for, may_approve_plan

State = PlanVersion.State
Kind = PlanStep.Kind


def invite_all(
    programme: Programme,
    organisations: Iterable[Organisation],
    *,
    due_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> list[Plan]:
    """Invite several at once, all or none. Refused: see `invite_to_plan`."""
    with transaction.atomic():
        return [invite_to_plan(programme, each, due_on=due_on, by=by, at=at) for each in organisations]


@transaction.atomic
def invite_to_plan(
    programme: Programme, organisation: Organisation, *, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> Plan:
    """Ask an organisation to file its plan and open an empty draft for it; inviting it again changes nothing.

    Refused: programme_closed, organisation_outside_programme, not_approver, due_in_past.
    """
    if existing := Plan.objects.filter(programme=programme, organisation=organisation).first():
        return existing
    if programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not organisation.path.startswith(programme.organisation.path):
        raise Refused("organisation_outside_programme", _("This organisation does not take part in the programme."))
    if not may_approve_for(by, organisation, programme):
        raise Refused("not_approver", _("Only an organisation above it decides about this plan."))
    refuse_past(due_on, at)
    plan, is_new = Plan.objects.get_or_create(
        programme=programme, organisation=organisation, defaults={"invited_at": at, "due_on": due_on}
    )
    if is_new:
        version = PlanVersion.objects.create(plan=plan, number=1)
        record_step(version, Kind.INVITED, by=by, at=at, organisation=organisation)
        notify(people_in_charge(organisation, Action.FILE_PLAN), notices.invited(plan), at=at)
    return plan


@transaction.atomic
def move_due_day(plan: Plan, *, due_on: datetime.date, by: User, at: datetime.datetime) -> Plan:
    """Give an organisation another last day for filing; the same day again changes nothing.

    Refused: not_approver, due_in_past, already_filed.
    """
    related = ("programme__organisation", "organisation__parent")
    plan = Plan.objects.select_for_update(of=("self",)).select_related(*related).get(pk=plan.pk)
    version = plan.versions.order_by("-number")[0]
    version.plan = plan
    refuse_others(version, by)
    if plan.due_on == due_on:
        return plan
    refuse_past(due_on, at)
    if version.state != State.DRAFT:
        raise Refused("already_filed", _("This plan is filed; its last day no longer matters."))
    plan.due_on = due_on
    plan.save(update_fields=["due_on"])
    record_step(version, Kind.DUE_MOVED, by=by, at=at, organisation=plan.organisation, comment=due_on.isoformat())
    notify(people_who_file(plan), notices.due_moved(plan), at=at)
    return plan


def refuse_past(due_on: datetime.date | None, at: datetime.datetime) -> None:
    if due_on is not None and due_on < local_day(at):
        raise Refused("due_in_past", _("Please give a day that is not over yet."), field="due_on")


def record_step(
    version: PlanVersion,
    kind: Kind,
    *,
    by: User | None,
    at: datetime.datetime,
    organisation: Organisation | None = None,
    comment: str = "",
) -> PlanStep:
    """Write the step and its audit entry."""
    record_audit(f"plan.{kind}", version.plan, by=by, at=at, details={"version": version.number})
    return PlanStep.objects.create(
        plan=version.plan, version=version, kind=kind, at=at, by=by, organisation=organisation, comment=comment
    )


def approving_organisation(plan: Plan) -> Organisation:
    """Where the people sit who decide about the plan: one step up, or the keeper of the programme itself."""
    keeps = plan.organisation_id == plan.programme.organisation_id
    return plan.organisation if keeps or plan.organisation.parent is None else plan.organisation.parent


def people_who_approve(plan: Plan) -> list[User]:
    """Those nearest above the plan, and who invited it if they still may decide."""
    nearest = people_in_charge(approving_organisation(plan), Action.APPROVE_PLAN)
    step = plan.steps.filter(kind=Kind.INVITED).select_related("by").first()
    inviter = step.by if step else None
    return [*nearest, inviter] if inviter and may_approve_plan(inviter, plan) else nearest


def people_who_file(plan: Plan) -> list[User]:
    return people_in_charge(plan.organisation, Action.FILE_PLAN)


def refuse_others(version: PlanVersion, by: User) -> None:
    """Refused: not_approver."""
    if not may_approve_plan(by, version.plan):
        raise Refused("not_approver", _("Only an organisation above it decides about this plan."))


@transaction.atomic
def submit_plan(
    version: PlanVersion, *, note: str = "", edit_count: int, by: User, at: datetime.datetime
) -> PlanVersion:
    """File a draft as its editor has read it; it never changes again. Filing it again changes nothing.

    Refused: no_lines, and those of `lock_draft`.
    """
    if lock_version(version).state == State.SUBMITTED:
        return version
    version = lock_draft(version, edit_count)
    if not version.lines.exists():
        raise Refused("no_lines", _("Please add at least one session before you file the plan."))
    version.state, version.note = State.SUBMITTED, note.strip()
    version.save(update_fields=["state", "note"])
    record_step(version, Kind.SUBMITTED, by=by, at=at, organisation=version.plan.organisation)
    notify(people_who_approve(version.plan), notices.moved_on("plan_submitted", version), at=at)
    return version


def open_next_version(version: PlanVersion) -> PlanVersion:
    """A new draft with the same lines under the same keys."""
    last = version.plan.versions.aggregate(last=Max("number"))["last"]
    following = PlanVersion.objects.create(plan=version.plan, number=last + 1, note=version.note)
    copies = list(version.lines.order_by("position"))
    for line in copies:
        line.pk, line._state.adding, line.version = None, True, following
    PlanLine.objects.bulk_create(copies)
    return following


@transaction.atomic
def amend_plan(version: PlanVersion, *, by: User, at: datetime.datetime) -> PlanVersion:
    """Begin a new version of a plan that is in force; one that was begun is returned.

    Refused: not_published, version_open, programme_closed.
    """
    version = lock_version(version)
    if version.state != State.PUBLISHED:
        raise Refused("not_published", _("Only the version in force can be amended."))
    if version.plan.programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if begun := version.plan.versions.filter(state__in=PlanVersion.OPEN_STATES).first():
        if begun.state == State.DRAFT:
            return begun
        raise Refused("version_open", _("A later version of this plan is still under way."))
    draft = open_next_version(version)
    record_step(draft, Kind.AMENDED, by=by, at=at, organisation=version.plan.organisation)
    return draft


@transaction.atomic
def close_plan(version: PlanVersion, *, by: User, at: datetime.datetime) -> PlanVersion:
    """Close a plan after its programme is over; again changes nothing.

    Refused: not_approver, not_published, version_open, programme_not_over.
    """
    version = lock_version(version)
    if version.state == State.CLOSED:
        return version
    refuse_others(version, by)
    if version.state != State.PUBLISHED:
        raise Refused("not_published", _("Only the version in force can be closed."))
    if version.plan.versions.filter(state__in=PlanVersion.OPEN_STATES).exists():
        raise Refused("version_open", _("A later version of this plan is still under way."))
    ends_on = version.plan.programme.ends_on
    if ends_on is None or ends_on >= local_day(at):
        raise Refused("programme_not_over", _("A plan can be closed when its programme is over."))
    version.state = State.CLOSED
    version.save(update_fields=["state"])
    record_step(version, Kind.CLOSED, by=by, at=at, organisation=version.plan.organisation)
    return version
