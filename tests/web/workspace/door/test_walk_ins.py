"""People at the door who are not signed up: counted once, listed, and taken back where it was a mistake."""

import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import html
from tests.factories import MemberFactory, RegistrationFactory, RoleAssignmentFactory, key
from tests.web.workspace.door.pages import HOUR, asked_name, at_the_door, text_of

from qixue.core.clock import now
from qixue.core.clock_words import clock
from qixue.core.models import AuditEntry
from qixue.participation.models import Attendance, LedgerEntry, Registration, Tally
from qixue.participation.operations.check_ins import check_in
from qixue.people.models import Resident, Role, User
from qixue.people.operations.erasure import erase_account
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def test_walk_in_with_a_name_becomes_a_resident_and_the_form_counts_once(session: Session, page: Client) -> None:
    form = {"name": "李明", "client_uuid": str(key())}

    for _sent_twice in range(2):
        page.post(f"{at_the_door(session)}walk-in/", form)

    assert LedgerEntry.objects.get().source == LedgerEntry.Source.WALK_IN
    assert Resident.objects.filter(name="李明").count() == 1


def test_walk_ins_without_a_name_are_counted_and_not_known(session: Session, page: Client) -> None:
    for _person in range(2):
        page.post(f"{at_the_door(session)}walk-in/", {"name": "", "client_uuid": str(key())})

    tally = Tally.objects.get(session=session)
    assert (tally.named_count, tally.unnamed_count, tally.attendance_count) == (0, 2, 2)
    assert not Resident.objects.exists()


def walk_in(page: Client, session: Session, name: str, **more: str) -> Any:
    return page.post(f"{at_the_door(session)}walk-in/", {"name": name, "client_uuid": str(key()), **more})


def test_walk_in_who_is_signed_up_is_to_be_checked_in_instead(session: Session, page: Client) -> None:
    person = RegistrationFactory(session=session, resident__name="王秀英")

    answer = walk_in(page, session, "王 秀英")

    assert answer.status_code == 422
    assert not LedgerEntry.objects.exists()
    button = html.fromstring(answer.content.decode()).xpath(f"//input[@name='registration'][@value='{person.pk}']")
    assert len(button) == 1


def test_walk_in_entered_twice_is_counted_again_only_as_a_namesake(session: Session, page: Client) -> None:
    walk_in(page, session, "李明")

    again = walk_in(page, session, "李明")
    assert (again.status_code, LedgerEntry.objects.count()) == (422, 1)
    assert "李明已于" in text_of(again)

    walk_in(page, session, "李 明", confirmed="on", asked_name=asked_name(again))
    assert LedgerEntry.objects.count() == 2


def test_tick_for_one_name_says_nothing_of_the_next_one(session: Session, page: Client) -> None:
    for name in ("李明", "王芳"):
        walk_in(page, session, name)
    asked = walk_in(page, session, "李明")

    other = walk_in(page, session, "王芳", confirmed="on", asked_name=asked_name(asked))

    assert (other.status_code, LedgerEntry.objects.count()) == (422, 2)
    assert ("王芳已于" in text_of(other), asked_name(other)) == (True, "王芳")
    assert not html.fromstring(other.content.decode()).xpath("//main//input[@name='confirmed']/@checked")


def test_check_in_of_somebody_who_walked_in_asks_whether_it_is_the_same_person(session: Session, page: Client) -> None:
    walk_in(page, session, "唐 五妹")
    person = RegistrationFactory(session=session, resident__name="唐五妹")

    asked = page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk})
    assert "临时到场，是同一个人吗？" in text_of(asked)
    assert LedgerEntry.objects.count() == 1

    confirmed = {"registration": person.pk, "confirmed": "on", "asked_name": asked_name(asked)}
    for _pressed_twice in range(2):
        page.post(f"{at_the_door(session)}check-in/", confirmed)
    assert LedgerEntry.objects.count() == 2
    assert page.post(f"{at_the_door(session)}check-in/", {"registration": person.pk}).status_code == 302  # in already


