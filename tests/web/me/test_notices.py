"""A resident reads what they were told, and says whether it reaches their phone."""

import pytest
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, key
from tests.web.browsing import signed_in
from tests.web.public.conftest import assert_sound, words

from qixue.core.models import OutboxMessage
from qixue.participation.operations.registrations import register
from qixue.people.models import NotificationPreference, Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明", user__mobile="13900001234")


def sign_up(member: Resident) -> None:
    register(OpenSessionFactory(), people=[member], party=key(), by=member.user, at=NOON)


def page_of(member: Resident) -> html.HtmlElement:
    page = html.fromstring(signed_in(member).get("/me/notices/").content.decode())
    assert_sound(page)
    return page


def test_notices_are_those_of_the_reader(member: Resident) -> None:
    other = MemberFactory(name="王小红")
    sign_up(member)
    sign_up(other)

    text = words(page_of(member))

    assert "李嘉明" in text
    assert "王小红" not in text


def test_nothing_yet_says_what_will_stand_here(member: Resident) -> None:
    assert "还没有通知" in words(page_of(member))


def test_sms_goes_out_as_the_resident_wishes(member: Resident) -> None:
    client = signed_in(member)

    client.post("/me/notices/", {"by_sms": "on"})
    sign_up(member)
    client.post("/me/notices/", {})
    sign_up(member)

    assert OutboxMessage.objects.filter(channel="sms").count() == 1
    assert NotificationPreference.objects.get(user=member.user, topic="registrations").by_sms is False


def test_without_a_phone_nothing_is_asked(member: Resident) -> None:
    assert page_of(MemberFactory()).xpath("//main//form") == []
