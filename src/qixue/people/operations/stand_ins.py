"""While somebody is away another person holds their role, from one day to another; both keep it meanwhile."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import day_bounds, local_day
from qixue.core.duties import for_each
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people import account_notices as notices
from qixue.people.directory import colleagues
from qixue.people.models import RoleAssignment, User
from qixue.people.operations.notifications import notify
from qixue.people.operations.roles import details_of, locked
from qixue.people.rules import may_give_role

LONGEST = datetime.timedelta(days=92)
MOST_AT_ONCE = 200


@transaction.atomic
def arrange_stand_in(
    assignment: RoleAssignment,
    *,
    stand_in: User,
    first: datetime.date,
    last: datetime.date,
    by: User,
    at: datetime.datetime,
) -> RoleAssignment:
    """Let somebody hold one's role from the first to the last day, both inclusive; the same again changes nothing.

    Refused: not_own_role, role_over, stands_in_already, same_person, account_closed, not_a_colleague, days_wrong,
    too_long.
    """
    assignment = locked(assignment)
    refuse_wrong_role(assignment, by)
    refuse_wrong_days(first, last, at)
    stand_in = User.objects.select_for_update(no_key=True).get(pk=stand_in.pk)
    if stand_in.pk == assignment.user_id:
        raise Refused("same_person", _("Please choose somebody else than yourself."), field="person")
    if not stand_in.is_active:
        raise Refused("account_closed", _("This account is closed; please choose somebody else."), field="person")
    refuse_stranger(assignment, stand_in, at)
    begins_at, expires_at = day_bounds(first, last)
    mine = assignment.stand_ins.filter(ended_at=None, begins_at__lt=expires_at, expires_at__gt=begins_at)
    existing = mine.select_related("user").order_by("pk").first()
    if existing and (existing.user_id, existing.begins_at, existing.expires_at) == (stand_in.pk, begins_at, expires_at):
        return existing
    if existing:
        raise Refused(
            "stands_in_already",
            _("%(name)s stands in for you on some of these days. Please take that back first."),
            name=existing.user.display_name,
        )
    made = RoleAssignment.objects.create(
        user=stand_in,
        organisation=assignment.organisation,
        role=assignment.role,
        granted_at=at,
        granted_by=by,
        stands_in_for=assignment,
        begins_at=begins_at,
        expires_at=expires_at,
    )
    details = {**details_of(made), "from": first.isoformat(), "until": last.isoformat()}
    record_audit("stand_in.arranged", made, by=by, at=at, details=details)
    notify([assignment.user, stand_in], notices.stand_in("stand_in_arranged", made), at=at)
    return made


def refuse_wrong_role(assignment: RoleAssignment, by: User) -> None:
    """Refused: not_own_role, role_over."""
    if assignment.user_id != by.pk or assignment.stands_in_for_id:
        raise Refused("not_own_role", _("Only a role of your own can be passed on, not one that you stand in for."))
    if assignment.ended_at:
        raise Refused("role_over", _("This role has ended."))


def refuse_stranger(assignment: RoleAssignment, person: User, at: datetime.datetime) -> None:
    """A role goes to somebody who works there already, above or below. Refused: not_a_colleague."""
    if not colleagues(assignment.organisation, at).filter(pk=person.pk).exists():
        raise Refused(
            "not_a_colleague",
            _("Please choose somebody who has a role in this organisation, in one above or in one below it."),
            field="person",
        )


def refuse_wrong_days(first: datetime.date, last: datetime.date, at: datetime.datetime) -> None:
    """Refused: days_wrong, too_long."""
    if last < first:
        raise Refused("days_wrong", _("Please let it end no earlier than it begins."), field="last")
    if last < local_day(at):
        raise Refused("days_wrong", _("Please let it end today or later."), field="last")
    if last - first > LONGEST:
        raise Refused("too_long", _("Please choose three months at most; for longer, hand over."), field="last")


@transaction.atomic
def end_stand_in(stand_in: RoleAssignment, *, by: User, at: datetime.datetime) -> RoleAssignment:
    """End it before its last day; again changes nothing. Refused: may_not_end."""
    stand_in = locked(stand_in)
    if stand_in.ended_at:
        return stand_in
    if not may_end_stand_in(stand_in, by):
        raise Refused("may_not_end", _("Only the two concerned and their coordinators end this."))
    finish(stand_in, at, by=by, at=at)
    return stand_in


def may_end_stand_in(stand_in: RoleAssignment, by: User) -> bool:
    holder = stand_in.stands_in_for
    is_concerned = by.pk == stand_in.user_id or (holder is not None and by.pk == holder.user_id)
    return is_concerned or may_give_role(by, stand_in.role, stand_in.organisation)


def finish(stand_in: RoleAssignment, ended_at: datetime.datetime, *, by: User | None, at: datetime.datetime) -> None:
    stand_in.ended_at, stand_in.ended_by = ended_at, by
    stand_in.save(update_fields=["ended_at", "ended_by"])
    record_audit("stand_in.ended", stand_in, by=by, at=at, details=details_of(stand_in))
    holder = stand_in.stands_in_for
    concerned = [stand_in.user, *([holder.user] if holder else [])]
    notify(concerned, notices.stand_in("stand_in_ended", stand_in), at=at)


def close_run_out(*, at: datetime.datetime) -> int:
    """Write down the end of what ran out and tell both. It gave nothing any more since then. Returns how many."""
    due = RoleAssignment.objects.filter(ended_at=None, expires_at__lte=at).order_by("expires_at", "pk")
    keys = due.values_list("pk", flat=True)[:MOST_AT_ONCE]
    return for_each("stand_ins", keys, lambda pk: close_one(pk, at=at))


@transaction.atomic
def close_one(pk: int, *, at: datetime.datetime) -> int:
    rows = RoleAssignment.objects.select_for_update(of=("self",)).filter(pk=pk, ended_at=None, expires_at__lte=at)
    stand_in = rows.select_related("user", "organisation").first()
    if stand_in is None or stand_in.expires_at is None:
        return 0
    finish(stand_in, stand_in.expires_at, by=None, at=at)
    return 1