def test_walk_ins_are_listed_by_name_with_time_and_who_entered_them(
    session: Session, page: Client, organiser: User
) -> None:
    walk_in(page, session, "李明")
    walk_in(page, session, "")
    check_in(
        session,
        registration=RegistrationFactory(session=session, resident__name="王秀英"),
        by=organiser,
        at=now(),
        client_uuid=key(),
    )

    for address in (at_the_door(session), f"/workspace/sessions/{session.pk}/"):
        shown = page.get(address)
        assert [each.name for each in shown.context["walk_ins"]] == ["", "李明"]
        rows = html.fromstring(shown.content.decode()).xpath("//section[@id='walk-ins']//tbody/tr")
        assert [row.xpath("th")[0].text_content().strip() for row in rows] == ["未留姓名", "李明"]
        assert all(organiser.display_name in row.text_content() for row in rows)


def test_walk_in_of_a_name_that_is_there_twice_says_where(session: Session, page: Client) -> None:
    RegistrationFactory(session=session, resident__name="王芳")
    for name in ("李明", "李 明", "王芳", "房志坚"):
        walk_in(page, session, name, confirmed="on", asked_name=name)

    rows = html.fromstring(page.get(at_the_door(session)).content.decode()).xpath("//section[@id='walk-ins']//tbody/tr")

    twice, listed = "! 未报名到场的人里另有同名的人", "! 名单上另有同名的人"
    assert [row.xpath("th//span/text()") for row in rows] == [[], [listed], [twice], [twice]]


def test_walk_in_with_a_registration_that_ended_is_told_apart_and_says_how(
    session: Session, page: Client, organiser: User
) -> None:
    RegistrationFactory(session=session, resident__name="李桂芳", resident__birth_year=1948)
    other = RegistrationFactory(session=session, resident__name="李桂芳", resident__birth_year=1955)
    check_in(session, registration=other, by=organiser, at=now(), client_uuid=key())
    ended = {"state": "cancelled", "cancelled_at": now(), "cancel_reason": "moved"}
    Registration.objects.filter(pk=other.pk).update(**ended)

    for address in (at_the_door(session), f"/workspace/sessions/{session.pk}/"):
        shown = html.fromstring(page.get(address).content.decode())
        (walk_in,) = shown.xpath("//section[@id='walk-ins']//tbody//th")
        assert " ".join(walk_in.text_content().split()) == "李桂芳 1955 ! 名单上另有同名的人 改到另一场次"
        assert "1948" in shown.xpath("string(//main)")


def test_head_count_says_whom_it_is_without_and_adds_up(session: Session, page: Client) -> None:
    Session.objects.filter(pk=session.pk).update(counting_rule=Session.CountingRule.LIST_AND_OTHERS)
    walk_in(page, session, "李明")
    walk_in(page, session, "")

    form = page.get(f"/workspace/sessions/{session.pk}/head-count/")
    page.post(
        f"/workspace/sessions/{session.pk}/head-count/",
        {"count": "10", "qualifier": "exact", "note": "数过", "client_uuid": str(key())},
    )

    entry = LedgerEntry.objects.get(kind=LedgerEntry.Kind.HEAD_COUNT)
    correction = page.get(f"/workspace/entries/{entry.pk}/correct/")
    for shown in (form, correction):
        assert "已逐人计入：实名1人，未留姓名1人。" in text_of(shown)
    assert Tally.objects.get(session=session).attendance_count == 12


@pytest.fixture
def volunteer(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.DOOR_VOLUNTEER).user


def own_entry(session: Session, by: User, *, minutes_ago: int) -> LedgerEntry:
    at = now() - datetime.timedelta(minutes=minutes_ago)
    return check_in(session, name="李明", by=by, at=at, client_uuid=key())


def take_back(client: Client, entry: LedgerEntry) -> Any:
    return client.post(f"/workspace/sessions/{entry.session_id}/door/take-back/", {"entry": entry.pk})


