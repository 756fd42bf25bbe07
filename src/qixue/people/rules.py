"""Who may do what: one table of role x action. A role is held in an organisation and reaches its subtree."""

from enum import StrEnum
from typing import Any

from qixue.people.models import Invitation, Organisation, Role, RoleAssignment, User


class Action(StrEnum):
    SEE_WORKSPACE = "see_workspace"
    SEE_RECORDS = "see_records"  # unpublished activities, ledger entries, figures in draft
    EDIT_ACTIVITY = "edit_activity"
    PUBLISH_ACTIVITY = "publish_activity"
    RECORD_ATTENDANCE = "record_attendance"
    CORRECT_ATTENDANCE = "correct_attendance"
    SEE_EVIDENCE = "see_evidence"  # photos of sign-in sheets, which hold names
    SEE_REPORT = "see_report"
    SEE_PLANS = "see_plans"
    FILE_PLAN = "file_plan"
    COUNTERSIGN_PLAN = "countersign_plan"
    APPROVE_PLAN = "approve_plan"  # invite to file, return, approve, publish, close
    MANAGE_PEOPLE = "manage_people"  # invite, give and end roles, close accounts
    MANAGE_ORGANISATIONS = "manage_organisations"  # add, edit and move organisations
    SEE_DELIVERIES = "see_deliveries"  # messages that could not be delivered


EVERYBODY_ON_STAFF = frozenset(Role)
COORDINATORS = frozenset({Role.COORDINATOR})
FILERS = frozenset({Role.COORDINATOR, Role.ORGANISER})
TABLE: dict[Action, frozenset[Role]] = {
    Action.SEE_WORKSPACE: EVERYBODY_ON_STAFF,
    Action.SEE_RECORDS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE, Role.TREASURER, Role.AUDITOR}),
    Action.EDIT_ACTIVITY: FILERS,
    Action.PUBLISH_ACTIVITY: FILERS,
    Action.RECORD_ATTENDANCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.DOOR_VOLUNTEER, Role.CADRE}),
    Action.CORRECT_ATTENDANCE: FILERS,
    Action.SEE_EVIDENCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.AUDITOR}),
    Action.SEE_REPORT: frozenset({Role.COORDINATOR, Role.AUDITOR}),
    Action.SEE_PLANS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.TREASURER, Role.AUDITOR}),
    Action.FILE_PLAN: FILERS,
    Action.COUNTERSIGN_PLAN: COORDINATORS,
    Action.APPROVE_PLAN: COORDINATORS,
    Action.MANAGE_PEOPLE: COORDINATORS,
    Action.MANAGE_ORGANISATIONS: COORDINATORS,
    Action.SEE_DELIVERIES: frozenset({Role.COORDINATOR, Role.AUDITOR}),
}


def may(user: Any, action: Action, organisation: Organisation) -> bool:
    """Whether the user holds a role that allows the action in the organisation or in one above it."""
    return any(organisation.path.startswith(path) for path in reach(user, action))


def may_anywhere(user: Any, action: Action) -> bool:
    return bool(reach(user, action))


def reach(user: Any, action: Action) -> list[str]:
    """The tree paths below which the user may do the action; empty for visitors and people who were deactivated."""
    if not isinstance(user, User) or not user.is_active:
        return []
    assignments = RoleAssignment.objects.current().filter(user=user, role__in=TABLE[action])
    return list(assignments.values_list("organisation__path", flat=True))


def paths_above(organisation: Organisation) -> list[str]:
    """The path of the organisation and of each one above it, the nearest first."""
    steps = organisation.path.rstrip("/").split("/")
    return ["/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]


def may_give_role(user: Any, role: str, organisation: Organisation) -> bool:
    """Whether the user may give, or end, the role there: never one that allows more than the user may do themselves.

    A role that is itself about people is given only by those who hold theirs in their own right: a stand-in would
    otherwise stay for good.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    held = RoleAssignment.objects.current().filter(user=user, organisation__path__in=paths_above(organisation))
    if role in TABLE[Action.MANAGE_PEOPLE]:
        held = held.lasting()
    roles = set(held.values_list("role", flat=True))
    needed = [allowed for allowed in TABLE.values() if role in allowed]
    return bool(roles & TABLE[Action.MANAGE_PEOPLE]) and all(roles & allowed for allowed in needed)


def is_vouched_for(invitation: Invitation) -> bool:
    """Whether the one who invited may still give the role: an invitation does not outlive its inviter's own role."""
    return may_give_role(invitation.invited_by, invitation.role, invitation.organisation)


def may_move(user: Any, organisation: Organisation) -> bool:
    """From an organisation above: nobody takes their own place in the tree elsewhere."""
    paths = reach(user, Action.MANAGE_ORGANISATIONS)
    return any(organisation.path.startswith(path) and organisation.path != path for path in paths)
