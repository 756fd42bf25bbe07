"""A resident who accepts an invitation chooses how to sign in from then on."""

import pytest
from tests.factories import NOON, MemberFactory, OrganisationFactory, RoleAssignmentFactory, key
from tests.web.me.test_registrations import page_of, signed_in

from qixue.core.models import OutboxMessage
from qixue.people.models import Role
from qixue.people.operations.invitations import Invited, invite_person

pytestmark = pytest.mark.django_db


def link_of_an_invitation() -> str:
    organisation = OrganisationFactory()
    by = RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).user
    invited = Invited(name="李嘉明", role=Role.CADRE, mobile="13900000000")
    invite_person(organisation, invited=invited, by=by, at=NOON, client_uuid=key())
    return "/invitations/" + OutboxMessage.objects.get().body.split("/invitations/")[1].split("/")[0] + "/"


def test_resident_accepts_with_user_name_and_password_and_is_not_locked_out():
    link, resident = link_of_an_invitation(), MemberFactory(name="李嘉明")
    resident.user.set_unusable_password()
    resident.user.save()
    client = signed_in(resident)
    page = page_of(client, link)
    assert page.xpath("//main//input[not(@type='hidden')]/@name") == ["username", "password", "repeated"]
    long_password = "四个不相干的词山羊台灯河堤信封"
    page_of(client, link, status=422, username="lijiaming", password=long_password, repeated="another")

    answers = {"username": "lijiaming", "password": long_password, "repeated": long_password}
    accepted = client.post(link, answers)

    assert accepted.url == "/workspace/"
    assert client.session["_auth_user_id"] == str(resident.user_id)
    resident.user.refresh_from_db()
    assert resident.user.check_password(long_password)
