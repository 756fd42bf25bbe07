"""Who reads English reads English names, in forms and in notices, where they are on record."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.factories_returns import ReturnCallFactory

from qixue.people.models import Notification, Role, User
from qixue.people.notices import title_of
from qixue.programme.models import Plan
from qixue.programme.operations.plan_approval import approve_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    bureau = OrganisationFactory(code="bureau", name="市教育局", name_en="City Education Bureau")
    county = OrganisationFactory(parent=bureau, name="连南县教育局", name_en="Liannan Education Bureau")
    programme = ProgrammeFactory(organisation=bureau, name="活动周", name_en="Learning Week")
    return PlanFactory(programme=programme, organisation=county)


def coordinator(plan: Plan, *, above: bool = False) -> User:
    organisation = plan.programme.organisation if above else plan.organisation
    return RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user


def in_english(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["qixue_language"] = "en"
    return client


def options(page: str, name: str) -> list[str]:
    return [each.text for each in html.fromstring(page).xpath(f"//select[@name='{name}']/option")]


def test_venues_are_offered_by_the_names_of_the_reader(plan: Plan) -> None:
    VenueFactory(region=plan.organisation.region, name="茶园", name_en="Tea Garden")
    VenueFactory(region=plan.organisation.region, name="稻田")
    PlanVersionFactory(plan=plan)
    client, address = in_english(coordinator(plan)), reverse("workspace:new_plan_line", args=[plan.pk])

    english = options(client.get(address).content.decode(), "venue")
    client.cookies["qixue_language"] = "zh-hans"
    chinese = options(client.get(address).content.decode(), "venue")

    assert (sorted(english[1:]), sorted(chinese[1:])) == (["Tea Garden", "稻田"], ["稻田", "茶园"])


def test_notice_of_a_plan_is_read_in_either_language(plan: Plan) -> None:
    version = PlanVersionFactory(plan=plan, state="submitted")
    PlanLineFactory(version=version)
    person = coordinator(plan)
    approve_plan(version, by=coordinator(plan, above=True), at=NOON)

    page = in_english(person).get(reverse("workspace:inbox")).content.decode()

    assert "The plan of Liannan Education Bureau is approved" in page
    told = Notification.objects.get(user=person)
    assert title_of(told.kind, told.params) == "连南县教育局的方案已批准"


def test_units_of_typed_numbers_are_named_in_english(plan: Plan) -> None:
    call = ReturnCallFactory(programme=plan.programme)
    client = in_english(coordinator(plan, above=True))

    page = client.get(reverse("workspace:new_return_field", args=[plan.programme.code, call.number])).content.decode()

    units = options(page, "unit")
    assert [unit for unit in units if not unit.isascii()] == []
    assert len(units) > 3
