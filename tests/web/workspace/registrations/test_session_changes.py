"""Calling a session off and moving it, from the browser's side: who is told, and who is said to be."""

import pytest
from tests.factories import OpenSessionFactory, RegistrationFactory, ResidentFactory
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import page_of, sign_up

from qixue.people.models import Notification
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_calling_off_needs_a_reason_that_stands_on_the_page_of_the_session(session, organiser, client):
    path = f"/workspace/sessions/{session.pk}/cancel/"

    page = page_of(organiser.get(path))
    refused = page_of(organiser.post(path, {"reason": " "}), 422)
    answer = organiser.post(path, {"reason": "老师生病。"})

    session.refresh_from_db()
    assert "没有人报名" in words(page)
    assert "都会收到" not in words(page)
    assert words(refused.xpath("//main//form//*[@class='error']")[0]) == "请填写原因。"
    assert (answer.status_code, session.state) == (302, "cancelled")
    assert "原因： 老师生病。" in words(page_of(client.get(f"/sessions/{session.pk}/")))


def test_new_time_is_said_to_go_to_those_signed_up_before_and_after_saving(session, organiser):
    row = sign_up(session, "李嘉明")
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=None, source="staff")
    Session.objects.filter(pk=session.pk).update(seat_count=9, is_online=True)
    path = f"/workspace/sessions/{session.pk}/edit/"

    page = page_of(organiser.get(path))
    fields = page.xpath("//main//form//input[not(@type='radio') or @checked]")
    typed = {field.get("name"): field.get("value") or "" for field in fields if field.get("type") != "checkbox"}
    saved = page_of(organiser.post(path, {**typed, "is_online": "on", "end": "15:00", "confirmed": "on"}, follow=True))

    notice = page.xpath("//main//div[@class='notice ochre'][p]")[0]
    assert "一保存就通知已报名的人" in words(notice)
    assert "1人" in words(notice)
    assert "已保存。 已通知1人。 请当面或托人告诉没有手机账号的人：房三妹。" in words(saved)
    assert Notification.objects.filter(user=row.registered_by, kind="registration_changed").count() == 1


def test_calling_off_says_whom_it_reaches_and_what_is_offered(session, organiser):
    sign_up(session, "李嘉明")
    OpenSessionFactory(activity=session.activity, seat_count=5)

    text = words(page_of(organiser.get(f"/workspace/sessions/{session.pk}/cancel/")))

    assert "1人" in text
    assert "11月6日" in text
