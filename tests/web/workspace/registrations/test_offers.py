"""What the list of registrations says of an offer, of a party larger than the room, and of whom nobody reaches."""

import datetime

import pytest
from lxml import html
from tests.factories import NOON, RegistrationFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address, browser, family, sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Role
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def told(page: html.HtmlElement) -> list[str]:
    """What the list says under when and by whom somebody was signed up, after the moment."""
    cells = page.xpath("//main//table//tbody/tr/td[2]")
    return [" · ".join(words(part) for part in cell.xpath(".//span[@class!='nowrap']")) for cell in cells]


def test_list_says_through_whom_each_is_told(session, organiser):
    Session.objects.filter(pk=session.pk).update(seat_count=9)
    rows = family(session)
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    register(session, people=[ResidentFactory()], party=key(), by=cadre, at=NOON, source="cadre")
    by_hand = organiser_of(session.activity)
    register(session, people=[ResidentFactory()], party=key(), by=by_hand, at=NOON, source="staff")
    Registration.objects.filter(pk=sign_up(session, "盘大贵").pk).update(resident=ResidentFactory(), registered_by=None)

    found = told(page_in(organiser.get(address(session))))

    assert found == [
        "本人报名",
        f"亲属代报 · 通知转给：{rows[0].resident.name}",
        f"村干部代报：{cadre.display_name} · 通知转给：{cadre.display_name}",
        f"由承办单位：{by_hand.display_name} · ○ 没有账号，请当面转告",
        "本人报名 · ○ 没有账号，请当面转告",
    ]


def offered(session: Session) -> Registration:
    """The seat of somebody who left is offered to a villager whom a cadre signed up."""
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    first = sign_up(session, "李嘉明")
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    villager = ResidentFactory(name="李桂芳")
    (row,) = register(session, people=[villager], party=key(), by=cadre, at=NOON, source="cadre")
    cancel_registrations(session, keys=[first.pk], by=first.registered_by, at=NOON)
    return row


def test_offer_is_accepted_for_a_villager_in_the_list(session):
    row, cadre = offered(session), browser(session, Role.CADRE)

    (button,) = page_in(cadre.get(address(session))).xpath("//form[contains(@action, '/accept/')]")
    answer = cadre.post(button.get("action"), follow=True)

    row.refresh_from_db()
    assert (words(button).replace(" ", ""), row.state) == ("代为确认：李桂芳", "confirmed")
    assert "已代为确认，已有名额：李桂芳。" in words(page_in(answer))


def test_offer_to_two_who_signed_up_together_is_accepted_for_both(session):
    row, cadre = offered(session), browser(session, Role.CADRE)
    beside = RegistrationFactory(
        session=session, party=row.party, state="offered", offered_until=NOON + HOUR, source="cadre"
    )
    Registration.objects.filter(pk=row.pk).update(offered_until=NOON + HOUR)

    forms = page_in(cadre.get(address(session))).xpath("//form[contains(@action, '/accept/')]")
    answer = cadre.post(forms[0].get("action"), follow=True)

    assert [words(form).split()[0] for form in forms] == ["代2人确认"] * 2
    assert f"已代为确认，已有名额：李桂芳、{beside.resident.name}。" in words(page_in(answer))


def test_offer_is_declined_for_a_villager_after_one_more_question(session):
    row, cadre = offered(session), browser(session, Role.CADRE)

    (link,) = page_in(cadre.get(address(session))).xpath("//a[contains(@href, '/decline/')]/@href")
    page = page_in(cadre.get(link))
    answer = cadre.post(link, follow=True)

    row.refresh_from_db()
    assert (words(page.xpath("//main//button")[0]), row.state) == ("代为谢绝", "cancelled")
    assert "已谢绝，名额可以让给别人。" in words(page_in(answer))
    assert page_in(cadre.get(link)).xpath("//main//form") == []


def test_offer_that_is_over_has_no_button_and_says_so(session):
    row, cadre = offered(session), browser(session, Role.CADRE)
    Registration.objects.filter(pk=row.pk).update(offered_until=NOON)

    page = page_in(cadre.get(address(session)))
    answer = cadre.post(f"/workspace/registrations/{row.pk}/accept/")

    assert page.xpath("//form[contains(@action, '/accept/')]") == []
    assert answer.status_code == 409
    assert Registration.objects.get(pk=row.pk).state == "offered"


def test_list_says_that_a_party_is_larger_than_the_room(session, organiser):
    for name in ("盘大贵", "唐三妹"):
        sign_up(session, name)
    family(session)
    Registration.objects.filter(resident__name="盘大贵").delete()
    Session.objects.filter(pk=session.pk).update(seat_count=1, taken_count=1)

    page = page_in(organiser.get(address(session)))

    flagged = page.xpath("//main//tbody/tr[.//span[contains(text(), '同来人数多于名额')]]")
    assert [words(row.find("th")).split()[0] for row in flagged] == ["李嘉明", "李小明"]
