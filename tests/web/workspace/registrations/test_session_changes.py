"""Calling a session off and moving it, from the browser's side: who is told, and who is said to be."""

import csv
import datetime
import io

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RegistrationFactory, ResidentFactory, key
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address, sign_up

from qixue.core.clock import local_day, now
from qixue.participation.models import RegistrationTerms
from qixue.participation.operations.check_ins import CheckIn, check_in, enter
from qixue.participation.operations.registrations import register
from qixue.people.models import Notification
from qixue.programme.models import Programme, Session

pytestmark = pytest.mark.django_db


def typed_on(page: html.HtmlElement) -> dict[str, str]:
    fields = page.xpath("//main//form//input[not(@type='radio') or @checked]")
    typed = {field.get("name"): field.get("value") or "" for field in fields if field.get("type") != "checkbox"}
    return {**typed, "is_online": "on"}


def saved_with(organiser: Client, session: Session, **changes: str) -> html.HtmlElement:
    """The page after the session was saved, with its message."""
    Session.objects.filter(pk=session.pk).update(is_online=True)
    path = f"/workspace/sessions/{session.pk}/edit/"
    return page_in(organiser.post(path, {**typed_on(page_in(organiser.get(path))), **changes}, follow=True))


def message_on(page: html.HtmlElement) -> tuple[str, list[str]]:
    (message,) = page.xpath("//ul[@class='messages']/li")
    return words(message), message.xpath(".//a/@href")


def test_calling_off_needs_a_reason_that_stands_on_the_page_of_the_session(session, organiser, client):
    path = f"/workspace/sessions/{session.pk}/cancel/"

    page = page_in(organiser.get(path))
    refused = page_in(organiser.post(path, {"reason": " "}), 422)
    answer = organiser.post(path, {"reason": "老师生病。"})

    session.refresh_from_db()
    assert "没有人报名" in words(page)
    assert "都会收到" not in words(page)
    assert words(refused.xpath("//main//form//*[@class='error']")[0]) == "请填写原因。"
    assert (answer.status_code, session.state) == (302, "cancelled")
    assert "原因： 老师生病。" in words(page_in(client.get(f"/sessions/{session.pk}/")))


def test_new_time_is_said_to_go_to_those_signed_up_before_and_after_saving(session, organiser):
    row = sign_up(session, "李嘉明")
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=None, source="staff")
    Session.objects.filter(pk=session.pk).update(seat_count=9, is_online=True)
    path = f"/workspace/sessions/{session.pk}/edit/"

    page = page_in(organiser.get(path))
    saved = page_in(organiser.post(path, {**typed_on(page), "end": "15:00", "confirmed": "on"}, follow=True))

    notice = page.xpath("//main//div[@class='notice ochre'][p]")[0]
    assert "一保存就通知已报名的人" in words(notice)
    assert "1人" in words(notice)
    assert "已保存。 已通知1人。 请当面或托人告诉没有手机账号的人：房三妹。" in words(saved)
    assert Notification.objects.filter(user=row.registered_by, kind="registration_changed").count() == 1


def test_calling_off_says_whom_it_reaches_and_what_is_offered(session, organiser):
    sign_up(session, "李嘉明")
    OpenSessionFactory(activity=session.activity, seat_count=5)

    text = words(page_in(organiser.get(f"/workspace/sessions/{session.pk}/cancel/")))

    assert "1人" in text
    assert "11月6日" in text


def test_calling_off_says_how_many_are_in_already(session, organiser):
    path = f"/workspace/sessions/{session.pk}/cancel/"
    before, an_hour_before = words(page_in(organiser.get(path))), session.starts_at - datetime.timedelta(hours=1)
    for _each in range(2):
        check_in(session, by=organiser_of(session.activity), at=an_hour_before, client_uuid=key())

    foretold = words(page_in(organiser.get(path)))
    asked = page_in(organiser.post(path, {"reason": "停电"}), 422)
    after = words(page_in(organiser.post(path, {"reason": "停电", "confirmed": "on"}, follow=True)))

    assert "已有2人签到" in foretold
    assert "签到" not in before
    assert "目前已签到2人" in words(asked)
    (box,) = asked.xpath("//main//input[@name='confirmed' and @type='checkbox']")
    assert words(asked.xpath(f"//label[@for='{box.get('id')}']")[0]) == "我已核对，仍然取消这场"
    assert "已撤销2条签到" in after
    assert "撤销1号" in after
    assert "撤销2号" in after


