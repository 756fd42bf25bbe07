"""A public number goes into a draw: named with the promise, entered once, and nothing is drawn before."""

import datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.checkup import Level
from qixue.core.models import AuditEntry
from qixue.participation.checkup import check_promised_draws
from qixue.participation.lottery import commitment_of, faults
from qixue.participation.models import Lottery, RegistrationTerms
from qixue.participation.operations.lotteries import enter_public_value, keep_lotteries
from qixue.participation.operations.terms import TermsDetails, save_terms
from qixue.participation.queries.lotteries import awaited_number, published_lottery
from qixue.people.models import Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
CLOSES_AT, KNOWN_AT = NOON + 6 * HOUR, NOON + 36 * HOUR
NUMBER, VALUE, SOURCE = "上证指数2026年11月5日收盘点位", "3259.41", "https://www.sse.com.cn"


@pytest.fixture
def session() -> Session:
    """By lot, three seats; the promise is made and names no public number."""
    session = OpenSessionFactory(seat_count=3)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=CLOSES_AT)
    keep_lotteries(at=NOON - HOUR)
    return session


@pytest.fixture
def with_number(session: Session, organiser: User) -> Session:
    """The same session, before anybody has entered: a public number goes into the draw."""
    details = TermsDetails(allotment="lottery", closes_at=CLOSES_AT, public_number=NUMBER)
    save_terms(session, details=details, by=organiser, at=NOON - HOUR)
    keep_lotteries(at=NOON - HOUR)
    return session


def enter_value(session: Session, by: User, value: str = VALUE) -> Lottery:
    return enter_public_value(session, value=value, source=SOURCE, by=by, at=KNOWN_AT)


def test_promise_names_the_public_number_and_is_made_anew_for_it(with_number):
    lottery = Lottery.objects.get()

    assert (lottery.public_number, lottery.sealed_seed) == (NUMBER, "")
    assert lottery.commitment == commitment_of(bytes.fromhex(lottery.open_seed), NUMBER)
    assert published_lottery(lottery)["seed"] == ""


def test_draw_waits_for_its_public_number_and_is_verifiable_with_it(with_number, organiser):
    member = MemberFactory()
    sign_up(with_number, member, ResidentFactory(guardian=member))
    sign_up(with_number, MemberFactory())
    steps = [keep_lotteries(at=CLOSES_AT + HOUR) for _time in range(2)]
    assert (steps, awaited_number(with_number), counters(with_number)) == ([1, 0], NUMBER, (0, 0))

    enter_value(with_number, organiser)
    keep_lotteries(at=CLOSES_AT + HOUR)

    document = published_lottery(Lottery.objects.get())
    assert (document["format"], document["public_value"], document["public_source"]) == (
        "qixue-lottery-2",
        VALUE,
        SOURCE,
    )
    assert faults(document) == []
    assert counters(with_number) == (3, 0)


def test_draw_with_a_public_number_outlives_the_secret_key(with_number, organiser, settings):
    sign_up(with_number, MemberFactory())
    keep_lotteries(at=CLOSES_AT)
    enter_value(with_number, organiser)
    settings.SECRET_KEY = "another-key-of-an-installation-that-was-moved"

    keep_lotteries(at=CLOSES_AT)

    assert counters(with_number) == (1, 0)


def test_public_value_is_entered_once_and_stays(with_number, organiser):
    keep_lotteries(at=CLOSES_AT)

    first, again = enter_value(with_number, organiser), enter_value(with_number, organiser)

    assert (first, refusal(enter_value, with_number, organiser, "3259.42")) == (again, "value_stands")
    assert AuditEntry.objects.filter(action="lottery.public_value_entered").count() == 1


def test_spelling_of_the_public_value_does_not_change_the_draw(with_number, organiser):
    keep_lotteries(at=CLOSES_AT)

    typed = [
        enter_value(with_number, organiser, value).public_value for value in ("３２５９．４１", "03259.410", VALUE)
    ]

    assert typed == [VALUE] * 3
    assert AuditEntry.objects.get(action="lottery.public_value_entered").details["value"] == VALUE


