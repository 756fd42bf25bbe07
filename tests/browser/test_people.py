"""People in a real browser: invited by a letter and at work two pages later; nothing that axe would mark."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.browser.test_workspace import PHONE, sign_in, troubles
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, key

from qixue.core.clock import now
from qixue.core.models import OutboxMessage
from qixue.people.models import Invitation, Organisation, Role, RoleAssignment, User
from qixue.people.operations.invitations import Invited, invite_person
from qixue.people.operations.tokens import LONGEST, make_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county() -> Organisation:
    return OrganisationFactory(name="连南瑶族自治县教育局", parent=OrganisationFactory(name="清远市教育局"))


@pytest.fixture
def lead(county: Organisation) -> User:
    return RoleAssignmentFactory(organisation=county.parent, role=Role.COORDINATOR).user


def test_invited_person_is_at_work_two_pages_later(
    open_browser: Callable[..., Any], county: Organisation, lead: User
) -> None:
    desk, phone = open_browser(), open_browser(size=PHONE)
    sign_in(desk, lead)

    page = desk.visit(reverse("workspace:organisation", args=[county.pk]))
    page.get_by_role("link", name="邀请人员").click()
    page.fill("[name=name]", "房志坚")
    page.fill("[name=mobile]", "139 0000 0000")
    page.check("[name=role][value=coordinator]")
    page.get_by_role("button", name="发送邀请").click()
    page.wait_for_url("**/people/invitations/")

    link = re.findall(r"/invitations/[\w-]+/", OutboxMessage.objects.get().body)[0]
    page = phone.visit(link)
    page.fill("[name=username]", "fangzhijian")
    for name in ("password", "repeated"):
        page.fill(f"[name={name}]", "a tea garden in spring 2026")
    page.get_by_role("button", name="接受邀请").click()
    page.wait_for_url("**/workspace/")

    assert RoleAssignment.objects.get(organisation=county).user.username == "fangzhijian"
    phone.visit(reverse("workspace:people"))


def pages(county: Organisation, lead: User) -> list[str]:
    other = RoleAssignmentFactory(organisation=county, role=Role.CADRE)
    mine = RoleAssignment.objects.get(user=lead)
    invited = Invited(name="王芳", role=Role.CADRE, mobile="13900000000")
    invite_person(county, invited=invited, by=lead, at=now(), client_uuid=key())
    make_token(lead, name="网站", lasts=LONGEST, at=NOON, client_uuid=key())
    link = re.findall(r"/invitations/[\w-]+/", OutboxMessage.objects.get().body)[0]
    here = [
        reverse(f"workspace:{name}", args=[county.pk])
        for name in (
            "organisation",
            "edit_organisation",
            "new_organisation",
            "move_organisation",
            "invite_person",
            "give_role",
        )
    ]
    lists = ("organisations", "people", "invitations", "my_roles", "tokens")
    return [
        *here,
        *(reverse(f"workspace:{name}") for name in lists),
        reverse("workspace:person", args=[other.user_id]),
        reverse("workspace:end_role", args=[other.pk]),
        reverse("workspace:close_account", args=[other.user_id]),
        reverse("workspace:stand_in", args=[mine.pk]),
        reverse("workspace:hand_over", args=[mine.pk]),
        reverse("workspace:withdraw_invitation", args=[Invitation.objects.get().pk]),
        link,
    ]


def test_pages_of_people_can_be_used_by_everybody(
    open_browser: Callable[..., Any],
    axe_violations: Callable[[Page], list[str]],
    county: Organisation,
    lead: User,
    language: str,
) -> None:
    reader = open_browser(language=language)
    sign_in(reader, lead)

    found = {path: troubles(reader, path, axe_violations) for path in pages(county, lead)}

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
