"""The code on the wall: scanned with one's own phone, honoured within its life, and soon worth nothing to others."""

import datetime
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RegistrationFactory, ResidentFactory, key
from tests.factories_afterwards import organiser_of

from qixue.participation.models import Attendance, LedgerEntry, RegistrationTerms, Scan
from qixue.participation.operations.walls import close_wall, show_wall
from qixue.participation.queries.wall import open_wall, secret_of
from qixue.participation.wall_code import code_of, step_at
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

AT = NOON.replace(second=10)
SECONDS = datetime.timedelta(seconds=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    session = OpenSessionFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR, seat_count=20)
    show_wall(session, by=organiser_of(session.activity), at=NOON)
    return session


@pytest.fixture
def mother() -> Resident:
    return MemberFactory(name="王秀英")


def code_at(session: Session, moment: datetime.datetime) -> str:
    return code_of(secret_of(open_wall(session)), session.pk, step_at(moment))


def scan(client: Client, session: Session, *, shown: datetime.datetime = AT, at: datetime.datetime = AT) -> Any:
    """The phone opens the code that the wall showed."""
    with time_machine.travel(at, tick=False):
        return client.get(f"/me/door/{session.pk}/{code_at(session, shown)}/")


def say_who(client: Client, session: Session, *people: Resident, at: datetime.datetime = AT, form: str = "") -> Any:
    with time_machine.travel(at, tick=False):
        body = {"people": [person.pk for person in people], "client_uuid": form or str(key())}
        return client.post(f"/me/door/{session.pk}/", body)


def signed_in(client: Client, user: User, at: datetime.datetime = AT) -> Client:
    with time_machine.travel(at, tick=False):
        client.force_login(user)
    return client


def page_of(client: Client, session: Session, at: datetime.datetime = AT) -> Any:
    with time_machine.travel(at, tick=False):
        return html.fromstring(client.get(f"/me/door/{session.pk}/").content.decode())


def test_code_that_hangs_long_before_the_start_says_when_one_can_check_in(mother: Resident, client: Client) -> None:
    session = OpenSessionFactory(starts_at=NOON + 3 * HOUR, ends_at=NOON + 4 * HOUR)
    show_wall(session, by=organiser_of(session.activity), at=NOON)
    RegistrationFactory(session=session, resident=mother)
    signed_in(client, mother.user)
    scan(client, session)

    early = page_of(client, session)

    assert early.xpath("//main//form") == []
    assert "开始前两小时起可以签到" in early.text_content()


def test_household_checks_itself_in(session: Session, mother: Resident, client: Client) -> None:
    child = ResidentFactory(guardian=mother, name="李小明")
    for person in (mother, child):
        RegistrationFactory(session=session, resident=person)
    signed_in(client, mother.user)

    landed = scan(client, session)
    ticked = page_of(client, session).xpath("//input[@type='checkbox'][@checked]/@value")
    answer = say_who(client, session, mother, child)

    assert (landed.status_code, landed["Location"]) == (302, f"/me/door/{session.pk}/")
    assert ticked == [str(mother.pk), str(child.pk)]
    assert answer.status_code == 302
    entries = LedgerEntry.objects.all()
    assert {(entry.source, entry.actor_name, entry.occurred_at) for entry in entries} == {("wall", "wall", AT)}
    assert Attendance.objects.filter(session=session).count() == 2
    assert "✓ 王秀英" in " ".join(page_of(client, session).text_content().split())


def test_code_is_honoured_when_signing_in_takes_some_minutes(
    session: Session, mother: Resident, client: Client
) -> None:
    RegistrationFactory(session=session, resident=mother)
    landed = scan(client, session)
    with time_machine.travel(AT, tick=False):
        turned = client.get(landed["Location"])
    signed_in(client, mother.user, AT + 240 * SECONDS)

    answer = say_who(client, session, mother, at=AT + 300 * SECONDS)

    assert turned["Location"].startswith("/me/sign-in/?next=")
    assert answer.status_code == 302
    assert LedgerEntry.objects.get().occurred_at == AT


def test_code_kept_for_longer_is_over(session: Session, mother: Resident, client: Client) -> None:
    scan(signed_in(client, mother.user), session)

    answer = say_who(client, session, mother, at=AT + 601 * SECONDS)

    assert answer.status_code == 422
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize(("age", "status"), [(-30, 302), (0, 302), (30, 302), (60, 410), (3600, 410), (-90, 410)])
def test_code_is_good_for_its_half_minute_and_one_beside(
    age: int, status: int, session: Session, client: Client
) -> None:
    answer = scan(client, session, at=AT + age * SECONDS)

    assert answer.status_code == status
    assert ("qixue_wall" in answer.cookies) == (status == 302)


