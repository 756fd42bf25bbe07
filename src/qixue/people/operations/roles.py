"""Giving and ending roles, and closing the account of somebody who left. What ended gives nothing from that moment on:
every request asks the table of roles, on every worker."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused, ask_at_once
from qixue.people import account_notices as notices
from qixue.people.models import Organisation, Resident, RoleAssignment, User
from qixue.people.operations.notifications import notify
from qixue.people.operations.organisations import lock_tree
from qixue.people.operations.tokens import revoke_all
from qixue.people.rules import TABLE, Action, may_give_role, paths_up_from


def refuse_giver(by: User, role: str, organisation: Organisation) -> None:
    """Refused: may_not_give_role."""
    if not may_give_role(by, role, organisation):
        raise Refused(
            "may_not_give_role",
            _("This role is given and ended by coordinators of this organisation or one above it; not by stand-ins."),
        )


@transaction.atomic
def give_role(user: User, *, role: str, organisation: Organisation, by: User, at: datetime.datetime) -> RoleAssignment:
    """Give a role to somebody who has an account; one that is held already stays as it is.

    Refused: may_not_give_role, account_closed.
    """
    refuse_giver(by, role, organisation)
    assignment, is_new = grant(user, role=role, organisation=organisation, by=by, at=at)
    if is_new and by.pk != user.pk:
        notify([user], notices.role_given(assignment, by.display_name), at=at)
    return assignment


def grant(
    user: User, *, role: str, organisation: Organisation, by: User, at: datetime.datetime
) -> tuple[RoleAssignment, bool]:
    """Write the role down, and say whether it is new. Who may, and who is told, is decided by the callers.

    Refused: account_closed, password_needed.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        raise Refused("account_closed", _("This account is closed; please invite the person again."))
    if not user.has_usable_password():
        sentence = _("This account opens by phone only. With a role it needs a user name and a password.")
        raise Refused("password_needed", sentence)
    assignment, is_new = RoleAssignment.objects.get_or_create(
        user=user,
        organisation=organisation,
        role=role,
        ended_at=None,
        stands_in_for=None,
        defaults={"granted_at": at, "granted_by": by},
    )
    if is_new:
        record_audit("role.given", assignment, by=by, at=at, details=details_of(assignment))
    return assignment, is_new


def details_of(assignment: RoleAssignment) -> dict[str, str]:
    return {
        "person": assignment.user.display_name,
        "role": assignment.role,
        "organisation": assignment.organisation.code,
    }


@transaction.atomic
def end_role(assignment: RoleAssignment, *, by: User, at: datetime.datetime, confirmed: bool = False) -> RoleAssignment:
    """End a role with all who stand in for it; again changes nothing.

    Refused: may_not_give_role, last_coordinator. Doubt: last_here, own_role.
    """
    lock_tree()
    assignment = locked(assignment)
    if assignment.ended_at:
        return assignment
    refuse_giver(by, assignment.role, assignment.organisation)
    doubt_end(assignment, by, at=at, confirmed=confirmed)
    close(assignment, by=by, at=at)
    if by.pk != assignment.user_id:
        notify([assignment.user], notices.role_ended(assignment, by.display_name), at=at)
    return assignment


def locked(assignment: RoleAssignment) -> RoleAssignment:
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "organisation")
    return rows.get(pk=assignment.pk)


def doubt_end(assignment: RoleAssignment, by: User, *, at: datetime.datetime, confirmed: bool) -> None:
    """Never leave a tree without anybody in charge; ask before an organisation, or oneself, is left without.

    Refused: last_coordinator. Doubt: last_here, own_role.
    """
    refuse_last(assignment, at=at)
    if not confirmed:
        ask_at_once(doubts_about_ending(assignment, by, at=at))


def doubts_about_ending(assignment: RoleAssignment, by: User, *, at: datetime.datetime) -> Iterator[Doubt]:
    if by.pk == assignment.user_id:
        yield Doubt("own_role", _("This is your own role. Once it has ended, only somebody else can give it back."))
    if is_last_here(assignment, at=at):
        yield Doubt(
            "last_here",
            _("Nobody else coordinates %(organisation)s; the organisation above it will be in charge."),
            organisation=assignment.organisation.local_name,
        )


