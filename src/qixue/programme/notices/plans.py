"""What people are told about plans."""

from django.utils.translation import gettext_lazy as _

from qixue.people.models import NotificationPreference, Organisation
from qixue.people.notices import Notice, NoticeKind, names_of, register
from qixue.programme.models import Countersignature, Plan, PlanVersion

PLANS = NotificationPreference.Topic.PLANS

register(
    NoticeKind(
        "plan_invited",
        PLANS,
        _("Please file a plan for %(programme)s"),
        _("%(organisation)s is invited to file its plan. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "plan_due_moved",
        PLANS,
        _("The last day for the plan of %(organisation)s has moved"),
        _("The plan for %(programme)s can be filed until %(due_on)s."),
    ),
    NoticeKind(
        "plan_submitted",
        PLANS,
        _("%(organisation)s has filed its plan"),
        _("Version %(number)s of the plan for %(programme)s waits for your decision."),
    ),
    NoticeKind(
        "plan_countersign_asked",
        PLANS,
        _("Please countersign the plan of %(organisation)s"),
        _("%(countersigner)s is asked to countersign version %(number)s. Last day: %(due_on)s."),
    ),
    NoticeKind(
        "plan_countersigned",
        PLANS,
        _("%(countersigner)s has countersigned the plan of %(organisation)s"),
        _("Its answer to version %(number)s stands on the page of the plan."),
    ),
    NoticeKind(
        "plan_objected",
        PLANS,
        _("%(countersigner)s objects to the plan of %(organisation)s"),
        _("Its reasons against version %(number)s stand on the page of the plan."),
    ),
    NoticeKind(
        "plan_returned",
        PLANS,
        _("The plan of %(organisation)s came back"),
        _("Version %(number)s was returned with comments; a new version with the same lines is open."),
    ),
    NoticeKind(
        "plan_approved",
        PLANS,
        _("The plan of %(organisation)s is approved"),
        _("Version %(number)s of the plan for %(programme)s is approved and will be published."),
    ),
    NoticeKind(
        "plan_published",
        PLANS,
        _("The plan of %(organisation)s is published"),
        _("Everybody can see the activities of version %(number)s now."),
    ),
)


def link_to(plan: Plan) -> str:
    return f"/workspace/plans/{plan.pk}/"


def invited(plan: Plan) -> Notice:
    return Notice("plan_invited", f"plan_invited:{plan.pk}", link_to(plan), until(plan))


def due_moved(plan: Plan) -> Notice:
    return Notice("plan_due_moved", f"plan_due_moved:{plan.pk}:{plan.due_on}", link_to(plan), until(plan))


def until(plan: Plan) -> dict[str, str | int]:
    return {
        **names_of(programme=plan.programme, organisation=plan.organisation),
        "due_on": plan.due_on.isoformat() if plan.due_on else "",
    }


def moved_on(kind: str, version: PlanVersion) -> Notice:
    """A version was submitted, returned, approved or published."""
    return Notice(kind, f"{kind}:{version.pk}", link_to(version.plan), about(version))


def countersign_asked(countersignature: Countersignature) -> Notice:
    version, due = countersignature.version, countersignature.due_on
    params = {
        **about(version),
        **names_of(countersigner=countersignature.organisation),
        "due_on": due.isoformat() if due else "",
    }
    key = f"plan_countersign_asked:{countersignature.pk}"
    return Notice("plan_countersign_asked", key, link_to(version.plan), params)


def countersign_answered(version: PlanVersion, countersigner: Organisation, is_agreed: bool) -> Notice:
    kind = "plan_countersigned" if is_agreed else "plan_objected"
    key = f"{kind}:{version.pk}:{countersigner.pk}"
    return Notice(kind, key, link_to(version.plan), {**about(version), **names_of(countersigner=countersigner)})


def about(version: PlanVersion) -> dict[str, str | int]:
    plan = version.plan
    return {**names_of(programme=plan.programme, organisation=plan.organisation), "number": version.number}
