"""A resident signs up in the browser, waits, gets a seat and gives it up; nobody else sees it."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegistrationFactory,
    ResidentFactory,
    UserFactory,
    key,
)
from tests.factories_afterwards import attend, course, organiser_of, rule_for, sessions_of
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.lottery import entry_number
from qixue.participation.models import CallingOff, Registration, RegistrationTerms
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


def form_answers(page: html.HtmlElement) -> dict[str, str]:
    return {field.get("name"): field.get("value") for field in page.xpath("//main//input[@type='hidden']")}


def sign_up(client: Client, session: Session, *people: Resident) -> str:
    """Fill in the form; the address of the confirmation."""
    path = f"/me/sessions/{session.pk}/register/"
    party = form_answers(page_of(client, path))["party"]
    response = client.post(path, {"party": party, "people": [person.pk for person in people]})
    assert response.status_code == 302
    assert response.url.startswith("/me/registrations/")
    return response.url


def test_person_who_is_sent_twice_has_one_seat(session):
    member = MemberFactory()

    sign_up(signed_in(member), session, member, member)

    assert Registration.objects.get().resident == member


def test_visitor_is_asked_to_sign_in_and_comes_back(client, session):
    response = client.get(f"/me/sessions/{session.pk}/register/")

    assert response.url == f"/me/sign-in/?next=/me/sessions/{session.pk}/register/"


def test_somebody_unknown_says_who_they_are_and_goes_on(client, session):
    client.force_login(UserFactory(display_name="叶春生"))
    target = f"/me/sessions/{session.pk}/register/"

    response = client.get(target, follow=True)
    page = html.fromstring(response.content.decode())
    saved = client.post("/me/profile/", {**form_answers(page), "name": "叶春生", "birth_year": "１９８４年"})

    assert saved.url == target
    assert Resident.objects.get().birth_year == 1984


def test_signing_up_a_family_leads_to_a_page_that_says_so(member, session):
    child = ResidentFactory(guardian=member, name="李一诺")

    address = sign_up(signed_in(member), session, member, child)

    text = words(page_of(signed_in(member), address))
    assert "报名成功" in text
    assert all(name in text for name in ("李嘉明", "李一诺"))


def test_nobody_chosen_is_asked_for_in_the_words_of_the_label(member, session):
    page = page_of(signed_in(member), f"/me/sessions/{session.pk}/register/", status=422, party=str(key()), people=[])

    assert words(page.xpath("//*[@class='error']")[0]) == "请选择谁来参加。"


def test_full_session_offers_the_waiting_list_and_tells_the_place(member, session):
    for _number in range(3):
        other = MemberFactory()
        register(session, people=[other], party=key(), by=other.user, at=NOON)
    client = signed_in(member)

    button = words(page_of(client, f"/me/sessions/{session.pk}/register/").xpath("//main//button")[0])
    text = words(page_of(client, sign_up(client, session, member)))

    assert button == "加入候补"
    assert "第2位" in text


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (6, "收到后须在6小时内、最迟到本场开始时到这里确认参加，否则名额给下一位。晚上9点到早上8点不计时。"),
        (None, "名额马上归您"),
    ],
)
def test_whoever_waits_reads_what_has_to_be_done_when_a_seat_comes_free(member, session, hours, sentence):
    RegistrationTerms.objects.create(session=session, offer_hours=hours)
    for other in MemberFactory.create_batch(2):
        register(session, people=[other], party=key(), by=other.user, at=NOON)
    client = signed_in(member)

    text = words(page_of(client, sign_up(client, session, member)))

    assert sentence in text
    assert "没有手机号码" in text
    assert "设置短信提醒" not in text


def test_whoever_waits_with_a_mobile_number_reads_where_sms_is_set(member, session):
    User.objects.filter(pk=member.user_id).update(mobile="13900000000")
    for other in MemberFactory.create_batch(2):
        register(session, people=[other], party=key(), by=other.user, at=NOON)
    client = signed_in(member)

    text = words(page_of(client, sign_up(client, session, member)))

    assert ("您没有开启短信" in text, "设置短信提醒" in text) == (True, True)


def test_offer_stands_first_among_ones_own_with_its_button(member, session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    others = [MemberFactory() for _number in range(2)]
    rows = [register(session, people=[other], party=key(), by=other.user, at=NOON)[0] for other in others]
    client = signed_in(member)
    sign_up(client, session, member)
    sign_up(client, OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR), member)
    cancel_registrations(session, keys=[rows[0].pk], by=others[0].user, at=NOON)

    page = page_of(client, "/me/")
    client.post(page.xpath("(//main//form)[1]/@action")[0])

    assert [words(heading) for heading in page.xpath("//main//h2")] == ["有名额留给您，请确认", "即将参加"]
    assert words(page.xpath("(//main//button)[1]")[0]) == "确认参加"
    assert Registration.objects.get(resident=member, session=session).state == "confirmed"


def test_offered_seat_is_taken_with_one_button(member, session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    others = [MemberFactory() for _number in range(2)]
    rows = [register(session, people=[other], party=key(), by=other.user, at=NOON)[0] for other in others]
    client = signed_in(member)
    address = sign_up(client, session, member)
    cancel_registrations(session, keys=[rows[0].pk], by=others[0].user, at=NOON)

    page = page_of(client, address)
    client.post(page.xpath("//main//form/@action")[0])

    assert Registration.objects.get(resident=member).state == "confirmed"


def test_giving_up_one_seat_of_a_family_keeps_the_other(member, session):
    child = ResidentFactory(guardian=member, name="李一诺")
    client = signed_in(member)
    address = sign_up(client, session, member, child)

    client.post(f"{address}cancel/", {"people": [Registration.objects.get(resident=child).pk]})

    after = page_of(client, address)
    assert "已取消：李一诺。" in words(after)
    assert "李一诺 ✕ 已取消" in words(after)
    assert Registration.objects.active().get().resident == member


def test_what_is_over_stands_behind_what_is_to_come(member, session):
    sign_up(signed_in(member), session, member)

    page = page_of(signed_in(member), "/me/")

    assert [words(heading) for heading in page.xpath("//main//h2")] == ["即将参加"]
    assert "稻田养鱼" in words(page)


@pytest.mark.parametrize("reason", ["老师生病。", ""])
def test_session_that_was_called_off_says_so_with_its_reason(member, session, reason):
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    if reason:
        CallingOff.objects.create(session=session, reason=reason)

    answer = signed_in(member).get(f"/me/sessions/{session.pk}/register/")

    assert answer.status_code == 409
    (notice,) = html.fromstring(answer.content).xpath("//div[@class='notice seal']")
    assert words(notice) == ("本场已取消。原因：老师生病。" if reason else "本场已取消。")


@pytest.mark.parametrize(("kind", "asks"), [("text", "请写下回答。"), ("yes_no", "请选择一项。")])
def test_missing_answer_is_asked_for_without_saying_the_question_again(member, session, kind, asks):
    lunch = Asked("您带不带午饭？", kind, is_required=True)
    set_questions(session, asked=[lunch], by=organiser_of(session.activity), at=NOON)
    client, path = signed_in(member), f"/me/sessions/{session.pk}/register/"

    answer = client.post(path, {**form_answers(page_of(client, path)), "people": [member.pk]}, follow=True)

    page = html.fromstring(answer.content)
    assert [words(error) for error in page.xpath("//*[@class='error']")] == [asks]
    assert words(page.xpath("//*[contains(@class, 'error-summary')]//a")[0]) == f"您带不带午饭？{asks}"


def test_session_without_registration_says_why(member):
    session = OpenSessionFactory(seat_count=None)

    page = page_of(signed_in(member), f"/me/sessions/{session.pk}/register/", status=409)

    assert "无须报名" in words(page)


@pytest.mark.parametrize("path", ["", "cancel/"])
def test_registration_of_somebody_else_looks_like_none(member, session, path):
    address = sign_up(signed_in(member), session, member)
    stranger = signed_in(MemberFactory())

    theirs, missing = (stranger.get(f"{found}{path}") for found in (address, f"/me/registrations/{key()}/"))

    assert (theirs.status_code, missing.status_code) == (404, 404)
    plain = [re.sub(r'value="[^"]*"|/me/[^"]*', "", answer.content.decode()) for answer in (theirs, missing)]
    assert plain[0] == plain[1]


def test_accepting_for_somebody_else_looks_like_nothing_there(member, session):
    address = sign_up(signed_in(member), session, member)

    assert signed_in(MemberFactory()).post(f"{address}accept/").status_code == 404


def test_session_page_leads_to_signing_up(client, session):
    page = page_of(client, f"/sessions/{session.pk}/")

    assert page.xpath("//a[text()='报名参加']/@href") == [f"/me/sessions/{session.pk}/register/"]


def test_session_that_opens_later_says_when(client, session):
    RegistrationTerms.objects.create(session=session, opens_at=NOON.replace(hour=20))

    assert "11月4日（周三）20:00" in words(page_of(client, f"/sessions/{session.pk}/"))


def test_list_asks_the_same_with_one_and_with_three(member):
    client = signed_in(member)
    counts = []
    for number in (1, 2):
        for more in range(number):
            starts_at = NOON + datetime.timedelta(days=number, hours=more)
            sign_up(client, OpenSessionFactory(starts_at=starts_at, ends_at=starts_at + HOUR), member)
        with CaptureQueriesContext(connection) as queries:
            client.get("/me/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_entering_a_draw_shows_the_own_number_before_and_after(member):
    session = OpenSessionFactory(seat_count=1)
    closes_at = NOON.replace(hour=20)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=closes_at)
    keep_lotteries(at=NOON)
    client = signed_in(member)
    button = words(page_of(client, f"/me/sessions/{session.pk}/register/").xpath("//main//button")[0])

    address = sign_up(client, session, member)
    before = page_of(client, address)
    keep_lotteries(at=closes_at)
    after = page_of(client, address)

    number = entry_number(Registration.objects.get().party)
    shown = [words(page.xpath("//main//code")[0]).replace(" ", "") for page in (before, after)]
    assert (button, shown) == ("参加摇号", [number, number])
    assert "11月4日（周三）20:00" in words(before)
    assert "第1位" in words(after)


def test_form_names_who_is_signed_up_and_offers_the_others(member: Resident, session: Session) -> None:
    child = ResidentFactory(guardian=member, name="李一诺")
    register(session, people=[member], party=key(), by=member.user, at=NOON)

    page = page_of(signed_in(member), f"/me/sessions/{session.pk}/register/")

    assert page.xpath("//input[@name='people']/@value") == [str(child.pk)]
    assert page.xpath("//p[contains(@class, 'notice')]/a[contains(@href, '/me/registrations/')]")


def ticked(page: html.HtmlElement) -> list[str]:
    return page.xpath("//input[@name='people'][@checked]/@value")


def test_whoever_is_alone_has_nothing_to_choose(member, session):
    client = signed_in(member)

    alone = ticked(page_of(client, f"/me/sessions/{session.pk}/register/"))
    address = sign_up(client, session, member)
    leaving = ticked(page_of(client, f"{address}cancel/"))
    ResidentFactory.create_batch(2, guardian=member)
    others = ticked(page_of(client, f"/me/sessions/{session.pk}/register/"))

    assert (alone, leaving, others) == ([str(member.pk)], [str(Registration.objects.get().pk)], [])


def over_with(*people: Resident) -> Session:
    """A session of an hour ago for which the people had seats, and at which they are counted by name."""
    ended = NOON - datetime.timedelta(hours=1)
    activity = course(sessions=1)
    (session,) = sessions_of(activity)
    Session.objects.filter(pk=session.pk).update(ends_at=ended, starts_at=ended - datetime.timedelta(hours=2))
    session.refresh_from_db()
    for person in people:
        RegistrationFactory(session=session, resident=person)
    return session


def test_session_that_is_over_says_who_was_there_and_asks_how_it_was(member: Resident) -> None:
    session = over_with(member)
    attend(session, member)
    rule_for(session.activity, least=1)
    (certificate,) = issue_certificates(session.activity, people=[member], by=organiser_of(session.activity), at=NOON)

    pages = [
        page_of(signed_in(member), path) for path in ("/me/", f"/me/registrations/{Registration.objects.get().party}/")
    ]

    for page in pages:
        assert [words(tag) for tag in page.xpath("//main//span[contains(@class, 'tag')]")] == ["✓ 您来过"]
        assert page.xpath("//main//a[text()='说说怎么样']/@href") == [f"/me/feedback/{session.pk}/{member.pk}/"]
        assert f"/me/record/{certificate.resident_id}/#certificates" in page.xpath("//main//a/@href")
        assert "入场码" not in words(page.xpath("//main")[0])


def test_session_that_was_missed_says_so_plainly(member: Resident) -> None:
    other = MemberFactory()
    session = over_with(member, other)
    attend(session, other)

    page = page_of(signed_in(member), "/me/")

    assert [words(tag) for tag in page.xpath("//main//span[contains(@class, 'tag')]")] == ["这次没有到"]
    assert page.xpath("//main//a[text()='说说怎么样']") == []


def test_session_of_which_nobody_is_counted_blames_nobody(member: Resident) -> None:
    over_with(member)

    page = page_of(signed_in(member), "/me/")

    assert [words(tag) for tag in page.xpath("//main//span[contains(@class, 'tag')]")] == ["已结束"]


def test_family_larger_than_the_room_reads_what_to_do(member):
    session = OpenSessionFactory(seat_count=2, taken_count=2)
    people = [member, ResidentFactory(guardian=member)]
    rows = register(session, people=people, party=key(), by=member.user, at=NOON)
    Session.objects.filter(pk=session.pk).update(seat_count=1, taken_count=1)

    notices = page_of(signed_in(member), f"/me/registrations/{rows[0].party}/").xpath(
        "//main//p[contains(@class, 'ochre')]"
    )

    said = "您同来2人，而这一场现在只有1个名额。在减少人数之前，后面的人会先递补；您的候补次序保留。"
    assert [words(notice) for notice in notices] == [said]