def test_volunteer_takes_back_what_they_have_just_entered(session: Session, client: Client, volunteer: User) -> None:
    entry = own_entry(session, volunteer, minutes_ago=5)
    client.force_login(volunteer)
    buttons = html.fromstring(client.get(at_the_door(session)).content.decode()).xpath("//input[@name='entry']/@value")
    assert buttons == [str(entry.pk)]

    answer, _again = take_back(client, entry), take_back(client, entry)

    assert f"李明（{clock(entry.occurred_at)}到场）已撤销，不再计入。" in text_of(client.get(at_the_door(session)))
    void = LedgerEntry.objects.get(target=entry)
    assert (answer.status_code, void.kind, void.reason) == (302, LedgerEntry.Kind.VOID, "在现场误录。")
    assert not Attendance.objects.exists()
    assert AuditEntry.objects.filter(action="ledger.voided").count() == 1


def test_walk_in_without_a_name_is_taken_back_with_words_for_ears_and_eyes(
    session: Session, client: Client, volunteer: User
) -> None:
    client.force_login(volunteer)
    walk_in(client, session, "")
    shown = html.fromstring(client.get(at_the_door(session)).content.decode())

    take_back(client, LedgerEntry.objects.get())

    (button,) = shown.xpath("//section[@id='walk-ins']//button")
    assert "".join(button.text_content().split()) == "撤销：未留姓名"
    assert "未留姓名（" in text_of(client.get(at_the_door(session)))


def test_form_of_a_walk_in_who_was_taken_back_counts_nobody_and_says_so(
    session: Session, client: Client, volunteer: User
) -> None:
    client.force_login(volunteer)
    form = {"name": "李明", "client_uuid": str(key())}
    client.post(f"{at_the_door(session)}walk-in/", form)
    take_back(client, LedgerEntry.objects.get())

    again = client.post(f"{at_the_door(session)}walk-in/", form)

    assert again.status_code == 422
    assert "这份表单记下的内容后来被更正或撤销，不会再次计入。请重新打开表单。" in text_of(again)
    assert Tally.objects.count() == 0


def test_form_of_a_walk_in_that_comes_again_with_another_name_is_refused(session: Session, page: Client) -> None:
    """As when the browser goes back to the page as it was, and somebody else is typed in."""
    form = {"client_uuid": str(key())}

    answers = [page.post(f"{at_the_door(session)}walk-in/", {**form, "name": name}) for name in ("李明", "王芳", "")]

    assert [answer.status_code for answer in answers] == [302, 422, 422]
    assert Resident.objects.get().name == "李明"


def test_nobody_is_offered_to_be_checked_in_before_the_door_opens(session: Session, page: Client) -> None:
    RegistrationFactory(session=session, resident__name="王秀英")
    Session.objects.filter(pk=session.pk).update(starts_at=now() + 3 * HOUR, ends_at=now() + 4 * HOUR)

    answer = walk_in(page, session, "王秀英")

    assert (answer.status_code, "registration" in buttons_of(answer)) == (422, False)
    assert "两小时" in text_of(answer)


def test_seat_of_whoever_came_and_is_forgotten_offers_nothing(session: Session, page: Client, organiser: User) -> None:
    seat = RegistrationFactory(session=session, resident=MemberFactory(name="王秀英"))
    check_in(session, registration=seat, by=organiser, at=now(), client_uuid=key())
    erase_account(seat.resident.user, at=now())

    shown = page.get(at_the_door(session))

    assert "registration" not in buttons_of(shown)
    assert "已到场1人" in text_of(shown)
    assert "未报名到场的人" not in text_of(shown)


def buttons_of(answer: Any) -> list[str]:
    """The hidden fields of the forms that stand on a page."""
    return html.fromstring(answer.content.decode()).xpath("//main//input[@type='hidden']/@name")


def test_volunteer_takes_nothing_back_after_a_quarter_of_an_hour(
    session: Session, client: Client, volunteer: User
) -> None:
    entry = own_entry(session, volunteer, minutes_ago=16)
    client.force_login(volunteer)

    answer = take_back(client, entry)

    assert (answer.status_code, LedgerEntry.objects.count()) == (409, 1)
    assert "take-back" not in client.get(at_the_door(session)).content.decode()


def test_volunteer_takes_nothing_back_that_another_entered(
    session: Session, client: Client, volunteer: User, organiser: User
) -> None:
    entry = own_entry(session, organiser, minutes_ago=1)
    client.force_login(volunteer)

    assert (take_back(client, entry).status_code, LedgerEntry.objects.count()) == (409, 1)
