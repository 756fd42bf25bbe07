"""Who may take the steps of planning and of follow-ups, beyond the table of roles: nobody decides on their own work."""

from typing import Any

from django.db.models import F, Q

from qixue.people.models import Organisation
from qixue.people.rules import Action, may, reach
from qixue.programme.models import (
    Brand,
    Countersignature,
    FollowUp,
    FollowUpStep,
    Plan,
    Programme,
    ReturnCall,
    ReturnSubmission,
)

Kind = Organisation.Kind
# Offices that speak for everything of their place.
ANSWERING = (Kind.LEADING_GROUP, Kind.EDUCATION_BUREAU, Kind.GOVERNMENT, Kind.SUBDISTRICT_OFFICE, Kind.TOWN_GOVERNMENT)


def may_approve_plan(user: Any, plan: Plan) -> bool:
    return may_approve_for(user, plan.organisation, plan.programme)


def may_approve_for(user: Any, organisation: Organisation, programme: Programme) -> bool:
    """From an organisation above; the one that keeps the programme has nobody above it here and approves its own."""
    keeps = organisation.pk == programme.organisation_id
    paths = reach(user, Action.APPROVE_PLAN)
    return any(organisation.path.startswith(path) and (keeps or organisation.path != path) for path in paths)


def approvable_by(user: Any) -> Q:
    """The same rule as a condition on plans."""
    condition = Q(pk__in=[])
    for path in reach(user, Action.APPROVE_PLAN):
        below = ~Q(organisation__path=path) | Q(programme__organisation=F("organisation"))
        condition |= Q(organisation__path__startswith=path) & below
    return condition


def decided_by(user: Any, programme: Programme) -> Q:
    """The same rule as a condition on organisations."""
    condition = Q(pk__in=[])
    for path in reach(user, Action.APPROVE_PLAN):
        condition |= Q(path__startswith=path) & (~Q(path=path) | Q(pk=programme.organisation_id))
    return condition


def may_in_part_of(user: Any, action: Action, programme: Programme) -> bool:
    """Whether some record of the programme can be in reach of the action: from above its tree, or from a part of it."""
    top = programme.organisation.path
    return any(top.startswith(path) or path.startswith(top) for path in reach(user, action))


def may_file_plan(user: Any, plan: Plan) -> bool:
    return may(user, Action.FILE_PLAN, plan.organisation)


def may_countersign(user: Any, countersignature: Countersignature) -> bool:
    return may(user, Action.COUNTERSIGN_PLAN, countersignature.organisation)


def may_set_up(user: Any, programme: Programme) -> bool:
    """Coordinators of the organisation that keeps the programme, or of one above it."""
    return may(user, Action.SET_UP_PROGRAMME, programme.organisation)


def may_set_up_for_place_of(user: Any, organisation: Organisation) -> bool:
    """A programme speaks for the whole place of its organisation, so only those set it up who answer for that place.

    That is: coordinators of an organisation at the top of its tree, or of an office that answers for a place, when it
    is this organisation or one above it. A library of the city has its programme set up from above.
    """
    answering = Organisation.objects.filter(Q(parent=None) | Q(kind__in=ANSWERING))
    paths = reach(user, Action.SET_UP_PROGRAMME)
    return answering.filter(path__in=[path for path in paths if organisation.path.startswith(path)]).exists()


def may_change_brand(user: Any, brand: Brand) -> bool:
    """Coordinators of the organisation that keeps the brand, or of one above it; whoever took it up only shows it."""
    return brand.organisation is not None and may(user, Action.SET_UP_PROGRAMME, brand.organisation)


def brands_changed_by(user: Any) -> Q:
    """The same rule as a condition on brands."""
    condition = Q(pk__in=[])
    for path in reach(user, Action.SET_UP_PROGRAMME):
        condition |= Q(organisation__path__startswith=path)
    return condition


def may_assign_to(user: Any, organisation: Organisation) -> bool:
    """A plural that nobody listed cannot be held to anything."""
    return not organisation.is_group and may(user, Action.ASSIGN_FOLLOW_UP, organisation)


def may_answer_follow_up(user: Any, follow_up: FollowUp) -> bool:
    return may(user, Action.ANSWER_FOLLOW_UP, follow_up.owner)


def may_decide_follow_up(user: Any, follow_up: FollowUp) -> bool:
    """Send back, withdraw, move the deadline: for the organisation that assigned it."""
    return may(user, Action.ASSIGN_FOLLOW_UP, follow_up.assigner)


def may_close_follow_up(user: Any, follow_up: FollowUp) -> bool:
    """Nobody closes what their own office had to do or what they reported themselves, unless it assigned it to itself.

    `follow_up` is reported.
    """
    if not may_decide_follow_up(user, follow_up):
        return False
    if follow_up.owner_id == follow_up.assigner_id:
        return True
    if follow_up.owner.path in reach(user, Action.ANSWER_FOLLOW_UP):
        return False
    reports = follow_up.steps.filter(kind=FollowUpStep.Kind.REPORTED).order_by("-at", "-pk")
    return reports.values_list("by", flat=True).first() != user.pk


def may_hand_over_follow_up(user: Any, follow_up: FollowUp, organisation: Organisation) -> bool:
    """The assigner within its own tree, the owner within its own: the item never leaves the tree of its assigner."""
    if organisation.is_group:
        return False
    if may_decide_follow_up(user, follow_up):
        return organisation.path.startswith(follow_up.assigner.path)
    is_owner = may(user, Action.ASSIGN_FOLLOW_UP, follow_up.owner)
    return is_owner and organisation.path.startswith(follow_up.owner.path)


def may_set_up_call(user: Any, call: ReturnCall) -> bool:
    return may(user, Action.ACCEPT_RETURN, call.organisation)


def may_file_return(user: Any, submission: ReturnSubmission) -> bool:
    return may(user, Action.FILE_RETURN, submission.organisation)


def may_accept_return(user: Any, submission: ReturnSubmission) -> bool:
    """From an organisation above: nobody accepts what their own office reports."""
    path = submission.organisation.path
    return any(path.startswith(above) and path != above for above in reach(user, Action.ACCEPT_RETURN))


def returns_accepted_by(user: Any) -> Q:
    """The same rule as a condition on returns."""
    condition = Q(pk__in=[])
    for path in reach(user, Action.ACCEPT_RETURN):
        condition |= Q(organisation__path__startswith=path) & ~Q(organisation__path=path)
    return condition
