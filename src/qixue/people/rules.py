"""Who may do what: one table of role x action. A role is held in an organisation and reaches its subtree."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qixue.people.models import Invitation, Organisation, Role, RoleAssignment, User


class Action(StrEnum):
    SEE_WORKSPACE = "see_workspace"
    SEE_RECORDS = "see_records"  # unpublished activities, ledger entries, figures in draft
    EDIT_ACTIVITY = "edit_activity"
    PUBLISH_ACTIVITY = "publish_activity"
    MANAGE_REGISTRATIONS = "manage_registrations"  # see, sign up and take out others
    RECORD_ATTENDANCE = "record_attendance"
    CORRECT_ATTENDANCE = "correct_attendance"
    ISSUE_CERTIFICATES = "issue_certificates"  # revoke and print them as well
    SEE_EVIDENCE = "see_evidence"  # photos of sign-in sheets, which hold names
    SEE_REPORT = "see_report"
    WRITE_REPORT = "write_report"  # sections of a work summary, its outline, photos and comments
    ISSUE_REPORT = "issue_report"  # ask for the issue of a work summary, issue what somebody else asked for
    SEE_PLANS = "see_plans"
    FILE_PLAN = "file_plan"
    COUNTERSIGN_PLAN = "countersign_plan"
    APPROVE_PLAN = "approve_plan"  # invite to file, return, approve, publish, close
    SET_UP_PROGRAMME = "set_up_programme"  # theme, legal bases, who holds it; publish and close it
    SEE_FOLLOW_UPS = "see_follow_ups"
    ASSIGN_FOLLOW_UP = "assign_follow_up"  # close, send back, withdraw and move the deadline as well
    ANSWER_FOLLOW_UP = "answer_follow_up"  # acknowledge, report done
    SEE_RETURNS = "see_returns"
    FILE_RETURN = "file_return"
    ACCEPT_RETURN = "accept_return"  # set up, open and close a call, accept, send back
    SEE_NOMINATIONS = "see_nominations"
    NOMINATE = "nominate"  # write and put forward, record the nominee's consent
    JUDGE_NOMINATION = "judge_nomination"  # open a call, pass on, put on public notice, settle objections, award
    MANAGE_PEOPLE = "manage_people"  # invite, give and end roles, close accounts
    MANAGE_ORGANISATIONS = "manage_organisations"  # add, edit and move organisations
    MANAGE_SWAPS = "manage_swaps"  # reported things, want lists in and out
    RUN_SWAP_ROUND = "run_swap_round"  # open, match, choose, begin, close and call off
    HAND_OVER_SWAPS = "hand_over_swaps"  # the desk of a round
    SEE_DELIVERIES = "see_deliveries"  # messages that could not be delivered


EVERYBODY_ON_STAFF = frozenset(Role)
COORDINATORS = frozenset({Role.COORDINATOR})
FILERS = frozenset({Role.COORDINATOR, Role.ORGANISER})
FIELD_STAFF = frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE})
READERS = frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE, Role.TREASURER, Role.AUDITOR})
TABLE: dict[Action, frozenset[Role]] = {
    Action.SEE_WORKSPACE: EVERYBODY_ON_STAFF,
    Action.SEE_RECORDS: READERS,
    Action.EDIT_ACTIVITY: FILERS,
    Action.PUBLISH_ACTIVITY: FILERS,
    Action.MANAGE_REGISTRATIONS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE}),
    Action.RECORD_ATTENDANCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.DOOR_VOLUNTEER, Role.CADRE}),
    Action.CORRECT_ATTENDANCE: FILERS,
    Action.ISSUE_CERTIFICATES: FILERS,
    Action.SEE_EVIDENCE: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.AUDITOR}),
    Action.SEE_REPORT: frozenset({Role.COORDINATOR, Role.AUDITOR}),
    Action.WRITE_REPORT: COORDINATORS,
    Action.ISSUE_REPORT: COORDINATORS,
    Action.SEE_PLANS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.TREASURER, Role.AUDITOR}),
    Action.FILE_PLAN: FILERS,
    Action.COUNTERSIGN_PLAN: COORDINATORS,
    Action.APPROVE_PLAN: COORDINATORS,
    Action.SET_UP_PROGRAMME: COORDINATORS,
    Action.SEE_FOLLOW_UPS: READERS,
    Action.ASSIGN_FOLLOW_UP: COORDINATORS,
    Action.ANSWER_FOLLOW_UP: FIELD_STAFF,
    Action.SEE_RETURNS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE, Role.TREASURER, Role.AUDITOR}),
    Action.FILE_RETURN: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.CADRE}),
    Action.ACCEPT_RETURN: COORDINATORS,
    Action.SEE_NOMINATIONS: READERS,
    Action.NOMINATE: FIELD_STAFF,
    Action.JUDGE_NOMINATION: COORDINATORS,
    Action.MANAGE_PEOPLE: COORDINATORS,
    Action.MANAGE_ORGANISATIONS: COORDINATORS,
    Action.MANAGE_SWAPS: FILERS,
    Action.RUN_SWAP_ROUND: FILERS,
    Action.HAND_OVER_SWAPS: frozenset({Role.COORDINATOR, Role.ORGANISER, Role.DOOR_VOLUNTEER, Role.CADRE}),
    Action.SEE_DELIVERIES: frozenset({Role.COORDINATOR, Role.AUDITOR}),
}
# What each action allows, for docs/reference/roles.md; one sentence, without a stop at its end.
MEANING: dict[Action, str] = {
    Action.SEE_WORKSPACE: "open the workspace and its session pages, with head counts and what they stand on",
    Action.SEE_RECORDS: "read activities before they are published, and ledger entries",
    Action.EDIT_ACTIVITY: "write an activity and its sessions",
    Action.PUBLISH_ACTIVITY: "show an activity to the public, or call it off",
    Action.MANAGE_REGISTRATIONS: "see who is signed up for a session, sign people up and take them out",
    Action.RECORD_ATTENDANCE: "enter a head count for a session, run its door: check people in, set up devices",
    Action.CORRECT_ATTENDANCE: "replace or take back an entry, and decide about scans put aside, saying why",
    Action.ISSUE_CERTIFICATES: "say who gets a certificate of an activity, issue, print and revoke certificates",
    Action.SEE_EVIDENCE: "open the photos of sign-in sheets, which hold names",
    Action.SEE_REPORT: "read figures and the work summary; the whole one from above, else one's own part",
    Action.WRITE_REPORT: "write the sections of the work summary, change its outline, place photos and comment",
    Action.ISSUE_REPORT: "ask for the issue of the work summary, withdraw it, issue what somebody else asked for;"
    " send sealed figures to the province, take in what cities send",
    Action.SEE_PLANS: "read the plans of one's part of the tree, and those that one was asked to countersign",
    Action.FILE_PLAN: "write the plan of an organisation, file and amend it",
    Action.COUNTERSIGN_PLAN: "answer for an organisation that was asked to countersign",
    Action.APPROVE_PLAN: "invite, return, approve, publish and close from above: nobody decides about their own plan",
    Action.SET_UP_PROGRAMME: "set up, copy, publish and close a programme, in the organisation that keeps it or above",
    Action.SEE_FOLLOW_UPS: "read the coordination board and how long steps take",
    Action.ASSIGN_FOLLOW_UP: "assign, close, send back, move and withdraw items; never close what one's own office did",
    Action.ANSWER_FOLLOW_UP: "acknowledge and report for the organisation that has to do something, or hand it on",
    Action.SEE_RETURNS: "read returns and who has reported",
    Action.FILE_RETURN: "fill in and submit the return of an organisation",
    Action.ACCEPT_RETURN: "set up, open and close a call for returns; accept and send back, from above",
    Action.SEE_NOMINATIONS: "read nominations",
    Action.NOMINATE: "write nominations, put them forward, and record what the nominee agreed to",
    Action.JUDGE_NOMINATION: "open calls, pass on, put on notice and award; never what one's own office put forward",
    Action.MANAGE_PEOPLE: "invite people, give and end roles in one's own part, never more than one's own",
    Action.MANAGE_ORGANISATIONS: "add, edit and move organisations; one's own keeps kind, region and parent",
    Action.MANAGE_SWAPS: "decide about reported things of swaps, take their want lists out and in",
    Action.RUN_SWAP_ROUND: "open a swap round, have it matched, choose a plan, begin the hand-over, close it",
    Action.HAND_OVER_SWAPS: "run the desk of a swap round: who is there, what was handed over, who did not come",
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
    return [path for path, role in held_by(user) if role in TABLE[action]]


read_before: ContextVar[dict[int, list[tuple[str, str]]] | None] = ContextVar("read_before", default=None)


@contextmanager
def roles_read_once() -> Iterator[None]:
    """While it lasts, what somebody holds is read once. Change no role meanwhile, nor the place of an organisation."""
    token = read_before.set({})
    try:
        yield
    finally:
        read_before.reset(token)


def held_by(user: User) -> list[tuple[str, str]]:
    """What the user holds at the moment: the tree path of the organisation and the role."""
    known = read_before.get()
    if known is not None and user.pk in known:
        return known[user.pk]
    held = list(RoleAssignment.objects.current().filter(user=user).values_list("organisation__path", "role"))
    if known is not None:
        known[user.pk] = held
    return held


def paths_up_from(path: str) -> list[str]:
    """A path in the tree itself and that of each organisation above it, the nearest first."""
    steps = path.rstrip("/").split("/")
    return ["/".join(steps[:length]) + "/" for length in range(len(steps), 0, -1)]


@dataclass(frozen=True)
class Giver:
    """What one person holds, to answer many times which roles they may give where."""

    held: tuple[tuple[str, str, bool], ...]  # tree path, role, whether in their own right

    def may_give(self, role: str, organisation: Organisation) -> bool:
        """Never a role that allows more than the giver may do there themselves.

        A role that is itself about people is given only by those who hold theirs in their own right: a stand-in
        would otherwise stay for good.
        """
        in_own_right = role in TABLE[Action.MANAGE_PEOPLE]
        here = {
            held
            for path, held, is_lasting in self.held
            if organisation.path.startswith(path) and (is_lasting or not in_own_right)
        }
        needed = [allowed for allowed in TABLE.values() if role in allowed]
        return bool(here & TABLE[Action.MANAGE_PEOPLE]) and all(here & allowed for allowed in needed)


def givers(users: Iterable[int]) -> dict[int, Giver]:
    """By key of the person; who was deactivated, or holds nothing, gives nothing."""
    people = set(users)
    current = RoleAssignment.objects.current().filter(user__in=people, user__is_active=True)
    held: dict[int, list[tuple[str, str, bool]]] = {pk: [] for pk in people}
    for pk, path, role, holder in current.values_list("user", "organisation__path", "role", "stands_in_for"):
        held[pk].append((path, role, holder is None))
    return {pk: Giver(tuple(roles)) for pk, roles in held.items()}


def giver(user: Any) -> Giver:
    return givers([user.pk])[user.pk] if isinstance(user, User) else Giver(())


def may_give_role(user: Any, role: str, organisation: Organisation) -> bool:
    """Whether the user may give, or end, the role there."""
    return giver(user).may_give(role, organisation)


def is_vouched_for(invitation: Invitation) -> bool:
    """Whether the one who invited may still give the role: an invitation does not outlive its inviter's own role."""
    return may_give_role(invitation.invited_by, invitation.role, invitation.organisation)


def may_move(user: Any, organisation: Organisation) -> bool:
    """From an organisation above: nobody takes their own place in the tree elsewhere, or calls it something else."""
    paths = reach(user, Action.MANAGE_ORGANISATIONS)
    return any(organisation.path.startswith(path) and organisation.path != path for path in paths)
