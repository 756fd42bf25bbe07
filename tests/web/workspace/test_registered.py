"""Who is signed up for a session, for those who run it and for nobody else."""

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RoleAssignmentFactory, key

from qixue.participation.operations.registrations import register
from qixue.people.models import Role

pytestmark = pytest.mark.django_db


def names_on_page(role: str) -> list[str]:
    session = OpenSessionFactory(seat_count=1)
    for name in ("李嘉明", "王芳"):
        member = MemberFactory(name=name)
        register(session, people=[member], party=key(), by=member.user, at=NOON)
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=session.activity.organisation, role=role).user)
    page = html.fromstring(client.get(f"/workspace/sessions/{session.pk}/").content.decode())
    rows = page.xpath("//section[.//h2='已报名人员']//tbody/tr")
    return [" ".join(row.text_content().split()[:3]) for row in rows]


def test_organiser_sees_seats_first_and_then_the_waiting_list() -> None:
    assert names_on_page(Role.ORGANISER) == ["李嘉明 ✓ 报名成功", "王芳 … 候补中"]


@pytest.mark.parametrize("role", [Role.DOOR_VOLUNTEER, Role.TREASURER, Role.AUDITOR])
def test_nobody_else_sees_names(role: Role) -> None:
    assert names_on_page(role) == []
