"""A role goes to a named successor for good, with what waits for it."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people import account_notices as notices
from qixue.people.models import HandOver, Invitation, Notification, RoleAssignment, User
from qixue.people.notices import KINDS
from qixue.people.operations.notifications import notify
from qixue.people.operations.organisations import lock_tree
from qixue.people.operations.roles import close, details_of, grant, locked
from qixue.people.operations.stand_ins import refuse_stranger, refuse_wrong_role
from qixue.people.queries import people_in_charge
from qixue.people.rules import TABLE, Action


@transaction.atomic
def hand_over(assignment: RoleAssignment, *, successor: User, note: str, by: User, at: datetime.datetime) -> HandOver:
    """Give one's role to somebody else. Tasks, plans and dates hang on the role and wait for the successor at once.

    Open invitations go along, and so do unread notices of this part of the tree when nothing else is left to the one
    who goes.

    The same again returns the first. Refused: not_own_role, role_over, same_person, not_a_colleague, account_closed.
    """
    lock_tree()
    assignment = locked(assignment)
    done = HandOver.objects.filter(given=assignment).select_related("taken").first()
    if done and (assignment.user_id, done.taken.user_id) == (by.pk, successor.pk):
        return done
    refuse_wrong_role(assignment, by)
    if successor.pk == assignment.user_id:
        raise Refused("same_person", _("Please choose somebody else than yourself."), field="person")
    refuse_stranger(assignment, successor, at)
    taken, _is_new = grant(successor, role=assignment.role, organisation=assignment.organisation, by=by, at=at)
    close(assignment, by=by, at=at)
    made = HandOver.objects.create(given=assignment, taken=taken, note=note, at=at)
    pass_on_invitations(assignment, taken.user)
    if not RoleAssignment.objects.current(at).filter(user=assignment.user_id).exists():
        pass_on_unread(assignment, taken.user)
    details = {**details_of(assignment), "successor": taken.user.display_name, "note": note}
    record_audit("role.handed_over", assignment, by=by, at=at, details=details)
    told = {each.pk: each for each in people_in_charge(assignment.organisation, Action.MANAGE_PEOPLE)}
    told |= {each.pk: each for each in (assignment.user, taken.user)}
    notify(told.values(), notices.role_handed_over(assignment, taken, note), at=at)
    return made


def pass_on_invitations(assignment: RoleAssignment, successor: User) -> None:
    """The successor vouches from now on for what is still open in this part of the tree."""
    if assignment.role not in TABLE[Action.MANAGE_PEOPLE]:
        return
    invitations = Invitation.objects.unanswered().filter(invited_by=assignment.user_id)
    within = invitations.filter(organisation__path__startswith=assignment.organisation.path)
    within.update(invited_by=successor)


def pass_on_unread(assignment: RoleAssignment, successor: User) -> None:
    """Unread notices about the work here; what concerns the giver's own account stays.

    A notice does not say for which role it came. So what came while the giver held, or before they held, a role in
    another part of the tree stays, too: the successor may have no business there.
    """
    giver, here = assignment.user, assignment.organisation.path
    elsewhere = RoleAssignment.objects.filter(user=giver).exclude(organisation__path__startswith=here)
    later = elsewhere.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef("created_at")))
    work = [kind.code for kind in KINDS.values() if kind.topic != notices.ACCOUNT]
    unread = Notification.objects.filter(user=giver, read_at=None, kind__in=work).exclude(Exists(later)).order_by("pk")
    Notification.objects.bulk_create(
        [
            Notification(
                user=successor,
                kind=notice.kind,
                params=notice.params,
                link=notice.link,
                created_at=notice.created_at,
                key=notice.key,
            )
            for notice in unread
        ],
        ignore_conflicts=True,
    )
