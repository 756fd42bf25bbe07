"""A program of the staff answers for people to whom a seat is offered and who have no phone."""

import datetime

import pytest
from tests.api.conftest import Ask, give_token
from tests.api.test_registrations import coming_session
from tests.factories import MemberFactory, RegistrationFactory, ResidentFactory, RoleAssignmentFactory, key

from qixue.core.clock import now
from qixue.core.models import AuditEntry
from qixue.participation.models import Registration
from qixue.people.models import Role, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def session() -> Session:
    return coming_session(seat_count=2, taken_count=2)


@pytest.fixture
def cadre(session: Session) -> User:
    user: User = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    return user


@pytest.fixture
def token(cadre: User) -> str:
    return give_token(cadre, name="cadre")


@pytest.fixture
def offered(session: Session, cadre: User) -> Registration:
    """To a villager whom the cadre signed up; beside her somebody has a seat."""
    RegistrationFactory(session=session)
    values = {"resident": ResidentFactory(name="李桂芳"), "registered_by": cadre, "source": "cadre", "party": key()}
    row: Registration = RegistrationFactory(
        session=session, state="offered", offered_until=now() + 2 * HOUR, registered_at=now() - HOUR, **values
    )
    return row


def test_offers_are_those_that_wait_for_an_answer(
    session: Session, offered: Registration, token: str, ask: Ask
) -> None:
    answer = ask("GET", f"/sessions/{session.pk}/offers", token=token).json()

    (party,) = answer["items"]
    assert (answer["count"], party["party"], party["state"]) == (1, str(offered.party), "offered")
    assert [person["name"] for person in party["people"]] == ["李桂芳"]


def test_offer_is_accepted_for_somebody_and_it_says_by_whom(
    session: Session, offered: Registration, cadre: User, token: str, ask: Ask
) -> None:
    address = f"/sessions/{session.pk}/offers/{offered.party}/acceptance"

    answers = [ask("POST", address, token=token) for _twice in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "confirmed")] * 2
    entry = AuditEntry.objects.get(action="registration.offer_accepted")
    assert (entry.actor_id, entry.details["for_others"]) == (cadre.pk, True)


def test_offer_is_declined_for_somebody(session: Session, offered: Registration, token: str, ask: Ask) -> None:
    address = f"/sessions/{session.pk}/offers/{offered.party}/refusal"

    answers = [ask("POST", address, token=token) for _twice in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "cancelled")] * 2
    session.refresh_from_db()
    assert session.taken_count == 1


@pytest.mark.parametrize("act", ["acceptance", "refusal"])
def test_offer_that_is_over_is_refused(act: str, session: Session, offered: Registration, token: str, ask: Ask) -> None:
    values = {"acceptance": {"offered_until": now() - HOUR}, "refusal": {"state": "confirmed", "offered_until": None}}
    Registration.objects.filter(pk=offered.pk).update(**values[act])

    answer = ask("POST", f"/sessions/{session.pk}/offers/{offered.party}/{act}", token=token)

    assert (answer.status_code, answer.json()["code"]) == (409, "offer_over")


@pytest.mark.parametrize("act", ["acceptance", "refusal"])
def test_party_of_another_session_is_missing(act: str, offered: Registration, token: str, ask: Ask) -> None:
    other = coming_session(activity=offered.session.activity, seat_count=2)

    answer = ask("POST", f"/sessions/{other.pk}/offers/{offered.party}/{act}", token=token)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("act", ["acceptance", "refusal"])
def test_resident_answers_for_nobody_here(act: str, session: Session, offered: Registration, ask: Ask) -> None:
    stranger = give_token(MemberFactory().user, name="stranger")

    answer = ask("POST", f"/sessions/{session.pk}/offers/{offered.party}/{act}", token=stranger)

    assert (answer.status_code, Registration.objects.get(pk=offered.pk).state) == (404, "offered")
