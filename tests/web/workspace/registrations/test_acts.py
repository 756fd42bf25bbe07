"""Taking somebody out of a session and moving people to another one, from the browser's side."""

import pytest
from django.utils import translation
from tests.factories import (
    OpenSessionFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    VenueFactory,
)
from tests.web.browsing import page_in
from tests.web.public.conftest import words
from tests.web.workspace.registrations.pages import address, browser, family, names, sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.people.models import Notification, Resident, Role, User
from qixue.people.notices import words_of
from qixue.programme.models import Session
from qixue.web.workspace.forms.registrations import who_moves
from qixue.web.workspace.registration_words import moved_up

pytestmark = pytest.mark.django_db


def test_reason_is_asked_for_and_the_next_moves_up(session, organiser):
    rows = [sign_up(session, name) for name in ("李嘉明", "王芳", "陈强")]
    path = f"/workspace/registrations/{rows[0].pk}/take-out/"

    page_in(organiser.get(path))
    assert words(page_in(organiser.post(path, {"note": ""}), 422).xpath("//*[@class='error']")[0]) == "请填写原因。"
    organiser.post(path, {"note": "重复报名"})

    assert names(page_in(organiser.get(address(session)))) == ["王芳", "陈强"]


@pytest.mark.parametrize(
    ("seats", "offer_hours", "said"),
    [
        (1, None, "已移出：李嘉明。 已通知本人。 已递补，有了名额：王芳。"),
        (1, 2, "已移出：李嘉明。 已通知本人。 有名额待确认，截至11月4日（周三）14:00：王芳。 查看待确认的名额"),
        (2, None, "已移出：李嘉明。 已通知本人。 名额已空出，没有人候补。"),
    ],
)
def test_page_after_taking_out_says_what_became_of_the_seat(session, organiser, seats, offer_hours, said):
    Session.objects.filter(pk=session.pk).update(seat_count=seats)
    RegistrationTerms.objects.create(session=session, offer_hours=offer_hours)
    first, _second = (sign_up(session, name) for name in ("李嘉明", "王芳"))

    answer = organiser.post(f"/workspace/registrations/{first.pk}/take-out/", {"note": "重复报名"}, follow=True)

    assert [words(said) for said in page_in(answer).xpath("//ul[@class='messages']/li")] == [said]


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "李嘉明、李小明"), ("en", "李嘉明, 李小明")])
def test_people_are_listed_as_in_the_language_of_the_page(session, language, said):
    rows = family(session)

    with translation.override(language):
        (_all, everybody), _one = who_moves(rows[0], rows)
        sentences = [everybody, *moved_up(session, rows)]

    assert [said in sentence for sentence in sentences[:2]] == [True, True]


def test_page_after_taking_out_says_that_those_who_wait_need_more_seats(session, organiser):
    first, _second = (sign_up(session, name) for name in ("王芳", "陈强"))
    family(session)

    answer = organiser.post(f"/workspace/registrations/{first.pk}/take-out/", {"note": "重复报名"}, follow=True)

    (said,) = [words(message) for message in page_in(answer).xpath("//ul[@class='messages']/li")]
    assert said == "已移出：王芳。 已通知本人。 名额已空出；同来候补的人数多于空出的名额，暂无人递补。"


def test_whoever_has_no_account_is_said_to_be_told_in_person_before_and_after(session, organiser):
    row = RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), source="staff")
    Session.objects.filter(pk=session.pk).update(taken_count=1)
    path = f"/workspace/registrations/{row.pk}/take-out/"

    before = words(page_in(organiser.get(path)).xpath("//main")[0])
    after = words(page_in(organiser.post(path, {"note": "重复报名"}, follow=True)).xpath("//main")[0])

    to_tell = "房三妹没有账号，收不到通知，请当面转告。"
    assert (to_tell in before, "本人会收到通知" in before, to_tell in after) == (True, False, True)


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CADRE])
def test_taking_out_says_before_and_after_that_the_cadre_is_told(session, role):
    cadre = RoleAssignmentFactory(
        organisation=session.activity.organisation, role=Role.CADRE, user__display_name="彭海燕"
    ).user
    row = RegistrationFactory(
        session=session, resident=ResidentFactory(name="房三妹"), source="cadre", registered_by=cadre
    )
    Session.objects.filter(pk=session.pk).update(taken_count=1)
    client, path = browser(session, role), f"/workspace/registrations/{row.pk}/take-out/"

    before = words(page_in(client.get(path)).xpath("//main")[0])
    after = words(page_in(client.post(path, {"note": "重复报名"}, follow=True)).xpath("//main")[0])

    assert "通知会发给代为报名的彭海燕，写明您在这里填的原因，由其转告本人。" in before
    assert "已通知代为报名的彭海燕，由其转告本人。" in after
    notice = Notification.objects.get(user=cadre)
    assert words_of(notice.kind, notice.params)[0] == "请转告房三妹：报名已被取消（稻田养鱼）"
    assert names(page_in(client.get(notice.link))) == ["房三妹"]


