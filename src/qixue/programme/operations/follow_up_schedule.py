"""Reminders and escalation of follow-ups, done by the worker: the rhythm is written out in docs/how-to/follow-up.md.

Each item remembers the day on which those whose turn it is last heard of it, and how far up it has gone. A reminder or
escalation moves these marks by compare and set, so that two workers, or one that runs twice, tell nobody twice.
"""

import datetime

from django.db import transaction
from django.db.models import F, Q

from qixue.core.clock import local_day, local_moment
from qixue.core.duties import for_each
from qixue.people.models import Organisation, RoleAssignment, User
from qixue.people.operations.notifications import notify
from qixue.people.rules import TABLE, Action, paths_up_from
from qixue.programme.models import FollowUp, FollowUpStep, Programme
from qixue.programme.notices import follow_ups as notices
from qixue.programme.operations.follow_ups import take_step, tell_assigner, tell_owner

EARLIEST = datetime.time(8)  # in Shanghai: nobody is reminded at night
DAYS_BEFORE = 3  # the first reminder; the second comes on the day itself
EVERY_DAYS = 3  # between reminders, and between two levels, once it is overdue
RELATED = ("programme", "owner", "assigner", "escalated_to")
Kind = FollowUpStep.Kind


def chase_follow_ups(*, at: datetime.datetime) -> int:
    """Remind and escalate what is due today. Returns how many steps were taken."""
    today = local_day(at)
    if at < local_moment(today, EARLIEST):
        return 0
    open_items = FollowUp.objects.exclude(programme__state=Programme.State.CLOSED).select_related(*RELATED)
    reminders = open_items.filter(owner_forgets(today) | assigner_forgets(today)).order_by("due_on", "pk")
    overdue = open_items.filter(climbs(today)).order_by("due_on", "pk")
    reminded = for_each("follow_ups", reminders, lambda follow_up: remind(follow_up, at=at))
    return reminded + for_each("follow_ups", overdue, lambda follow_up: escalate(follow_up, at=at))


def owner_forgets(today: datetime.date) -> Q:
    """Three days before the deadline, on the day, the day after and every third day from then on."""
    before = Q(pk__in=[])
    for days in range(1, DAYS_BEFORE + 1):
        first = today + datetime.timedelta(days=days - DAYS_BEFORE)
        before |= Q(due_on=today + datetime.timedelta(days=days), told_on__lt=first)
    on_the_day = Q(due_on=today, told_on__lt=today)
    after = Q(due_on__lt=today) & (Q(told_on__lte=F("due_on")) | long_ago("told_on", today))
    return Q(state__in=FollowUp.OWNERS_TURN) & (before | on_the_day | after)


def assigner_forgets(today: datetime.date) -> Q:
    """Every third day after the report, until the item is closed or sent back."""
    return Q(state=FollowUp.State.REPORTED) & long_ago("told_on", today)


def climbs(today: datetime.date) -> Q:
    """One level on the day after the deadline, and one more every third day.

    Where the owner has its turn only since a day after the deadline, as sent back to it or given to it by the assigner,
    the first level comes on the third day from then.
    """
    first_time = Q(waiting_since__lt=day_start(today, days_ago=EVERY_DAYS - 1))
    for days in range(1, EVERY_DAYS):
        due_on = today - datetime.timedelta(days=days)
        first_time |= Q(due_on=due_on, waiting_since__lt=day_start(today, days_ago=days - 1))
    is_time = Q(escalated_on=None) & first_time | long_ago("escalated_on", today)
    return Q(state__in=FollowUp.OWNERS_TURN, due_on__lt=today) & is_time


def day_start(today: datetime.date, *, days_ago: int) -> datetime.datetime:
    return local_moment(today - datetime.timedelta(days=days_ago), datetime.time.min)


def long_ago(field: str, today: datetime.date) -> Q:
    return Q(**{f"{field}__lte": today - datetime.timedelta(days=EVERY_DAYS)})


@transaction.atomic
def remind(follow_up: FollowUp, *, at: datetime.datetime) -> bool:
    """Tell those whose turn it is; False when somebody else did, or took a step meanwhile."""
    today = local_day(at)
    mine = FollowUp.objects.filter(
        pk=follow_up.pk, state=follow_up.state, edit_count=follow_up.edit_count, told_on=follow_up.told_on
    )
    if not mine.update(told_on=today):
        return False
    if follow_up.state == FollowUp.State.REPORTED:
        step = take_step(follow_up, Kind.REMINDED, organisation=follow_up.assigner, by=None, at=at)
        tell_assigner("follow_up_unanswered", step, at=at)
    else:
        step = take_step(follow_up, Kind.REMINDED, organisation=follow_up.owner, by=None, at=at)
        tell_owner("follow_up_overdue" if follow_up.due_on < today else "follow_up_reminded", step, at=at)
    return True


@transaction.atomic
def escalate(follow_up: FollowUp, *, at: datetime.datetime) -> bool:
    """Tell the coordinators one level up; False at the top, and when somebody else did or took a step meanwhile."""
    above = next_level(follow_up)
    if above is None:
        return False
    mine = FollowUp.objects.filter(
        pk=follow_up.pk,
        state=follow_up.state,
        edit_count=follow_up.edit_count,
        escalation_level=follow_up.escalation_level,
        escalated_on=follow_up.escalated_on,
    )
    moved = {"escalated_to": above, "escalated_on": local_day(at), "escalation_level": follow_up.escalation_level + 1}
    if not mine.update(**moved):
        return False
    step = take_step(follow_up, Kind.ESCALATED, organisation=above, by=None, at=at)
    notify(coordinators_of(above), notices.about("follow_up_escalated", step), at=at)
    return True


def next_level(follow_up: FollowUp) -> Organisation | None:
    """The nearest organisation with a coordinator above the last one told: from the owner up to one above the assigner.

    None at the top, and where nobody further up could be told.
    """
    told = follow_up.escalated_to
    ladder = [path for path in ladder_of(follow_up) if told is None or len(path) < len(told.path)]
    holders = RoleAssignment.objects.current().filter(
        organisation__path__in=ladder, role__in=TABLE[Action.ASSIGN_FOLLOW_UP], user__is_active=True
    )
    able = Organisation.objects.filter(pk__in=holders.values("organisation"))
    return max(able, key=lambda organisation: len(organisation.path), default=None)


def ladder_of(follow_up: FollowUp) -> list[str]:
    """The tree paths of the owner, of each above it up to the assigner, and of the one above the assigner."""
    levels_above_assigner = max(0, follow_up.assigner.path.count("/") - 2)
    paths = paths_up_from(follow_up.owner.path)
    return paths[: len(paths) - levels_above_assigner]


def coordinators_of(organisation: Organisation) -> list[User]:
    """The coordinators of exactly this organisation; those further up hear of it later."""
    holders = RoleAssignment.objects.current().filter(
        organisation=organisation, role__in=TABLE[Action.ASSIGN_FOLLOW_UP], user__is_active=True
    )
    return list({holder.user_id: holder.user for holder in holders.select_related("user").order_by("pk")}.values())
