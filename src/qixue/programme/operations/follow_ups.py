"""The way of a follow-up: assigned, acknowledged, reported, handed over. How it ends is in `follow_up_decisions`."""

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.fields import checked_reason
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.operations.notifications import notify
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action, reach
from qixue.programme.models import FollowUp, FollowUpStep, Programme
from qixue.programme.notices import follow_ups as notices
from qixue.programme.operations.plan_documents import kept
from qixue.programme.operations.plans import refuse_past
from qixue.programme.rules import (
    may_answer_follow_up,
    may_assign_to,
    may_decide_follow_up,
    may_hand_over_follow_up,
)

State = FollowUp.State
Kind = FollowUpStep.Kind
LONGEST_NOTE = 500  # characters


@dataclass(frozen=True)
class FollowUpDetails:
    """What somebody has to do by when. The same `key` makes it once."""

    owner: Organisation
    title: str
    due_on: datetime.date
    detail: str = ""
    source: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)


def assign_all(
    programme: Programme, items: Iterable[FollowUpDetails], *, by: User, at: datetime.datetime
) -> list[FollowUp]:
    """Assign several at once, all or none. Refused: see `assign_follow_up`."""
    with transaction.atomic():
        return [assign_follow_up(programme, details=details, by=by, at=at) for details in items]


@transaction.atomic
def assign_follow_up(programme: Programme, *, details: FollowUpDetails, by: User, at: datetime.datetime) -> FollowUp:
    """Ask an organisation to do something by a day. The same key again returns the first item.

    Refused: programme_closed, organisation_outside_programme, not_assigner, due_in_past.
    """
    owner = details.owner
    if programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))
    if not owner.path.startswith(programme.organisation.path):
        sentence = _("This organisation does not take part in the programme.")
        raise Refused("organisation_outside_programme", sentence, field="owner")
    if not may_assign_to(by, owner):
        raise Refused("not_assigner", _("You can assign items to organisations below yours only."), field="owner")
    if existing := FollowUp.objects.filter(client_uuid=details.key).first():
        return existing
    refuse_past(details.due_on, at)
    follow_up, is_new = FollowUp.objects.get_or_create(
        client_uuid=details.key,
        defaults={
            "programme": programme,
            "owner": owner,
            "assigner": assigning_organisation(by, owner),
            "title": details.title,
            "detail": details.detail,
            "source": details.source,
            "due_on": details.due_on,
            "waiting_since": at,
            "told_on": local_day(at),
        },
    )
    if is_new:
        step = take_step(follow_up, Kind.ASSIGNED, organisation=owner, due_on=details.due_on, by=by, at=at)
        tell_owner("follow_up_assigned", step, at=at)
    return follow_up


def assigning_organisation(by: User, owner: Organisation) -> Organisation:
    """For whom somebody assigns: the nearest of their organisations above the owner, else the owner itself."""
    paths = [path for path in reach(by, Action.ASSIGN_FOLLOW_UP) if owner.path.startswith(path)]
    return Organisation.objects.get(path=max(paths, key=lambda path: (path != owner.path, len(path))))


def lock_follow_up(
    follow_up: FollowUp, kind: Kind, *, starts: Collection[str], edit_count: int, by: User
) -> tuple[FollowUp, bool]:
    """The item, locked for a step, and whether the step is to be taken: not when its sender pressed twice.

    `edit_count` is that of the page on which the step was decided. Refused: changed_meanwhile, not_now.
    """
    related = ("programme", "owner", "assigner")
    follow_up = FollowUp.objects.select_for_update(of=("self",)).select_related(*related).get(pk=follow_up.pk)
    if follow_up.edit_count == edit_count + 1 and was_last_step(follow_up, kind, by):
        return follow_up, False
    if follow_up.edit_count != edit_count:
        sentence = _("Somebody else has taken a step meanwhile; please open the item again.")
        raise Refused("changed_meanwhile", sentence)
    if follow_up.state not in starts:
        raise Refused("not_now", _("This cannot be done with the item as it stands now."))
    return follow_up, True


def was_last_step(follow_up: FollowUp, kind: Kind, by: User) -> bool:
    by_people = follow_up.steps.exclude(by=None).order_by("-at", "-pk")
    return by_people.values_list("kind", "by").first() == (kind, by.pk)


def take_step(
    follow_up: FollowUp,
    kind: Kind,
    *,
    organisation: Organisation,
    note: str = "",
    due_on: datetime.date | None = None,
    by: User | None,
    at: datetime.datetime,
) -> FollowUpStep:
    """Write the step and its audit entry."""
    record_audit(f"follow_up.{kind}", follow_up, by=by, at=at, details={"organisation": organisation.code})
    return FollowUpStep.objects.create(
        follow_up=follow_up, kind=kind, organisation=organisation, note=note, due_on=due_on, by=by, at=at
    )


def move_on(
    follow_up: FollowUp, state: str, *, at: datetime.datetime, waiting_since: datetime.datetime | None = None
) -> None:
    """It is somebody else's turn, from now on or counted since an earlier time."""
    follow_up.state, follow_up.waiting_since, follow_up.told_on = state, waiting_since or at, local_day(at)
    follow_up.edit_count += 1
    follow_up.save(update_fields=["state", "waiting_since", "told_on", "edit_count"])


