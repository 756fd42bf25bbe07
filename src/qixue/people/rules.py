"""Who may do what: one table of role x action. A role is held in an organisation and reaches its subtree."""

from enum import StrEnum
from typing import Any

from qixue.people.models import Organisation, Role, RoleAssignment, User


class Action(StrEnum):
    SEE_WORKSPACE = "see_workspace"
    SEE_RECORDS = "see_records"  # unpublished activities, ledger entries, figures in draft
    EDIT_ACTIVITY = "edit_activity"
    PUBLISH_ACTIVITY = "publish_activity"
    MANAGE_REGISTRATIONS = "manage_registrations"  # see, sign up and take out others
    RECORD_ATTENDANCE = "record_attendance"
    CORRECT_ATTENDANCE = "correct_attendance"
    SEE_EVIDENCE = "see_evidence"  # photos of sign-in sheets, which hold names
    SEE_REPORT = "see_report"
    SEE_PLANS = "see_plans"
    FILE_PLAN = "file_plan"
    COUNTERSIGN_PLAN = "countersign_plan"
    APPROVE_PLAN = "approve_plan"  # invite to file, return, approve, publish, close
    SEE_DELIVERIES = "see_deliveries"  # messages that could not be delivered


EVERYBODY_ON_STAFF = frozenset(Role)
COORDINATORS = frozenset({Role.COORDINATOR})
FILERS = frozenset({Role.COORDINATOR, Role.ORGANISER})
TABLE: dict[Action, frozenset[Role]] = {
    Action.SEE_WORKSPACE: EVERYBODY_ON_STAFF,
    Action.SEE_RECORDS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE, Role.TREASURER, Role.AUDITOR}),
    Action.EDIT_ACTIVITY: FILERS,
    Action.PUBLISH_ACTIVITY: FILERS,
    Action.MANAGE_REGISTRATIONS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE}),
    Action.RECORD_ATTENDANCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.DOOR_VOLUNTEER, Role.CADRE}),
    Action.CORRECT_ATTENDANCE: FILERS,
    Action.SEE_EVIDENCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.AUDITOR}),
    Action.SEE_REPORT: frozenset({Role.COORDINATOR, Role.AUDITOR}),
    Action.SEE_PLANS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.TREASURER, Role.AUDITOR}),
    Action.FILE_PLAN: FILERS,
    Action.COUNTERSIGN_PLAN: COORDINATORS,
    Action.APPROVE_PLAN: COORDINATORS,
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