def others_in_charge(assignment: RoleAssignment, at: datetime.datetime) -> list[str]:
    """The paths, at the organisation and above, at which somebody else manages people in their own right."""
    others = RoleAssignment.objects.current(at).lasting().exclude(user=assignment.user_id)
    others = others.filter(role__in=TABLE[Action.MANAGE_PEOPLE], user__is_active=True)
    above = paths_up_from(assignment.organisation.path)
    return list(others.filter(organisation__path__in=above).values_list("organisation__path", flat=True))


def counts_as_last(assignment: RoleAssignment) -> bool:
    return assignment.role in TABLE[Action.MANAGE_PEOPLE] and assignment.stands_in_for_id is None


def refuse_last(assignment: RoleAssignment, *, at: datetime.datetime) -> None:
    """Refused: last_coordinator."""
    if counts_as_last(assignment) and not others_in_charge(assignment, at):
        raise Refused(
            "last_coordinator",
            _("Nobody else is in charge of %(organisation)s. Please hand over, or give the role to somebody first."),
            organisation=assignment.organisation.local_name,
        )


def is_last_here(assignment: RoleAssignment, *, at: datetime.datetime) -> bool:
    return counts_as_last(assignment) and assignment.organisation.path not in others_in_charge(assignment, at)


def close(assignment: RoleAssignment, *, by: User | None, at: datetime.datetime) -> None:
    """Write the end of a role down, and that of everybody who stood in for it."""
    assignment.ended_at, assignment.ended_by = at, by
    assignment.save(update_fields=["ended_at", "ended_by"])
    record_audit("role.ended", assignment, by=by, at=at, details=details_of(assignment))
    for stand_in in assignment.stand_ins.filter(ended_at=None).select_related("user", "organisation"):
        close(stand_in, by=by, at=at)


@transaction.atomic
def close_account(user: User, *, by: User, at: datetime.datetime) -> User:
    """Somebody left the service: roles, tokens and sessions end at once; records keep the name. Again changes nothing.

    Refused: own_account, outside_reach, last_coordinator; and takes_part, where it is a resident's account too.
    """
    lock_tree()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        return user
    if user.pk == by.pk:
        raise Refused("own_account", _("Nobody closes their own account; please ask another coordinator."))
    if Resident.objects.filter(user=user).exists():
        raise Refused(
            "takes_part",
            _("This person also takes part as a resident with this account. Please end the roles instead."),
        )
    held = RoleAssignment.objects.filter(user=user, ended_at=None).select_related("user", "organisation")
    roles = list(held.order_by("pk"))
    refuse_beyond_reach(user, roles, by)
    for each in roles:
        refuse_last(each, at=at)
    for each in held.order_by("pk"):
        each.refresh_from_db()
        if each.ended_at is None:
            close(each, by=by, at=at)
    revoke_all(user, by=by, at=at)
    user.is_active, user.email, user.mobile = False, "", ""
    user.set_unusable_password()  # sessions carry a hash of the password: each of them is over
    user.save(update_fields=["is_active", "email", "mobile", "password"])
    record_audit("account.closed", user, by=by, at=at, details={"person": user.display_name})
    return user


def refuse_beyond_reach(user: User, roles: list[RoleAssignment], by: User) -> None:
    """Where nothing is held any more, what was held says whose part of the tree it is. Refused: outside_reach."""
    former = RoleAssignment.objects.filter(user=user).select_related("organisation").order_by("pk")
    judged = roles or list(former)
    if judged and all(may_give_role(by, each.role, each.organisation) for each in judged):
        return
    if roles:
        sentence = _("This person also has a role outside of your part of the tree. Please end the roles below yours.")
    else:
        sentence = _("This person had roles outside of your part of the tree, or none. Please ask those above you.")
    raise Refused("outside_reach", sentence)
