"""What an organiser writes, as an SMS: the text itself, held to a length."""

import pytest
from django.utils.translation import override
from tests.factories import NOON, MemberFactory, OpenSessionFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.signing_up import sign_up

from qixue.core.models import OutboxMessage
from qixue.participation.operations.messages import write_to_registrants
from qixue.people.models import Notification, NotificationPreference
from qixue.people.notices import text_of
from qixue.people.operations.notifications import choose_sms
from qixue.people.text_messages import MOST_PIECES, pieces_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "李嘉明：日期待定 时间待定，地点待定，已有名额。"),
        ("en", "李嘉明: a seat on a day to be announced at a time to be announced, place to be announced."),
    ],
)
def test_notice_about_a_session_without_a_day_says_that_it_is_not_set_yet(language, said):
    session = OpenSessionFactory(starts_at=None, ends_at=None, venue=None)

    sign_up(session, MemberFactory(name="李嘉明"))

    notice = Notification.objects.get()
    with override(language):
        assert text_of(notice.kind, notice.params) == said


@pytest.mark.parametrize(
    ("text", "said"), [("请带雨具。", "请带雨具。"), ("改到东门集合。" * 40, "改到东门集合。改到东门集合。")]
)
def test_text_message_holds_what_the_organiser_writes(settings, text, said):
    settings.QIXUE = {**settings.QIXUE, "SITE_NAME": "齐学"}
    session = OpenSessionFactory()
    member = MemberFactory(user__mobile="13900000000")
    choose_sms(member.user, NotificationPreference.Topic.REGISTRATIONS, is_wanted=True, at=NOON)
    row = sign_up(session, member)[0]

    write_to_registrants(
        session, text=text, states=["confirmed"], client_uuid=key(), by=organiser_of(session.activity), at=NOON
    )

    body = OutboxMessage.objects.get(channel="sms", key__startswith="registration_message").body
    assert body.startswith(f"【齐学】承办单位通知（稻田养鱼，11月6日（周五））：{said}")
    assert body.endswith(f"/me/registrations/{row.party}/")
    assert (pieces_of(body) <= MOST_PIECES, "…" in body) == (True, text not in body)