def back_to_the_ground(follow_up: FollowUp) -> None:
    """Once its assigner gave it another owner or another day, the levels are climbed from the first one again."""
    follow_up.escalated_to, follow_up.escalated_on, follow_up.escalation_level = None, None, 0
    follow_up.save(update_fields=["escalated_to", "escalated_on", "escalation_level"])


def tell_owner(kind: str, step: FollowUpStep, *, at: datetime.datetime) -> None:
    notify(people_in_charge(step.follow_up.owner, Action.ANSWER_FOLLOW_UP), notices.about(kind, step), at=at)


def tell_assigner(kind: str, step: FollowUpStep, *, at: datetime.datetime) -> None:
    notify(people_in_charge(step.follow_up.assigner, Action.ASSIGN_FOLLOW_UP), notices.about(kind, step), at=at)


def refuse_strangers(follow_up: FollowUp, by: User) -> None:
    """Refused: not_owner."""
    if not may_answer_follow_up(by, follow_up):
        raise Refused("not_owner", _("Only the organisation that has to do it answers."))


def reason_given(reason: str) -> str:
    """Refused: reason_missing."""
    return checked_reason(reason, _("Please say why, so that those concerned understand it."))[:LONGEST_NOTE]


@transaction.atomic
def acknowledge_follow_up(follow_up: FollowUp, *, edit_count: int, by: User, at: datetime.datetime) -> FollowUp:
    """Say that it has arrived and will be done. Refused: not_owner, changed_meanwhile, not_now."""
    follow_up, is_due = lock_follow_up(
        follow_up, Kind.ACKNOWLEDGED, starts={State.ASSIGNED}, edit_count=edit_count, by=by
    )
    refuse_strangers(follow_up, by)
    if is_due:
        take_step(follow_up, Kind.ACKNOWLEDGED, organisation=follow_up.owner, by=by, at=at)
        follow_up.state = State.ACKNOWLEDGED  # still the owner's turn: what is waited for is the report
        follow_up.edit_count += 1
        follow_up.save(update_fields=["state", "edit_count"])
    return follow_up


@transaction.atomic
def report_follow_up(
    follow_up: FollowUp, *, note: str = "", file: bytes = b"", edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Report it done, with words or a file as evidence; who reports what nobody acknowledged acknowledges it too.

    Refused: not_owner, evidence_missing, changed_meanwhile, not_now, and those of `kept` for the file.
    """
    follow_up, is_due = lock_follow_up(
        follow_up, Kind.REPORTED, starts=FollowUp.OWNERS_TURN, edit_count=edit_count, by=by
    )
    refuse_strangers(follow_up, by)
    if not is_due:
        return follow_up
    if not note.strip() and not file:
        sentence = _("Please say what was done, or add a file that shows it.")
        raise Refused("evidence_missing", sentence, field="note")
    if follow_up.state == State.ASSIGNED:
        take_step(follow_up, Kind.ACKNOWLEDGED, organisation=follow_up.owner, by=by, at=at)
    step = FollowUpStep(
        follow_up=follow_up, kind=Kind.REPORTED, organisation=follow_up.owner, note=note.strip(), by=by, at=at
    )
    if file:
        name, content = kept(file)
        step.file.save(name, ContentFile(content), save=False)
    step.save()
    record_audit("follow_up.reported", follow_up, by=by, at=at, details={"organisation": follow_up.owner.code})
    move_on(follow_up, State.REPORTED, at=at)
    tell_assigner("follow_up_reported", step, at=at)
    return follow_up


@transaction.atomic
def hand_over_follow_up(
    follow_up: FollowUp, *, to: Organisation, reason: str, edit_count: int, by: User, at: datetime.datetime
) -> FollowUp:
    """Let another organisation of the same tree do it, with the same deadline.

    Only the assigner begins the escalation anew: an owner that hands on below itself gains no time.
    Refused: not_in_tree, same_owner, reason_missing, changed_meanwhile, not_now.
    """
    follow_up, is_due = lock_follow_up(
        follow_up, Kind.HANDED_OVER, starts=FollowUp.OWNERS_TURN, edit_count=edit_count, by=by
    )
    if not is_due:
        return follow_up
    if not may_hand_over_follow_up(by, follow_up, to):
        sentence = _("You can hand this item over to organisations of your own part of the tree only.")
        raise Refused("not_in_tree", sentence, field="organisation")
    if to.pk == follow_up.owner_id:
        raise Refused("same_owner", _("This organisation has the item already."), field="organisation")
    is_by_assigner = may_decide_follow_up(by, follow_up)
    former, waiting_since = follow_up.owner, follow_up.waiting_since
    follow_up.owner = to
    follow_up.save(update_fields=["owner"])
    step = take_step(follow_up, Kind.HANDED_OVER, organisation=to, note=reason_given(reason), by=by, at=at)
    move_on(follow_up, State.ASSIGNED, at=at, waiting_since=at if is_by_assigner else waiting_since)
    if is_by_assigner:
        back_to_the_ground(follow_up)
    tell_owner("follow_up_assigned", step, at=at)
    tell_assigner("follow_up_passed_on", step, at=at)
    notice = notices.about("follow_up_passed_on", step)
    if not to.path.startswith(former.path):
        notice = replace(notice, link="")  # the item is out of their reach from now on
    notify(people_in_charge(former, Action.ANSWER_FOLLOW_UP), notice, at=at)
    return follow_up