def test_cadre_who_takes_out_whom_they_signed_up_is_asked_to_tell_them(session):
    client = browser(session, Role.CADRE)
    cadre = User.objects.get(role_assignments__role=Role.CADRE)
    row = RegistrationFactory(
        session=session, resident=ResidentFactory(name="房三妹"), source="cadre", registered_by=cadre
    )
    Session.objects.filter(pk=session.pk).update(taken_count=1)
    path = f"/workspace/registrations/{row.pk}/take-out/"

    before = words(page_in(client.get(path)).xpath("//main")[0])
    after = words(page_in(client.post(path, {"note": "重复报名"}, follow=True)).xpath("//main")[0])

    to_tell = "房三妹是您代报的，没有账号，请您转告本人。"
    assert (to_tell in before, to_tell in after) == (True, True)


def test_without_another_session_the_page_says_why_nobody_can_be_moved(session, organiser):
    row = sign_up(session, "李嘉明")

    page = page_in(organiser.get(f"/workspace/registrations/{row.pk}/move/"))

    assert "没有其他可改去的场次" in words(page.xpath("//p[@class='notice ochre']")[0])


def test_moving_offers_sessions_with_their_seats(session, organiser):
    row = sign_up(session, "李嘉明")
    other = OpenSessionFactory(activity=session.activity, seat_count=5, venue=VenueFactory(name="三江文化站"))
    path = f"/workspace/registrations/{row.pk}/move/"

    choices = [words(label) for label in page_in(organiser.get(path)).xpath("//main//label")]
    answer = organiser.post(path, {"session": other.pk})

    assert len(choices) == 1
    assert ("还剩5个名额" in choices[0], "三江文化站" in choices[0]) == (True, True)
    assert answer.status_code == 302
    assert Registration.objects.active().get(resident=row.resident).session == other


def test_after_moving_the_page_says_who_moved_up_and_whom_nobody_tells(session, organiser):
    """The next in line has no account: the organiser alone can tell them."""
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    row, waiting = sign_up(session, "李嘉明"), sign_up(session, "房三妹")
    Resident.objects.filter(pk=waiting.resident_id).update(user=None, birth_year=1948)
    Registration.objects.filter(pk=waiting.pk).update(registered_by=None)
    other = OpenSessionFactory(activity=session.activity, seat_count=5)

    answer = organiser.post(f"/workspace/registrations/{row.pk}/move/", {"session": other.pk}, follow=True)

    said = words(page_in(answer))
    assert "已改场次，在那一场已有名额：李嘉明。" in said
    assert "已递补，有了名额：房三妹。" in said
    assert "房三妹没有账号，收不到通知，请当面转告。" in said


@pytest.mark.parametrize(("who", "moved"), [("all", 2), ("one", 1)])
def test_of_a_family_all_move_or_one_as_the_organiser_says(session, organiser, who, moved):
    rows = family(session)
    other = OpenSessionFactory(activity=session.activity, seat_count=5)
    path = f"/workspace/registrations/{rows[0].pk}/move/"

    labels = [words(label) for label in page_in(organiser.get(path)).xpath("//input[@name='who']/..")]
    undecided = page_in(organiser.post(path, {"session": other.pk}), 422)
    answer = organiser.post(path, {"session": other.pk, "who": who}, follow=True)

    assert labels == ["一起报名的2人都改：李嘉明、李小明", "只改李嘉明；其他人仍在这一场：李小明"]
    assert undecided.xpath("//*[@class='error']/following::input[1]/@name") == ["who"]
    assert Registration.objects.active().filter(session=other).count() == moved
    names = "、".join(row.resident.name for row in rows[:moved])
    assert f"已改场次，在那一场已有名额：{names}。" in words(page_in(answer))


@pytest.fixture
def namesakes(session: Session) -> list[Registration]:
    """Two of one name without an account."""
    rows = [sign_up(session, "李桂芳") for _person in range(2)]
    for row, year in zip(rows, (1948, 1955), strict=True):
        Resident.objects.filter(pk=row.resident_id).update(user=None, birth_year=year)
    return rows


@pytest.mark.parametrize(("act", "done"), [("take-out", "已移出"), ("move", "已改场次，在那一场已有名额")])
def test_two_of_one_name_are_told_apart_before_and_after_the_act(session, organiser, namesakes, act, done):
    other = OpenSessionFactory(activity=session.activity, seat_count=5)
    path = f"/workspace/registrations/{namesakes[1].pk}/{act}/"

    shown = words(page_in(organiser.get(path)))
    answer = organiser.post(path, {"note": "重复报名", "session": other.pk}, follow=True)

    assert ("李桂芳（1955）" in shown, "李桂芳（1948）" in shown) == (True, False)
    assert f"{done}：李桂芳（1955）。" in words(page_in(answer))


@pytest.mark.parametrize("paper", ["sign-in-sheet/", "codes/"])
def test_two_of_one_name_are_told_apart_on_paper(session, organiser, namesakes, paper):
    shown = words(page_in(organiser.get(address(session, paper))))

    assert ("李桂芳 1948" in shown, "李桂芳 1955" in shown) == (True, True)


def test_sheet_that_goes_round_shows_no_end_of_a_phone_number(session, organiser):
    for number in range(2):
        row = sign_up(session, "李桂芳")
        Resident.objects.filter(pk=row.resident_id).update(birth_year=1948)
        User.objects.filter(pk=row.registered_by_id).update(mobile=f"1390000123{number}")

    shown = words(page_in(organiser.get(address(session, "sign-in-sheet/"))))

    assert ("李桂芳 1948" in shown, "尾号" in shown) == (True, False)
