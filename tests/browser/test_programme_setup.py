"""The pages of the set-up in a real browser, with nothing that axe would mark."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser.test_workspace import sign_in, troubles
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
)

from qixue.core.clock import local_day, now
from qixue.people.models import Organisation, Role, User
from qixue.programme.models import (
    GroupMember,
    Instalment,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Liaison,
    Programme,
    Series,
    TaskAssignment,
)

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "programme_setup",
    "setup_basics",
    "setup_legal_bases",
    "setup_roles",
    "setup_leading_group",
    "setup_members",
    "setup_liaisons",
    "setup_tasks",
    "setup_ceremonies",
    "setup_brands",
    "setup_series",
    "setup_channels",
    "publish_programme",
    "close_programme",
    "copy_programme",
)


@pytest.fixture
def coordinator() -> User:
    """Of a bureau whose draft has one row of everything."""
    bureau = OrganisationFactory(code="bureau", name="清远市教育局")
    first = local_day(now()) + datetime.timedelta(days=30)
    programme = ProgrammeFactory(
        code="week",
        organisation=bureau,
        state=Programme.State.DRAFT,
        starts_on=first,
        ends_on=first + datetime.timedelta(days=6),
    )
    fill_parts(programme, bureau)
    return RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user


def fill_parts(programme: Programme, bureau: Organisation) -> None:
    for position, name in enumerate(("教育法", "关于举办活动周的通知"), start=1):
        LegalBasis.objects.create(
            programme=programme, code=f"LB{position}", position=position, name=name, purpose="notice", needs_check=True
        )
    Involvement.objects.create(programme=programme, organisation=bureau, role=Involvement.Role.HOST)
    group = LeadingGroup.objects.create(programme=programme, name="活动周领导小组")
    GroupMember.objects.create(group=group, position=1, seat="head", duty="副市长")
    Liaison.objects.create(group=group, position=1, organisation=bureau)
    TaskAssignment.objects.create(programme=programme, position=1, task="统筹协调", organisation=bureau)
    brand = BrandFactory(code="reading", organisation=bureau)
    brand.programmes.add(programme)
    series = Series.objects.create(brand=brand, code="S1", position=1, name="悦读小组")
    instalment = Instalment.objects.create(series=series, programme=programme, number=12)
    activity = ActivityFactory(programme=programme, brand=brand, series=series)
    SessionFactory(activity=activity, instalment=instalment, number=1)


def test_pages_of_the_set_up_can_be_used_by_everybody(
    coordinator: User,
    open_browser: Callable[..., Any],
    axe_violations: Callable[[Page], list[str]],
    look: dict[str, Any],
) -> None:
    basis = LegalBasis.objects.order_by("position")[0]
    legal_bases = reverse("workspace:setup_legal_bases", args=["week"])
    copy, roll = (reverse(f"workspace:{route}", args=["week"]) for route in ("copy_programme", "roll_forward"))
    answers = "code=next&year=2030&first_day=2030-11-05&parts=tasks&activities=activities&show=1"
    reader = open_browser(**look)
    sign_in(reader, coordinator)
    pages = [
        reverse("workspace:new_programme"),
        *(reverse(f"workspace:{route}", args=["week"]) for route in PAGES),
        f"{legal_bases}?edit={basis.pk}",
        f"{legal_bases}?remove={basis.pk}",
        f"{legal_bases}?chain={basis.pk}",
        f"{copy}?{answers}",
        f"{roll}?brand=reading&count=2&every_weeks=1&show=1",
    ]

    found = {path: troubles(reader, path, axe_violations) for path in pages}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
