import dataclasses
import datetime
from dataclasses import replace

import pytest
from django.utils import translation
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory

from qixue.core.models import OutboxMessage
from qixue.core.refusal import Refused
from qixue.people.models import Notification, NotificationPreference, Role
from qixue.people.notices import KINDS, Notice, NoticeKind, names_in, names_kept, register, text_of, title_of
from qixue.people.operations.notifications import (
    Reachability,
    after_quiet_hours,
    choose_channels,
    mark_read,
    notify,
    reachability_of,
)
from qixue.people.queries import people_in_charge
from qixue.people.rules import Action

pytestmark = pytest.mark.django_db

NIGHT = (datetime.time(22), datetime.time(7))
NOTICE = Notice("test", key="test-1", link="/workspace/", params={"name": "方案", "due_on": "2026-11-20"})


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    topic = NotificationPreference.Topic.PLANS
    monkeypatch.setitem(KINDS, "test", NoticeKind("test", topic, "请报送%(name)s", "请在%(due_on)s前报送。"))


def messages() -> list[tuple[str, str]]:
    return list(OutboxMessage.objects.order_by("channel").values_list("channel", "recipient"))


def test_notice_reaches_inbox_and_mail():
    user = UserFactory(email="a@example.cn", mobile="13900000000")

    notify([user], NOTICE, at=NOON)

    stored = Notification.objects.get()
    assert (stored.user, stored.link, stored.read_at) == (user, "/workspace/", None)
    message = OutboxMessage.objects.get()
    assert (message.channel, message.recipient, message.subject) == ("mail", "a@example.cn", "请报送方案")
    assert message.body.splitlines()[0] == "请在11月20日（周五）前报送。"


def test_same_key_reaches_a_person_once():
    user = UserFactory(email="a@example.cn")

    notify([user], NOTICE, at=NOON)
    notify([user, UserFactory(email="b@example.cn")], NOTICE, at=NOON)

    assert (Notification.objects.count(), OutboxMessage.objects.count()) == (2, 2)


def test_notice_goes_out_as_its_reader_wishes():
    user = UserFactory(email="a@example.cn", mobile="13900000000")
    choose_channels(user, Reachability(mobile="13900000000", sms_topics=frozenset({"plans"})), at=NOON)

    notify([user], NOTICE, at=NOON)

    assert messages() == [("sms", "13900000000")]


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ({}, "【齐学】请报送方案 http://testserver/workspace/"),
        (
            {"day_on": "2026-11-20", "time": "09:30", "place": "图书馆"},
            "【齐学】请报送方案，11月20日（周五）09:30，图书馆 http://testserver/workspace/",
        ),
        ({"day_on": "", "time": "", "place": "图书馆"}, "【齐学】请报送方案 http://testserver/workspace/"),
    ],
)
def test_text_message_is_signed_and_says_when_and_where(settings, more: dict[str, str], body: str):
    settings.QIXUE = {**settings.QIXUE, "BASE_URL": "http://testserver", "SITE_NAME": "齐学"}
    user = UserFactory(mobile="13900000000")
    choose_channels(user, Reachability(mobile="13900000000", sms_topics=frozenset({"plans"})), at=NOON)

    notify([user], dataclasses.replace(NOTICE, params={**NOTICE.params, **more}), at=NOON)

    assert OutboxMessage.objects.get().body == body


@pytest.mark.parametrize("of_process", ["en", "zh-hans"])
def test_text_message_is_in_the_language_of_its_reader_whoever_sends_it(settings, of_process: str):
    settings.QIXUE = {**settings.QIXUE, "BASE_URL": "http://testserver", "SITE_NAME": "齐学"}
    user = UserFactory(mobile="13900000000", language="zh-hans")
    choose_channels(user, Reachability(mobile="13900000000", sms_topics=frozenset({"plans"})), at=NOON)

    with translation.override(of_process):
        notify([user], NOTICE, at=NOON)

    assert OutboxMessage.objects.get().body == "【齐学】请报送方案 http://testserver/workspace/"


def test_notice_in_quiet_hours_waits_until_they_end():
    user = UserFactory(email="a@example.cn")
    choose_channels(user, Reachability("a@example.cn", mail_topics=frozenset({"plans"}), quiet=NIGHT), at=NOON)

    notify([user], NOTICE, at=NOON.replace(hour=23))

    assert OutboxMessage.objects.get().due_at == NOON.replace(day=5, hour=7)


