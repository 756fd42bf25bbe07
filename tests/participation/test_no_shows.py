"""Seats that stayed empty: what counts as missed, whom it holds back, who is excused."""

import datetime

import pytest
from tests.factories import (
    NOON,
    MemberFactory,
    key,
)
from tests.participation.signing_up import another, refusal, sign_up

from qixue.core.clock_words import day_clock
from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.models import (
    LedgerEntry,
    Registration,
    RegistrationTerms,
)
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.participation.operations.organiser import excuse
from qixue.participation.operations.registrations import register
from qixue.participation.queries.no_shows import missed_counts
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


def held(session: Session, *, came: Resident) -> Session:
    """A session of the same activity that is over, with the rule, counted by name: one person came."""
    past = another(session, seat_count=9, starts_at=NOON - 3 * DAY, ends_at=NOON - 3 * DAY + HOUR)
    RegistrationTerms.objects.create(session=past, no_show_limit=1)
    person = came.participants.get_or_create(programme=session.activity.programme)[0]
    draft = EntryDraft(
        kind=LedgerEntry.Kind.ATTENDANCE,
        activity=past.activity,
        session=past,
        person_token=person.token,
        count=1,
        source=LedgerEntry.Source.DOOR,
        occurred_at=past.starts_at,
        actor=None,
        recorded_at=NOON,
        client_uuid=key(),
    )
    append_entries(session.activity.organisation, [draft])
    return past


@pytest.fixture
def missed_one(session: Session) -> tuple[Resident, Registration]:
    member, other = MemberFactory(name="王芳"), MemberFactory()
    past = held(session, came=other)
    before = past.starts_at - DAY
    row = register(past, people=[member], party=key(), by=member.user, at=before)[0]
    register(past, people=[other], party=key(), by=other.user, at=before)
    assert missed_counts(session, [member, other], at=NOON) == {member.pk: 1}
    return member, row


def test_whoever_missed_sessions_waits_until_the_last_hours(session, missed_one):
    member, _row = missed_one
    RegistrationTerms.objects.create(session=session, no_show_limit=1)

    with pytest.raises(Refused, match="王芳") as refused:
        sign_up(session, member)

    assert refused.value.code == "missed_too_often"
    assert day_clock(session.starts_at - 24 * HOUR) in refused.value.sentence
    assert sign_up(session, member, at=session.starts_at - 24 * HOUR)[0].state == State.CONFIRMED


def test_without_the_rule_nothing_is_held_against_anybody(session, missed_one):
    member, _row = missed_one

    assert sign_up(session, member)[0].state == State.CONFIRMED


def test_excused_is_not_missed(session, organiser, missed_one):
    member, row = missed_one
    RegistrationTerms.objects.create(session=session, no_show_limit=1)

    for _try in range(2):
        excuse(row, by=organiser, at=NOON)

    assert sign_up(session, member)[0].state == State.CONFIRMED
    assert AuditEntry.objects.filter(action="registration.excused").count() == 1


def test_a_session_without_the_rule_or_without_names_does_not_count(session, missed_one):
    member, row = missed_one
    RegistrationTerms.objects.filter(session=row.session).update(no_show_limit=None)

    assert missed_counts(session, [member], at=NOON) == {}


def test_only_a_session_counted_by_name_can_be_excused(session, organiser):
    row = sign_up(session, MemberFactory())[0]

    assert refusal(excuse, row, by=organiser, at=NOON) == "not_counted_by_name"
