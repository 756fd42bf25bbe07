"""A resident reads what they were told, and says whether it reaches their phone."""

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import page_of as page_at
from tests.web.browsing import signed_in
from tests.web.public.conftest import words

from qixue.core.models import OutboxMessage
from qixue.participation.models import Registration
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import NotificationPreference, Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明", user__mobile="13900001234")


def sign_up(member: Resident) -> None:
    register(OpenSessionFactory(), people=[member], party=key(), by=member.user, at=NOON)


def page_of(member: Resident) -> html.HtmlElement:
    return page_at(signed_in(member), "/me/notices/")


def test_notices_are_those_of_the_reader(member: Resident) -> None:
    other = MemberFactory(name="王小红")
    sign_up(member)
    sign_up(other)

    text = words(page_of(member))

    assert "李嘉明" in text
    assert "王小红" not in text


def test_nothing_yet_says_what_will_stand_here(member: Resident) -> None:
    assert "还没有通知" in words(page_of(member))


def test_notice_says_beside_what_was_sent_what_became_of_the_registration(member: Resident) -> None:
    [row] = register(OpenSessionFactory(), people=[member], party=key(), by=member.user, at=NOON)

    before = words(page_of(member))
    cancel_registrations(row.session, keys=[row.pk], by=member.user, at=NOON)
    after = words(page_of(member))

    assert [
        ("报名成功：" in said, "目前： ✓ 报名成功" in said, "目前： ✕ 已取消" in said) for said in (before, after)
    ] == [
        (True, True, False),
        (True, False, True),
    ]


def way_to_notices(client: Client) -> str:
    """How the first page of a resident leads there, above all that is to come."""
    [link] = page_at(client, "/me/").xpath("//main//*[@class='hero']//a[@href='/me/notices/']")
    return words(link)


def test_new_notices_are_counted_until_they_are_marked_as_read(member: Resident) -> None:
    client = signed_in(member)
    sign_up(member)
    sign_up(member)
    before = way_to_notices(client)
    page = page_at(client, "/me/notices/")
    [upto] = page.xpath("//input[@name='upto']/@value")
    sign_up(member)

    client.post("/me/notices/read/", {"upto": upto})

    tags = page.xpath("//main//div[@class='card']/*[contains(@class, 'tag')]")
    assert (before, [words(tag) for tag in tags]) == ("通知（2条未读）", ["未读", "未读"])
    assert way_to_notices(client) == "通知（1条未读）"


def test_nobody_marks_what_others_were_told(member: Resident) -> None:
    sign_up(member)

    for sent in ("9" * 18, "9" * 30, "", "x"):
        signed_in(MemberFactory()).post("/me/notices/read/", {"upto": sent})

    assert way_to_notices(signed_in(member)) == "通知（1条未读）"


def test_way_to_notices_counts_nothing_where_nothing_is_new(member: Resident) -> None:
    assert way_to_notices(signed_in(member)) == "通知"


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


def test_reason_beside_a_notice_is_that_of_the_person_whom_it_concerns(member: Resident) -> None:
    session = OpenSessionFactory(seat_count=5)
    child = ResidentFactory(guardian=member, name="李一诺")
    rows = register(session, people=[member, child], party=key(), by=member.user, at=NOON)
    gone = {"state": "cancelled", "cancelled_at": NOON}
    Registration.objects.filter(pk=rows[0].pk).update(**gone, cancel_reason="withdrawn")
    Registration.objects.filter(pk=rows[1].pk).update(**gone, cancel_reason="removed", cancel_note="年龄不符")

    text = words(page_of(member))

    assert "✕ 已取消 李一诺" in text
    assert "年龄不符" in text