@pytest.mark.parametrize(
    ("later", "state", "is_closed", "said"),
    [
        (HOUR / 4, "planned", False, "扫现在显示的码"),
        (HOUR / 4, "planned", True, "现场码已不再显示"),
        (HOUR / 4, "cancelled", False, "这一场不举行"),
        (30 * HOUR, "held", False, "这一场已结束"),
    ],
)
def test_old_code_says_what_can_be_done_now_and_who_is_in_stays_in(
    later: datetime.timedelta, state: str, is_closed: bool, said: str, session: Session, client: Client
) -> None:
    sentences = ("扫现在显示的码", "现场码已不再显示", "这一场不举行", "这一场已结束")
    code = code_at(session, AT)
    if is_closed:
        close_wall(session, by=organiser_of(session.activity), at=AT)
    Session.objects.filter(pk=session.pk).update(state=state)

    with time_machine.travel(AT + later, tick=False):
        answer = client.get(f"/me/door/{session.pk}/{code}/")

    found = html.fromstring(answer.content.decode())
    text = found.text_content()
    assert answer.status_code == 410
    assert [sentence for sentence in sentences if sentence in text] == [said]
    assert "此前已签到的不受影响" in text
    assert found.xpath(f"//main//a[@href='/me/door/{session.pk}/']")


def test_made_up_code_and_code_of_another_session_are_refused(session: Session, client: Client) -> None:
    other = OpenSessionFactory()
    show_wall(other, by=organiser_of(other.activity), at=NOON)

    with time_machine.travel(AT, tick=False):
        answers = [
            client.get(f"/me/door/{session.pk}/{code}/")
            for code in (code_at(other, AT), "A" * 20, "x", code_at(session, AT).lower())
        ]

    assert [answer.status_code for answer in answers] == [410] * 4


def test_closed_wall_takes_nobody(session: Session, mother: Resident, client: Client) -> None:
    code = code_at(session, AT)
    scan(signed_in(client, mother.user), session)
    close_wall(session, by=organiser_of(session.activity), at=AT)

    with time_machine.travel(AT, tick=False):
        answers = [client.get(f"/me/door/{session.pk}/{code}/"), say_who(client, session, mother)]

    assert [answer.status_code for answer in answers] == [410, 422]
    assert not LedgerEntry.objects.exists()


def test_address_without_a_scan_checks_nobody_in(session: Session, mother: Resident, client: Client) -> None:
    """A friend who is sent the address has no scan in their browser."""
    RegistrationFactory(session=session, resident=mother)
    signed_in(client, mother.user)

    page = page_of(client, session)
    answer = say_who(client, session, mother)

    assert page.xpath("//main//input[@type='checkbox']") == []
    assert answer.status_code == 422
    assert "这个码已过期" in answer.content.decode()
    assert not LedgerEntry.objects.exists()


def test_scan_at_one_session_opens_no_other(session: Session, mother: Resident, client: Client) -> None:
    other = OpenSessionFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR)
    show_wall(other, by=organiser_of(other.activity), at=NOON)
    scan(signed_in(client, mother.user), session)

    say_who(client, other, mother)

    assert not LedgerEntry.objects.exists()


def test_form_sent_twice_counts_once(session: Session, mother: Resident, client: Client) -> None:
    scan(signed_in(client, mother.user), session)
    form = str(key())

    answers = [say_who(client, session, mother, form=form) for _time in range(2)]

    assert answers[0].status_code == 302
    assert LedgerEntry.objects.count() == 1
    assert Scan.objects.count() == 1


def test_walk_ins_come_in_while_there_is_room(session: Session, mother: Resident, client: Client) -> None:
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    elder = ResidentFactory(guardian=mother)
    scan(signed_in(client, mother.user), session)

    both = say_who(client, session, mother, elder)
    one = say_who(client, session, elder)

    assert (both.status_code, one.status_code) == (422, 302)
    assert Attendance.objects.filter(session=session).count() == 1


@pytest.mark.parametrize(("seats", "said"), [(20, "李秀英 · 没有报名"), (None, "李秀英")])
def test_whoever_is_not_signed_up_reads_so(session: Session, client: Client, seats: int | None, said: str) -> None:
    """Where nobody signs up there is nothing to say."""
    Session.objects.filter(pk=session.pk).update(seat_count=seats)
    mother = MemberFactory(name="王秀英")
    RegistrationFactory(session=session, resident=mother)
    ResidentFactory(guardian=mother, name="李秀英")
    scan(signed_in(client, mother.user), session)

    page = page_of(client, session)

    labels = page.xpath("//main//form//li")
    assert [" ".join(label.text_content().split()) for label in labels] == ["王秀英", said]
    assert ("还有空位就可以进场" in page.text_content()) is (seats is not None)


