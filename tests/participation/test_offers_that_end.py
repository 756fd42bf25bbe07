"""An offer that nobody answered in time: what people are told is true, whoever else waits and whatever is closed."""

import datetime
from collections.abc import Callable

import pytest
from django.utils.translation import override
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory
from tests.participation.signing_up import sign_up

from qixue.core.refusal import Refused
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.offers import accept_offer
from qixue.participation.operations.registrations import cancel_registrations, keep_queues
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import Notification
from qixue.people.notices import short_of, text_of
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
LATE = NOON + 2 * HOUR
NEXT, OVER = "名额已给下一位", "名额的确认时间已过"
AGAIN, CLOSED = "这一场的确认时间已过，可以重新报名。", "这一场的确认时间已过，报名也已截止。"


def offered(session: Session) -> Registration:
    """A seat of a session with one is offered until LATE, or until its start."""
    first, second = (sign_up(session, MemberFactory())[0] for _number in range(2))
    cancel_registrations(session, keys=[first.pk], by=first.registered_by, at=NOON)
    second.refresh_from_db()
    return second


@pytest.mark.parametrize(
    ("times", "has_next", "title", "text"),
    [
        ({}, True, NEXT, AGAIN),
        ({}, False, OVER, AGAIN),
        ({"closes_at": NOON + HOUR}, True, NEXT, CLOSED),
        ({"closes_at": NOON + HOUR}, False, OVER, CLOSED),
        ({"starts_at": LATE}, True, OVER, CLOSED),
        ({"starts_at": LATE}, False, OVER, CLOSED),
    ],
)
def test_whoever_answered_too_late_is_told_what_is_so(
    times: dict[str, datetime.datetime], has_next: bool, title: str, text: str
) -> None:
    session = OpenSessionFactory(seat_count=1, starts_at=times.get("starts_at", NOON + 48 * HOUR))
    RegistrationTerms.objects.create(session=session, offer_hours=2, closes_at=times.get("closes_at"))
    row = offered(session)
    if has_next:
        sign_up(session, MemberFactory())

    keep_queues(at=LATE)

    notice = Notification.objects.get(user=row.registered_by, kind__startswith="registration_offer_")
    with override("zh-hans"):
        sms, said = short_of(notice.kind, notice.params), text_of(notice.kind, notice.params)
    assert (sms.split("：")[0], said.split("）")[-1]) == (title, text)


@pytest.mark.parametrize(("waiting", "title"), [(1, OVER), (2, NEXT), (3, NEXT)])
def test_of_two_seats_it_is_said_that_they_went_to_the_next_only_where_both_did(waiting: int, title: str) -> None:
    session = OpenSessionFactory(seat_count=2)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(4 + waiting)]
    for row in rows[:2]:
        cancel_registrations(session, keys=[row.pk], by=row.registered_by, at=NOON)

    keep_queues(at=LATE)

    asked = [row.registered_by for row in rows[2:4]]
    notices = Notification.objects.filter(user__in=asked, kind__startswith="registration_offer_")
    with override("zh-hans"):
        said = [short_of(notice.kind, notice.params).split("：")[0] for notice in notices]
    assert said == [title, title]


def accept(row: Registration) -> None:
    accept_offer(row.session, party=row.party, by=row.registered_by, at=LATE)


def hand_over(row: Registration) -> None:
    hand_over_place(row, to=ResidentFactory(guardian=row.resident), by=row.registered_by, at=LATE)


@pytest.mark.parametrize("act", [accept, hand_over])
def test_refusal_of_an_answer_that_is_late_says_nothing_of_others(act: Callable[[Registration], None]) -> None:
    session = OpenSessionFactory(seat_count=1)
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    row = offered(session)

    with pytest.raises(Refused) as refused:
        act(row)

    with override("zh-hans"):
        assert refused.value.sentence == "确认时间已过，名额不再保留。"
