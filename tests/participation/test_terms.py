"""The terms on which people sign up: kept for one session or all, refused where they contradict."""

import datetime
from dataclasses import replace

import pytest
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegionFactory,
    RegistrationFactory,
)
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.refusal import Doubt
from qixue.participation.models import (
    Registration,
    RegistrationTerms,
)
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.terms import TermsDetails, obstacles_in_numbers, save_terms
from qixue.participation.queries.registered import outside_terms
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


def test_terms_are_kept_and_changed(session, organiser):
    for limit in (2, 3):
        save_terms(session, details=TermsDetails(place_limit=limit, min_age=6), by=organiser, at=NOON)

    terms = RegistrationTerms.objects.get()
    assert (terms.place_limit, terms.min_age, terms.max_age) == (3, 6, None)


def test_terms_for_all_move_along_with_each_start(session, organiser):
    later = another(session, starts_at=session.starts_at + DAY, ends_at=session.ends_at + DAY)
    another(session, starts_at=NOON - DAY, ends_at=NOON - DAY + HOUR)
    details = TermsDetails(opens_at=NOON, closes_at=session.starts_at - HOUR, cancel_until=session.starts_at - 2 * HOUR)

    saved = save_terms(session, details=details, by=organiser, at=NOON, for_all=True)

    terms = RegistrationTerms.objects.get(session=later)
    assert saved == [session, later]
    assert (terms.opens_at, terms.closes_at) == (NOON, later.starts_at - HOUR)
    assert terms.cancel_until == later.starts_at - 2 * HOUR


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"place_limit": 0}, "place_limit_out_of_range"),
        ({"place_limit": 11}, "place_limit_out_of_range"),
        ({"offer_hours": 73}, "offer_hours_out_of_range"),
        ({"no_show_limit": 0}, "no_show_limit_out_of_range"),
        ({"min_age": 60, "max_age": 50}, "ages_out_of_order"),
        ({"opens_at": NOON + 3 * DAY}, "closes_before_it_opens"),
        ({"opens_at": NOON, "closes_at": NOON - HOUR}, "closes_before_it_opens"),
        ({"closes_at": NOON + 3 * DAY}, "closes_after_the_end"),
        ({"cancel_until": NOON + 3 * DAY}, "cancel_after_the_start"),
        ({"cancel_until": NOON - HOUR}, "kept_at_once"),
        ({"draw_at": NOON + DAY}, "no_draw_here"),
        ({"allotment": "lottery"}, "draw_needs_an_end"),
        ({"allotment": "lottery", "closes_at": NOON + DAY, "draw_at": NOON}, "draw_before_the_end"),
        (
            {"allotment": "lottery", "public_number": "上证指数", "closes_at": NOON, "draw_at": NOON + 2 * HOUR},
            "number_too_early",
        ),
        (
            {"allotment": "lottery", "public_number": "2026年11月5日上证指数收盘点位", "closes_at": NOON + DAY},
            "number_too_early",
        ),
    ],
)
def test_terms_are_refused(session, organiser, values, code):
    assert refusal(save_terms, session, details=TermsDetails(**values), by=organiser, at=NOON) == code
    assert RegistrationTerms.objects.count() == 0


def test_end_of_signing_up_that_is_past_is_asked_about_once(session, organiser):
    details = TermsDetails(closes_at=NOON - HOUR)

    doubt = refusal(save_terms, session, details=details, by=organiser, at=NOON)
    save_terms(session, details=details, by=organiser, at=NOON, confirmed=True)
    save_terms(session, details=replace(details, place_limit=2), by=organiser, at=NOON)  # the end is as it was

    assert doubt == "closed_at_once"
    assert RegistrationTerms.objects.get().place_limit == 2


def test_both_ends_that_are_past_are_asked_about_at_once(session, organiser):
    details = TermsDetails(closes_at=NOON - HOUR, cancel_until=NOON - 2 * HOUR)

    with pytest.raises(Doubt) as caught:
        save_terms(session, details=details, by=organiser, at=NOON)

    assert [caught.value.code, *(line.code for line in caught.value.lines)] == ["closed_at_once", "kept_at_once"]


def test_ends_that_are_past_for_several_sessions_are_asked_about_once(session, organiser):
    """One sentence for each end, however many sessions they are."""
    for days in (1, 2):
        another(session, starts_at=session.starts_at + days * DAY, ends_at=None)
    details = TermsDetails(closes_at=NOON - 3 * DAY, cancel_until=NOON - DAY - HOUR)

    with pytest.raises(Doubt) as caught:
        save_terms(session, details=details, by=organiser, at=NOON, for_all=True)

    assert [(doubt.code, doubt.params["sessions"]) for doubt in (caught.value, *caught.value.lines)] == [
        ("closed_at_once", 3),
        ("kept_at_once", 2),
    ]


def test_new_terms_throw_nobody_out(session, organiser):
    sign_up(session, MemberFactory(birth_year=2000))

    save_terms(session, details=TermsDetails(min_age=60, region=RegionFactory()), by=organiser, at=NOON)

    assert counters(session) == (1, 0)


def test_how_seats_are_given_stays_once_somebody_signed_up(session, organiser):
    details = TermsDetails(allotment="lottery", closes_at=NOON + DAY)
    sign_up(session, MemberFactory())

    assert refusal(save_terms, session, details=details, by=organiser, at=NOON) == "lottery_begun"


def test_list_of_a_draw_that_is_closed_keeps_its_end(session, organiser):
    details = TermsDetails(allotment="lottery", closes_at=NOON + DAY)
    save_terms(session, details=details, by=organiser, at=NOON)
    for at in (NOON, NOON + DAY):
        keep_lotteries(at=at)

    later = TermsDetails(allotment="lottery", closes_at=NOON + DAY + HOUR)

    assert refusal(save_terms, session, details=later, by=organiser, at=NOON + DAY) == "lottery_closed"


def test_terms_of_a_draw_move_along_with_each_session(session, organiser):
    later = another(session, starts_at=session.starts_at + DAY, ends_at=session.ends_at + DAY)
    details = TermsDetails(allotment="lottery", closes_at=NOON + DAY, draw_at=NOON + DAY + HOUR)

    save_terms(session, details=details, by=organiser, at=NOON, for_all=True)

    assert RegistrationTerms.objects.get(session=later).draw_at == NOON + 2 * DAY + HOUR


def test_all_numbers_that_cannot_be_are_named_at_once():
    details = TermsDetails(min_age=80, max_age=10, offer_hours=200, place_limit=0)

    found = [(refusal.field, refusal.code) for refusal in obstacles_in_numbers(details)]

    assert found == [
        ("place_limit", "place_limit_out_of_range"),
        ("offer_hours", "offer_hours_out_of_range"),
        ("max_age", "ages_out_of_order"),
    ]


def test_people_outside_of_new_terms_are_counted_over_all_sessions_at_once(session, django_assert_num_queries):
    RegistrationTerms.objects.create(session=session, min_age=60)
    sessions = [session, another(session, seat_count=5), another(session, seat_count=5)]
    RegistrationTerms.objects.create(session=sessions[1], region=RegionFactory())
    for each in sessions:
        sign_up_by_hand(each, MemberFactory(birth_year=1990))

    with django_assert_num_queries(2):
        assert outside_terms(sessions, at=NOON) == 2


def sign_up_by_hand(session: Session, member: Resident) -> None:
    RegistrationFactory(session=session, resident=member, registered_by=member.user)
