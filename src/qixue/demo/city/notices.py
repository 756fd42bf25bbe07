"""What people were told about the plans of the week, as the site would have told them at the time."""

from qixue.people.operations.notifications import notify
from qixue.programme.models import PlanStep, Programme
from qixue.programme.notices import plans as notices
from qixue.programme.operations.plans import people_who_approve, people_who_file

Kind = PlanStep.Kind
TO_FILERS = {Kind.RETURNED: "plan_returned", Kind.APPROVED: "plan_approved", Kind.PUBLISHED: "plan_published"}


def create_notices(programme: Programme) -> None:
    related = ("plan__programme__organisation", "plan__organisation__parent", "version__plan__programme")
    steps = PlanStep.objects.filter(plan__programme=programme).select_related(*related, "version__plan__organisation")
    for step in steps.order_by("at", "pk"):
        if step.kind == Kind.INVITED:
            notify(people_who_file(step.plan), notices.invited(step.plan), at=step.at)
        elif step.kind == Kind.SUBMITTED and step.version:
            notify(people_who_approve(step.plan), notices.moved_on("plan_submitted", step.version), at=step.at)
        elif step.kind in TO_FILERS and step.version:
            notify(people_who_file(step.plan), notices.moved_on(TO_FILERS[Kind(step.kind)], step.version), at=step.at)