def test_notice_belongs_to_the_part_of_the_tree_of_its_reader():
    role = RoleAssignmentFactory(user__email="a@example.cn", organisation=OrganisationFactory(code="own"))

    notify([role.user], NOTICE, at=NOON)

    assert OutboxMessage.objects.get().scope == "own/"


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [
        (12, None, NOON),
        (12, NIGHT, NOON),
        (6, NIGHT, NOON.replace(hour=7)),
        (22, NIGHT, NOON.replace(day=5, hour=7)),
        (7, NIGHT, NOON.replace(hour=7)),
        (13, (datetime.time(12), datetime.time(14)), NOON.replace(hour=14)),
        (14, (datetime.time(12), datetime.time(14)), NOON.replace(hour=14)),
    ],
)
def test_quiet_hours_may_pass_midnight(hour: int, quiet: tuple[datetime.time, datetime.time], expected):
    assert after_quiet_hours(NOON.replace(hour=hour), quiet) == expected


@pytest.mark.parametrize(
    ("reachability", "code"),
    [
        (Reachability(mail_topics=frozenset({"plans"})), "no_mail_address"),
        (Reachability(sms_topics=frozenset({"plans"})), "no_mobile_number"),
        (Reachability(quiet=(datetime.time(7), datetime.time(7))), "quiet_hours_empty"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(reachability: Reachability, code: str):
    user = UserFactory()

    with pytest.raises(Refused) as refusal:
        choose_channels(user, reachability, at=NOON)

    assert refusal.value.code == code
    assert NotificationPreference.objects.count() == 0


def test_wishes_read_back_as_they_were_chosen():
    user = UserFactory()
    wishes = Reachability("a@example.cn", "13900000000", "en", frozenset({"plans"}), frozenset({"plans"}), NIGHT)

    choose_channels(user, wishes, at=NOON)

    assert reachability_of(user) == wishes


def test_without_a_word_mail_reaches_whoever_has_an_address():
    chosen = set(NotificationPreference.Topic.values) - {NotificationPreference.Topic.ACCOUNT}  # that one always goes

    assert reachability_of(UserFactory(email="a@example.cn")).mail_topics == chosen
    assert reachability_of(UserFactory()).mail_topics == set()


def test_notices_up_to_the_one_seen_are_read():
    user, other = UserFactory(), UserFactory()
    for number in range(3):
        notify([user, other], Notice("test", key=f"n-{number}", params=NOTICE.params), at=NOON)
    seen = Notification.objects.filter(user=user).order_by("pk")[1]

    count = mark_read(user, upto=seen.pk, at=NOON)

    assert count == 2
    assert Notification.objects.filter(read_at=None).count() == 4


def test_notice_reads_in_the_language_of_the_reader(in_english: None):
    assert title_of("test", NOTICE.params) == "请报送方案"
    assert text_of("test", {**NOTICE.params, "due_on": ""}) == "请在no deadline前报送。"


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "请报送王芳、李嘉明"), ("en", "请报送王芳, 李嘉明")])
def test_people_are_listed_as_in_the_language_of_the_reader(monkeypatch, language: str, said: str):
    monkeypatch.setitem(KINDS, "test", replace(KINDS["test"], title="请报送%(names)s"))
    kept = names_kept(["王芳", "李嘉明"])

    with translation.override(language):
        assert title_of("test", {"names": kept}) == said
    assert names_in({"names": kept}) == ["王芳", "李嘉明"]


def test_kind_is_registered_once():
    with pytest.raises(ValueError, match="test"):
        register(KINDS["test"])


def test_people_in_charge_are_the_nearest_who_may_act():
    top = OrganisationFactory(code="top")
    own = OrganisationFactory(code="own", parent=top)
    above = RoleAssignmentFactory(organisation=top, role=Role.COORDINATOR).user
    RoleAssignmentFactory(organisation=own, role=Role.CADRE)

    in_charge = people_in_charge(own, Action.FILE_PLAN)
    near = RoleAssignmentFactory(organisation=own, role=Role.ORGANISER).user

    assert (in_charge, people_in_charge(own, Action.FILE_PLAN)) == ([above], [near])


def test_nobody_is_in_charge_whose_account_or_role_has_ended():
    own = OrganisationFactory(code="own")
    RoleAssignmentFactory(organisation=own, user__is_active=False)
    RoleAssignmentFactory(organisation=own, ended_at=NOON)

    assert people_in_charge(own, Action.FILE_PLAN) == []


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "11月28日（周六）19:00"), ("en", "Sat 28 Nov, 19:00")])
def test_minute_of_a_notice_is_said_in_words(monkeypatch, language, said):
    monkeypatch.setitem(KINDS, "test", replace(KINDS["test"], text="%(until)s"))

    with translation.override(language):
        assert text_of("test", {"until": "2026-11-28 19:00"}) == said
        assert text_of("test", {"until": ""}) == ""
