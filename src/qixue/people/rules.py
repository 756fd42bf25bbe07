"""Who may do what: one table of role x action. A role is held in an organisation and reaches its subtree."""

from enum import StrEnum
from typing import Any

from qixue.people.models import Organisation, Role, RoleAssignment, User


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
    Action.SEE_DELIVERIES: frozenset({Role.COORDINATOR, Role.AUDITOR}),
}
# What each action allows, for docs/reference/roles.md; one sentence, without a stop at its end.
MEANING: dict[Action, str] = {
    Action.SEE_WORKSPACE: "open the workspace and its session pages, with head counts and what they stand on",
    Action.SEE_RECORDS: "read activities before they are published, and ledger entries",
    Action.EDIT_ACTIVITY: "write an activity and its sessions",
    Action.PUBLISH_ACTIVITY: "show an activity to the public, or call it off",
    Action.RECORD_ATTENDANCE: "enter a head count for a session",
    Action.CORRECT_ATTENDANCE: "replace or take back an entry by a new one that says why",
    Action.SEE_EVIDENCE: "open the photos of sign-in sheets, which hold names",
    Action.SEE_REPORT: "read figures and the work summary; the whole one from above, else one's own part",
    Action.SEE_PLANS: "read the plans of one's part of the tree, and those that one was asked to countersign",
    Action.FILE_PLAN: "write the plan of an organisation, file and amend it",
    Action.COUNTERSIGN_PLAN: "answer for an organisation that was asked to countersign",
    Action.APPROVE_PLAN: "invite, return, approve, publish and close from above: nobody decides about their own plan",
    Action.SEE_DELIVERIES: "read which messages could not be delivered, and try them again",
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