@pytest.mark.parametrize("hours", [0, 29])
def test_public_value_is_doubted_until_the_day_that_is_named_is_over(with_number, organiser, hours):
    """The list closes at 18:00 on the day before it."""
    keep_lotteries(at=CLOSES_AT)
    entered = partial(
        enter_public_value, with_number, value=VALUE, source=SOURCE, by=organiser, at=CLOSES_AT + hours * HOUR
    )

    assert (refusal(entered), Lottery.objects.get().public_value) == ("value_too_early", "")
    assert entered(confirmed=True).public_value == VALUE


def test_public_value_that_is_no_plain_number_is_refused(with_number, organiser):
    keep_lotteries(at=CLOSES_AT)

    assert refusal(enter_value, with_number, organiser, "3,259.41") == "value_unclear"
    assert Lottery.objects.get().public_value == ""


def test_public_value_is_refused_before_the_list_is_closed(with_number, organiser):
    assert refusal(enter_value, with_number, organiser) == "lottery_open"


def test_public_value_is_refused_from_somebody_of_another_office(with_number):
    keep_lotteries(at=CLOSES_AT)
    stranger = RoleAssignmentFactory(role=Role.ORGANISER).user

    assert refusal(enter_value, with_number, stranger) == "not_in_charge"


def test_public_value_is_refused_where_none_was_named(session, organiser):
    keep_lotteries(at=CLOSES_AT)

    assert refusal(enter_value, session, organiser) == "no_public_number"


def test_public_number_stays_once_somebody_has_entered(with_number, organiser):
    sign_up(with_number, MemberFactory())
    details = TermsDetails(allotment="lottery", closes_at=CLOSES_AT, public_number="别的数字")

    assert refusal(save_terms, with_number, details=details, by=organiser, at=NOON) == "lottery_begun"


def test_list_closes_no_later_once_somebody_has_entered(with_number, organiser):
    sign_up(with_number, MemberFactory())
    later, earlier = (
        TermsDetails(allotment="lottery", closes_at=CLOSES_AT + moved, public_number=NUMBER) for moved in (HOUR, -HOUR)
    )

    assert refusal(save_terms, with_number, details=later, by=organiser, at=NOON) == "lottery_begun"
    save_terms(with_number, details=earlier, by=organiser, at=NOON)

    assert RegistrationTerms.objects.get().closes_at == CLOSES_AT - HOUR


def test_list_into_which_nobody_has_entered_may_close_later(with_number, organiser):
    details = TermsDetails(allotment="lottery", closes_at=CLOSES_AT + HOUR, public_number=NUMBER)

    save_terms(with_number, details=details, by=organiser, at=NOON)

    assert RegistrationTerms.objects.get().closes_at == CLOSES_AT + HOUR


def test_list_without_a_public_number_may_close_later(session, organiser):
    sign_up(session, MemberFactory())
    details = TermsDetails(allotment="lottery", closes_at=CLOSES_AT + HOUR)

    save_terms(session, details=details, by=organiser, at=NOON)

    assert RegistrationTerms.objects.get().closes_at == CLOSES_AT + HOUR


def test_public_number_is_for_one_session(session, organiser):
    """A later session of the course closes later, when the number of the first one is known."""
    another(session, starts_at=session.starts_at + 24 * HOUR, ends_at=session.ends_at + 24 * HOUR)
    details = TermsDetails(allotment="lottery", closes_at=CLOSES_AT, public_number=NUMBER)

    assert refusal(save_terms, session, details=details, by=organiser, at=NOON - HOUR, for_all=True) == "number_for_one"
    assert not RegistrationTerms.objects.exclude(public_number="").exists()


def test_public_number_is_refused_where_seats_go_to_whoever_is_first(organiser, session):
    other = OpenSessionFactory(activity=session.activity)
    details = TermsDetails(public_number=NUMBER)

    assert refusal(save_terms, other, details=details, by=organiser, at=NOON) == "no_draw_here"


def test_database_refuses_a_draw_before_its_public_value(with_number):
    keep_lotteries(at=CLOSES_AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Lottery.objects.update(drawn_at=CLOSES_AT, seed="0" * 64, seat_count=3)


def test_doctor_names_a_promise_that_is_lost(session, settings):
    before = check_promised_draws("127.0.0.1").level
    settings.SECRET_KEY = "another-key-of-an-installation-that-was-moved"

    finding = check_promised_draws("127.0.0.1")

    assert (before, finding.level, str(session.pk) in finding.text) == (Level.OK, Level.FATAL, True)
