"""Until when an offered seat is kept: hours by day count, those from 21:00 to 8:00 do not."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory
from tests.participation.signing_up import sign_up

from qixue.core.clock import SHANGHAI
from qixue.core.models import OutboxMessage
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.offers import end_of_offer
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.people.models import Notification, NotificationPreference, Resident
from qixue.people.notices import text_of
from qixue.people.operations.notifications import choose_sms
from qixue.programme.models import Session

State = Registration.State
TOPIC = NotificationPreference.Topic.REGISTRATIONS


def on(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "hours", "end"),
    [
        (on(4, 12), 6, on(4, 18)),
        (on(4, 15), 6, on(4, 21)),
        (on(4, 15, 30), 6, on(5, 8, 30)),
        (on(4, 19), 3, on(5, 9)),
        (on(4, 21), 3, on(5, 11)),
        (on(4, 23, 40), 3, on(5, 11)),
        (on(5, 3), 3, on(5, 11)),
        (on(4, 12), 72, on(9, 19)),
    ],
)
def test_offer_never_runs_out_in_the_night(at, hours, end):
    assert end_of_offer(at, hours, None) == end


@pytest.mark.parametrize("start", [on(5, 7), on(5, 8, 30)])
def test_offer_ends_when_the_session_starts_at_the_latest(start):
    assert end_of_offer(on(4, 20), 6, start) == start


def reachable(session: Session) -> Resident:
    """Somebody on the waiting list who wants SMS."""
    member: Resident = MemberFactory(user__mobile="13900000000")
    choose_sms(member.user, TOPIC, is_wanted=True, at=NOON)
    sign_up(session, member)
    return member


@pytest.fixture
def session() -> Session:
    found: Session = OpenSessionFactory(seat_count=1, starts_at=NOON + datetime.timedelta(days=3), ends_at=None)
    RegistrationTerms.objects.create(session=found, offer_hours=6)
    return found


@pytest.mark.django_db
def test_seat_that_becomes_free_in_the_evening_is_kept_until_the_next_day(session):
    first = sign_up(session, MemberFactory())[0]
    second, third = (sign_up(session, MemberFactory())[0] for _number in range(2))

    cancel_registrations(session, keys=[first.pk], by=first.registered_by, at=on(4, 22))
    moved = [keep_queues(at=at) for at in (on(5, 7, 59), on(5, 13, 59), on(5, 14))]

    second.refresh_from_db()
    third.refresh_from_db()
    assert (moved, second.state, third.state) == ([0, 0, 1], State.CANCELLED, State.OFFERED)


@pytest.mark.django_db
def test_text_message_of_an_offer_says_until_when_and_how(session, settings):
    settings.QIXUE = {**settings.QIXUE, "BASE_URL": "http://testserver", "SITE_NAME": "齐学"}
    first = sign_up(session, MemberFactory())[0]
    member = reachable(session)

    cancel_registrations(session, keys=[first.pk], by=first.registered_by, at=on(4, 22))

    party = Registration.objects.get(resident=member).party
    assert OutboxMessage.objects.get(channel="sms", key__startswith="registration_offered").body == (
        "【齐学】有名额留给您：稻田养鱼，11月7日（周六）12:00，地点待定。请在11月5日（周四）14:00前点开确认参加，"
        "过时不再保留 "
        f"http://testserver/me/registrations/{party}/"
    )


@pytest.mark.django_db
def test_whoever_waits_is_told_that_a_seat_must_be_accepted_and_in_which_time(session):
    sign_up(session, MemberFactory())
    member = MemberFactory(name="李嘉明")

    sign_up(session, member)

    notice = Notification.objects.get(user=member.user)
    assert text_of(notice.kind, notice.params) == (
        "李嘉明：11月7日（周六）的场次已满。有空位轮到您时会发消息给您，请在6小时内确认（夜间不计时，最迟到开始时），否则名额给下一位。"
    )
