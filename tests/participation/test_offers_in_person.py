"""Seats that are offered to people whom no notice reaches, or theirs by now: who runs the session is told of whom."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, key
from tests.participation.signing_up import sign_up

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.organiser import take_out
from qixue.participation.operations.registrations import keep_queues
from qixue.participation.operations.session_changes import change_session
from qixue.participation.queries.without_account import household_of
from qixue.people.models import Notification, User
from qixue.people.notices import text_of
from qixue.people.operations.erasure import erase
from qixue.programme.models import Session
from qixue.programme.operations.sessions import SessionDetails

pytestmark = pytest.mark.django_db

ASK, TELL = "registration_offered_in_person", "registration_seated_in_person"


@pytest.fixture
def session() -> Session:
    session: Session = OpenSessionFactory(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    sign_up(session, MemberFactory(name="王芳"))
    return session


def by_hand(session: Session, by: User, *names: str) -> list[Registration]:
    """People without an account, each for themselves."""
    new = tuple(NewPerson(name, 1948) for name in names)
    return sign_up_people(session, wanted=SignUp(key(), new=new), by=by, at=NOON)


def add_seats(session: Session, count: int) -> None:
    """The worker finds them."""
    Session.objects.filter(pk=session.pk).update(seat_count=session.seat_count + count)
    session.refresh_from_db()
    keep_queues(at=NOON)


def said_to(user: User, kind: str = ASK) -> list[str]:
    found = Notification.objects.filter(user=user, kind=kind).order_by("pk")
    return [text_of(notice.kind, notice.params) for notice in found]


def test_one_notice_names_all_of_a_round_and_until_when(session, organiser):
    by_hand(session, organiser, "李桂芳", "盘大贵")
    sign_up(session, MemberFactory(name="陈强"))

    add_seats(session, 3)

    assert said_to(organiser) == [
        "11月6日（周五）有名额待以下人员确认，系统通知不到他们：李桂芳、盘大贵。"
        "请逐个问清，在11月4日（周三）14:00前到报名名单里代为确认或谢绝，过时不再保留。"
    ]
    link = Notification.objects.get(kind=ASK).link
    assert link == f"/workspace/sessions/{session.pk}/registrations/?state=offered"


def test_each_round_has_a_notice_of_its_own(session, organiser):
    by_hand(session, organiser, "李桂芳", "盘大贵")

    for _round in range(2):
        add_seats(session, 1)
        keep_queues(at=NOON)

    assert ["李桂芳" in text for text in said_to(organiser)] == [True, False]


def test_sooner_end_of_an_offer_is_told_again(session, organiser):
    by_hand(session, organiser, "李桂芳")
    add_seats(session, 1)

    start = NOON + datetime.timedelta(hours=1)
    details = SessionDetails(start, start + datetime.timedelta(hours=1), session.counting_rule, seat_count=2)
    session.refresh_from_db()
    change_session(session, details=details, version=session.version, by=organiser, at=NOON, confirmed=True)

    first, again = said_to(organiser)
    assert ("14:00" in first, "在11月4日（周三）13:00前" in again, "李桂芳" in again) == (True, True, True)


def test_cadre_who_passes_offers_on_is_told_and_the_organiser_is_not(session, organiser, cadre):
    by_hand(session, cadre, "李桂芳")

    add_seats(session, 1)

    kinds = Notification.objects.filter(kind__startswith="registration_offered").values_list("user", "kind")
    assert list(kinds) == [(cadre.pk, "registration_offered")]
    assert said_to(organiser) == []


def test_a_seat_that_is_theirs_at_once_needs_no_answer(session, organiser):
    RegistrationTerms.objects.all().delete()
    by_hand(session, organiser, "李桂芳")

    add_seats(session, 1)

    assert said_to(organiser) == []


def test_whoever_is_forgotten_is_named_no_more(session, organiser):
    first, _second = by_hand(session, organiser, "李桂芳", "盘大贵")
    add_seats(session, 2)

    erase(household_of(first.resident), by=organiser, at=NOON)

    (text,) = said_to(organiser)
    assert ("李桂芳" in text, "盘大贵" in text) == (False, True)


def test_taking_out_returns_who_moved_up(session, organiser):
    (waiting,) = by_hand(session, organiser, "李桂芳")
    seated = Registration.objects.get(session=session, state="confirmed")

    moved = take_out(seated, note="重复报名", by=organiser, at=NOON)

    assert [(row.pk, row.state) for row in moved] == [(waiting.pk, "offered")]
    assert take_out(seated, note="重复报名", by=organiser, at=NOON) == []


@pytest.mark.parametrize("is_erased", [False, True])
def test_who_has_a_seat_at_once_is_named_too_until_they_are_forgotten(session, organiser, is_erased):
    RegistrationTerms.objects.update(offer_hours=None)
    rows = by_hand(session, organiser, "李桂芳", "盘大贵")
    sign_up(session, MemberFactory(name="陈强"))
    add_seats(session, 3)

    if is_erased:
        erase(household_of(rows[0].resident), by=organiser, at=NOON)

    names = "盘大贵" if is_erased else "李桂芳、盘大贵"
    assert said_to(organiser, TELL) == [
        f"以下人员现在有了11月6日（周五） 12:00的名额，系统通知不到他们：{names}。请逐个告知；不来的请移出名单。"
    ]
    link = Notification.objects.get(kind=TELL).link
    assert link == f"/workspace/sessions/{session.pk}/registrations/?state=confirmed"


def test_who_drew_a_seat_and_has_no_phone_is_named(session, organiser):
    closes_at = NOON + datetime.timedelta(hours=1)
    Session.objects.update(seat_count=2)
    RegistrationTerms.objects.update(allotment="lottery", closes_at=closes_at, offer_hours=None)
    keep_lotteries(at=NOON)
    by_hand(session, organiser, "李桂芳")

    keep_lotteries(at=closes_at)

    assert ["李桂芳" in text for text in said_to(organiser, TELL)] == [True]