def test_calling_off_says_who_is_told_without_being_signed_up(session, organiser):
    path, an_hour_before = f"/workspace/sessions/{session.pk}/cancel/", session.starts_at - datetime.timedelta(hours=1)
    check_ins = [
        CheckIn(session, "wall", an_hour_before, key(), MemberFactory().pk),
        CheckIn(session, "walk_in", now(), key()),
    ]
    enter(session.activity.organisation, check_ins, by=None, at=an_hour_before)

    foretold = words(page_in(organiser.get(path)))
    after = page_in(organiser.post(path, {"reason": "停电", "confirmed": "on"}, follow=True))

    assert "不用通知任何人" not in foretold
    assert "没有报名、已经签到的1人，会在账号里收到通知" in foretold
    assert "其中1人没有报名，也没有账号，收不到通知，请当面告诉他们。" in foretold
    assert message_on(after)[0] == (
        "这场已取消。 已撤销2条签到。 其中1人没有报名，也已通知。 "
        "其中1人没有报名，也没有账号，收不到通知，请当面告诉他们。"
    )


def test_moving_away_says_how_many_are_in_already(session, organiser):
    an_hour_before, path = session.starts_at - datetime.timedelta(hours=1), f"/workspace/sessions/{session.pk}/edit/"
    check_in(session, by=organiser_of(session.activity), at=an_hour_before, client_uuid=key())

    foretold = words(page_in(organiser.get(path)))
    Session.objects.filter(pk=session.pk).update(is_online=True)
    typed = {**typed_on(page_in(organiser.get(path))), "start": "18:00", "end": "19:00"}
    asked = page_in(organiser.post(path, typed), 422)
    after = page_in(organiser.post(path, {**typed, "confirmed": "on"}, follow=True))

    assert "已有1人签到" in foretold
    assert "目前已签到1人" in words(asked)
    assert asked.xpath("//main//input[@name='confirmed' and @type='checkbox']")
    assert "其中1人没有报名，也没有账号，收不到通知，请当面告诉他们。" in foretold
    assert message_on(after) == (
        "已保存。 已撤销1条签到。 其中1人没有报名，也没有账号，收不到通知，请当面告诉他们。",
        [],
    )


def test_more_seats_say_to_whom_they_are_offered_and_whom_to_ask_in_person(session, organiser):
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    for name in ("李嘉明", "王芳"):
        sign_up(session, name)
    by_hand = organiser_of(session.activity)
    register(session, people=[ResidentFactory(name="房三妹")], party=key(), by=by_hand, at=NOON, source="staff")
    sign_up(session, "陈强")

    page = saved_with(organiser, session, seat_count="4", confirmed="on")

    assert message_on(page) == (
        "已保存。 有名额待确认，截至11月4日（周三）14:00：房三妹、陈强。 "
        "房三妹没有账号，收不到通知，请当面转告。 查看待确认的名额",
        [f"/workspace/sessions/{session.pk}/registrations/?state=offered"],
    )


def test_another_start_says_which_moments_of_the_terms_hold_now(session, organiser):
    """Those that would have come after its new start have moved with it."""
    hour = datetime.timedelta(hours=1)
    RegistrationTerms.objects.create(
        session=session, closes_at=session.starts_at - 2 * hour, cancel_until=session.starts_at
    )

    page = saved_with(organiser, session, start="11:30", confirmed="on")

    assert message_on(page) == (
        "已保存。 报名截止时间是11月6日（周五）10:00。 取消名额的期限是11月6日（周五）11:30。 修改报名条件",
        [f"/workspace/sessions/{session.pk}/terms/"],
    )


def test_another_start_says_nothing_of_what_is_over(session, organiser):
    over = now() - datetime.timedelta(days=1)
    RegistrationTerms.objects.create(session=session, closes_at=over, cancel_until=over)

    page = saved_with(organiser, session, start="12:30", confirmed="on")

    assert message_on(page) == ("已保存。", [])


def test_another_end_says_nothing_of_the_terms(session, organiser):
    RegistrationTerms.objects.create(session=session, cancel_until=session.starts_at)

    assert message_on(saved_with(organiser, session, end="15:00", confirmed="on")) == ("已保存。", [])


def test_a_start_within_the_hour_asks_once_more_beside_it(session, organiser):
    sign_up(session, "李嘉明")
    Session.objects.filter(pk=session.pk).update(is_online=True)
    path = f"/workspace/sessions/{session.pk}/edit/"
    soon = {**typed_on(page_in(organiser.get(path))), "day": "2026-11-04", "start": "12:02"}

    page = page_in(organiser.post(path, soon), 422)
    answer = organiser.post(path, {**soon, "confirmed": "on"})

    asked = [words(error) for error in page.xpath("//*[@class='error']")]
    assert asked == ["已有1人报名，改到11月4日（周三）12:02开始，他们恐怕来不及知道。请核对日期和时间。"]
    assert answer.status_code == 302


def test_venue_says_when_it_may_be_left_out(session, organiser):
    path = f"/workspace/sessions/{session.pk}/edit/"
    page = page_in(organiser.get(path))
    typed = {**typed_on(page), "venue": ""}
    typed.pop("is_online", None)

    asked = page_in(organiser.post(path, typed), 422)

    assert words(page.xpath("//label[@for='id_venue']")[0]) == "场地（线上举办的不填）"
    assert [words(error) for error in asked.xpath("//*[@class='error']")] == ["请选择场地，或注明线上。"]