def test_child_for_whom_nobody_agrees_is_not_offered_but_the_way_to_agree(
    session: Session, mother: Resident, client: Client
) -> None:
    child = ResidentFactory(guardian=mother, name="李小花", birth_year=2018)
    scan(signed_in(client, mother.user), session)

    page = page_of(client, session)

    assert page.xpath("//main//input[@type='checkbox']/@value") == [str(mother.pk)]
    [way] = page.xpath("//main//p[contains(@class, 'ochre')]//a/@href")
    assert unquote(way) == f"/me/household/{child.pk}/?next=/me/door/{session.pk}/"


def test_child_whose_seat_was_agreed_to_comes_in(session: Session, mother: Resident, client: Client) -> None:
    """A consent that is taken back leaves the seats that the child has."""
    child = ResidentFactory(guardian=mother, name="李小花", birth_year=2018)
    RegistrationFactory(session=session, resident=child)
    scan(signed_in(client, mother.user), session)

    assert page_of(client, session).xpath("//main//p[contains(@class, 'ochre')]") == []
    assert say_who(client, session, child).status_code == 302


def test_walk_in_who_is_too_young_stays_out(session: Session, mother: Resident, client: Client) -> None:
    RegistrationTerms.objects.create(session=session, min_age=60)
    Resident.objects.filter(pk=mother.pk).update(birth_year=2000)
    scan(signed_in(client, mother.user), session)

    answer = say_who(client, session, mother)

    assert answer.status_code == 422
    assert not LedgerEntry.objects.exists()


def test_whoever_waits_is_sent_to_the_people_at_the_door(session: Session, mother: Resident, client: Client) -> None:
    RegistrationFactory(session=session, resident=mother, waiting_number=1)
    scan(signed_in(client, mother.user), session)

    page = page_of(client, session)

    assert page.xpath("//main//input[@type='checkbox']") == []
    assert not LedgerEntry.objects.exists()


def test_stranger_of_another_household_cannot_be_checked_in(session: Session, mother: Resident, client: Client) -> None:
    stranger = RegistrationFactory(session=session).resident
    scan(signed_in(client, mother.user), session)

    answer = say_who(client, session, stranger)

    assert answer.status_code == 422
    assert not LedgerEntry.objects.exists()


def test_code_that_many_use_after_it_was_over_is_looked_at(session: Session, settings: Any) -> None:
    settings.QIXUE = {**settings.QIXUE, "WALL_LATE_LIMIT": 2}
    late = AT + 30 * SECONDS
    for name in ("李明", "王芳", "陈强"):
        person, client = MemberFactory(name=name), Client()
        scan(signed_in(client, person.user, late), session, at=late)
        say_who(client, session, person, at=late)
    in_time, client = MemberFactory(name="房小妹"), Client()
    scan(signed_in(client, in_time.user, late), session, shown=late, at=late)
    say_who(client, session, in_time, at=late)

    verdicts = list(Scan.objects.order_by("pk").values_list("verdict", "reason", "marks"))
    assert verdicts == [
        ("counted", "", "late"),
        ("counted", "", "late"),
        ("review", "wall_late", "late"),
        ("counted", "", ""),
    ]
    assert Attendance.objects.filter(session=session).count() == 3


def test_who_came_by_the_code_without_signing_up_finds_it_on_their_page_and_the_organiser_reads_how(
    client: Client, session: Session, mother: Resident
) -> None:
    RegistrationFactory(session=OpenSessionFactory(), resident=mother)
    scan(signed_in(client, mother.user), session)
    say_who(client, session, mother)

    own = html.fromstring(client.get("/me/").content.decode())
    client.force_login(organiser_of(session.activity))
    (row,) = html.fromstring(client.get(f"/workspace/sessions/{session.pk}/door/").content.decode()).xpath(
        "//section[@id='walk-ins']//tbody/tr"
    )

    (came,) = own.xpath("//section[header/h2='没有报名，已到场']//article")
    assert came.xpath(".//h3/a/@href") == [f"/sessions/{session.pk}/"]
    assert "王秀英" in came.text_content()
    assert row.xpath("td")[1].text_content().split() == ["现场码"]
