"""The desks between which a plan goes to and fro."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory

from qixue.core.clock import local_day
from qixue.core.refusal import Refused
from qixue.people.models import Notification, Organisation, Role, User
from qixue.programme.models import Plan, PlanVersion, Programme
from qixue.programme.operations.plan_approval import approve_plan
from qixue.programme.operations.plans import submit_plan

TODAY = local_day(NOON)
YESTERDAY = TODAY - datetime.timedelta(days=1)


@dataclass
class Desks:
    """The bureau keeps the programme, the county files a plan below it, the department is asked to countersign."""

    programme: Programme
    plan: Plan
    department: Organisation
    bureau_person: User
    county_person: User
    department_person: User

    @property
    def version(self) -> PlanVersion:
        """The latest one, as the database has it."""
        return PlanVersion.objects.filter(plan=self.plan).order_by("-number")[0]

    def submitted(self) -> PlanVersion:
        draft = self.version
        return submit_plan(draft, edit_count=draft.edit_count, by=self.county_person, at=NOON)

    def approved(self) -> PlanVersion:
        """Whatever clashes in it was looked at."""
        return approve_plan(self.submitted(), comment="已协调", confirmed=True, by=self.bureau_person, at=NOON)


@pytest.fixture
def desks(db: None) -> Desks:
    bureau = OrganisationFactory(code="bureau")
    county, department = OrganisationFactory(parent=bureau), OrganisationFactory(parent=bureau)
    programme = ProgrammeFactory(organisation=bureau)
    plan = PlanFactory(programme=programme, organisation=county)
    PlanLineFactory(version=PlanVersionFactory(plan=plan))
    people = [
        RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (bureau, county, department)
    ]
    return Desks(programme, plan, department, *people)


def kinds(plan: Plan) -> list[str]:
    return list(plan.steps.order_by("at", "pk").values_list("kind", flat=True))


def told(kind: str) -> list[int]:
    return list(Notification.objects.filter(kind=kind).values_list("user_id", flat=True))


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """What happens inside must be refused with this code."""
    with pytest.raises(Refused) as refused:
        yield
    assert refused.value.code == code