def test_each_doubt_stands_beside_its_own_field_and_on_a_line_of_its_own_in_the_summary(session, organiser):
    before, path = session.starts_at - datetime.timedelta(hours=1), f"/workspace/sessions/{session.pk}/edit/"
    check_in(session, by=organiser_of(session.activity), at=before, client_uuid=key())
    day = local_day(session.starts_at)
    Programme.objects.filter(pk=session.activity.programme_id).update(starts_on=day, ends_on=day)
    Session.objects.filter(pk=session.pk).update(is_online=True)
    typed = {**typed_on(page_in(organiser.get(path))), "day": "2026-11-15", "start": "06:00", "end": "23:30"}

    page = page_in(organiser.post(path, typed), 422)

    outside = "11月15日（周日）不在活动周内，活动周是11月6日（周五）至11月6日（周五），请核对日期。"
    long = "这样一场要17.5小时，请核对开始和结束时间。"
    inside = "目前已签到1人。确认后，这些签到会撤销，不再计入人数。"
    assert {error.get("id"): words(error) for error in page.xpath("//*[@class='error']")} == {
        "id_day_error": outside,
        "id_end_error": long,
    }
    assert [(words(line), line.xpath("a/@href")) for line in page.xpath("//*[@class='error-summary']//li")] == [
        (inside, []),
        (f"哪天：{outside}", ["#id_day"]),
        (f"结束：{long}", ["#id_end"]),
        ("我已核对，仍然保存", ["#id_confirmed"]),
    ]


def test_called_off_in_two_windows_says_which_reason_stands(session, organiser):
    path = f"/workspace/sessions/{session.pk}/cancel/"
    organiser.post(path, {"reason": "老师生病。"}, follow=True)

    again = page_in(organiser.post(path, {"reason": "场地停电。"}, follow=True))
    opened = page_in(organiser.get(path, follow=True))

    assert message_on(again)[0] == "这场此前已经取消，所填原因仍以这条为准：老师生病。"
    assert message_on(opened) == message_on(again)


def test_list_and_file_of_a_session_called_off_mark_whom_to_tell_in_person(session, organiser):
    for name, reason in (("房三妹", "session_off"), ("盘大贵", "withdrawn")):
        person = ResidentFactory(name=name)
        RegistrationFactory(
            session=session, resident=person, registered_by=None, state="cancelled", cancel_reason=reason
        )
    RegistrationFactory(session=session, resident=MemberFactory(), state="cancelled", cancel_reason="session_off")
    path = address(session, "?state=cancelled")

    rows = page_in(organiser.get(path)).xpath("//main//tbody/tr[contains(., '没有账号，请当面转告')]")
    text = organiser.post(path, {"table": "registrations.csv"}).getvalue().decode("utf-8-sig")

    assert [words(row.find("th")).split()[0] for row in rows] == ["房三妹"]
    assert [(row["姓名"], row["需当面转告"]) for row in csv.DictReader(io.StringIO(text)) if row["需当面转告"]] == [
        ("房三妹", "是")
    ]


def test_list_of_a_session_called_off_shows_nobody_with_a_seat_before_they_are_told(session, organiser):
    sign_up(session, "李嘉明")
    Session.objects.filter(pk=session.pk).update(state="cancelled")

    page = page_in(organiser.get(address(session)))
    text = organiser.post(address(session), {"table": "registrations.csv"}).getvalue().decode("utf-8-sig")

    assert words(page.xpath("//main//table//tbody/tr/td[1]")[0]) == "✕ 本场取消"
    assert words(page.xpath("//p[@class='notice seal']")[0]).endswith(
        "系统正在逐一通知下面这些人，请过一分钟再刷新本页。"
    )
    assert [words(chip) for chip in page.xpath("//nav[@class='ways']/a")] == ["正在通知 1", "已取消 0"]
    assert [row["状态"] for row in csv.DictReader(io.StringIO(text))] == ["已取消"]


@pytest.mark.parametrize("is_reached", [True, False])
def test_calling_off_names_only_whom_no_notice_reaches(session, organiser, is_reached):
    sign_up(session, "李嘉明")
    if not is_reached:
        person = ResidentFactory(name="房三妹")
        RegistrationFactory(session=session, resident=person, registered_by=None, source="staff")

    page = page_in(organiser.post(f"/workspace/sessions/{session.pk}/cancel/", {"reason": "老师生病。"}, follow=True))

    rest = "" if is_reached else "请当面或托人告诉没有手机账号的人：房三妹。"
    assert message_on(page)[0].replace(" ", "") == f"这场已取消。正在通知1人。{rest}"


@pytest.mark.parametrize("act", ["cancel", "edit"])
def test_nobody_is_led_to_slips_with_a_time_that_will_not_hold(session, organiser, act):
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=None)

    page = page_in(organiser.get(f"/workspace/sessions/{session.pk}/{act}/"))

    assert "转告" in words(page)
    assert not page.xpath("//main//a[contains(@href, '/registrations/codes/')]")
