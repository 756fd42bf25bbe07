"""A session that moves: its terms and offers keep within its time."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory
from tests.participation.signing_up import refusal, sign_up
from tests.participation.test_session_changes import change, details_of

from qixue.core.models import AuditEntry
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.registrations import cancel_registrations
from qixue.participation.operations.session_changes import change_session
from qixue.participation.operations.terms import TermsDetails, save_terms
from qixue.people.models import User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
EARLIER = {"starts_at": NOON + 5 * HOUR, "ends_at": NOON + 6 * HOUR}
BY_LOT = {"allotment": "lottery", "closes_at": NOON + 4 * HOUR}


@pytest.fixture
def session() -> Session:
    found: Session = OpenSessionFactory(seat_count=2)
    return found


def test_nobody_signs_up_for_or_leaves_a_session_that_is_over_after_it_moved_back(session, organiser):
    RegistrationTerms.objects.create(session=session, closes_at=session.ends_at, cancel_until=session.starts_at)
    (row,) = sign_up(session, MemberFactory())

    change(session, organiser, **EARLIER)

    terms = RegistrationTerms.objects.get(session=session)
    assert (terms.closes_at, terms.cancel_until) == (NOON + 6 * HOUR, NOON + 5 * HOUR)
    assert AuditEntry.objects.filter(action="registration.terms_set", actor_id=organiser.pk).count() == 1
    after = NOON + 7 * HOUR
    assert refusal(sign_up, session, MemberFactory(), at=after) == "registration_closed"
    give_up = {"keys": [row.pk], "by": row.registered_by, "at": after}
    assert refusal(cancel_registrations, session, **give_up) == "cancel_too_late"


def test_terms_that_fit_the_new_time_stay_as_they_are(session, organiser):
    kept = {"closes_at": NOON + 2 * HOUR, "cancel_until": NOON + 3 * HOUR}
    RegistrationTerms.objects.create(session=session, **kept)

    for times in (EARLIER, {"starts_at": NOON + 9 * DAY, "ends_at": NOON + 9 * DAY + HOUR}):
        change(session, organiser, **times)

    assert RegistrationTerms.objects.filter(session=session, **kept).exists()
    assert not AuditEntry.objects.filter(action="registration.terms_set").exists()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"opens_at": NOON + 5 * HOUR}, "opens_after_the_end"),
        ({"opens_at": NOON + 6 * HOUR, "closes_at": NOON + DAY}, "opens_after_the_end"),
        (BY_LOT | {"draw_at": NOON + 6 * HOUR}, "draw_after_the_start"),
        (BY_LOT | {"closes_at": NOON + 6 * HOUR}, "draw_after_the_start"),
    ],
)
def test_no_session_moves_before_its_draw_or_before_one_can_sign_up(session, organiser, terms, code):
    RegistrationTerms.objects.create(session=session, **terms)
    before = session.starts_at

    assert refusal(move_earlier, session, organiser) == code
    session.refresh_from_db()
    assert session.starts_at == before


def test_session_whose_seats_are_drawn_moves_freely(session, organiser):
    RegistrationTerms.objects.create(session=session, **BY_LOT, draw_at=NOON + 6 * HOUR)
    for hours in (0, 6):
        keep_lotteries(at=NOON + hours * HOUR)
    assert Lottery.objects.filter(session=session, drawn_at__isnull=False).exists()

    move_earlier(session, organiser)

    assert Session.objects.get(pk=session.pk).starts_at == EARLIER["starts_at"]


@pytest.mark.parametrize("moments", [{"draw_at": NOON + 3 * DAY}, {"closes_at": NOON + 2 * DAY + HOUR}])
def test_draw_comes_before_the_session(session, organiser, moments):
    details = TermsDetails(**BY_LOT | moments)

    assert refusal(save_terms, session, details=details, by=organiser, at=NOON) == "draw_after_the_start"


def test_offer_that_the_former_start_cut_short_gets_its_hours_when_the_session_moves_later(session, organiser):
    """Hours of the night do not count."""
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + 2 * HOUR)
    RegistrationTerms.objects.create(session=session, offer_hours=4)
    going, _staying, asked = (sign_up(session, MemberFactory())[0] for _number in range(3))
    cancel_registrations(session, keys=[going.pk], by=going.registered_by, at=NOON)
    before = Registration.objects.get(pk=asked.pk).offered_until

    change(session, organiser, starts_at=NOON + DAY, ends_at=NOON + DAY + HOUR)

    assert (before, Registration.objects.get(pk=asked.pk).offered_until) == (NOON + 2 * HOUR, NOON + 4 * HOUR)


def move_earlier(session: Session, organiser: User) -> None:
    details, version = details_of(session, **EARLIER), session.version
    change_session(session, details=details, version=version, by=organiser, at=NOON, confirmed=True)
