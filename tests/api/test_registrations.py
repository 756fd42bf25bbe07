"""A resident's program signs the household up, looks where it stands, and leaves again."""

import datetime
from typing import Any

import pytest
from tests.api.conftest import Ask, give_token
from tests.factories import MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key

from qixue.core.clock import now
from qixue.core.models import AuditEntry, OutboxMessage
from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.people.models import ApiToken, Resident, Role, User
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db

SOON = datetime.timedelta(days=2)


def coming_session(**values: Any) -> Session:
    start = datetime.datetime.now(datetime.UTC) + SOON
    return OpenSessionFactory(starts_at=start, ends_at=start + datetime.timedelta(hours=2), **values)


@pytest.fixture
def session(db: None) -> Session:
    return coming_session(seat_count=2)


@pytest.fixture
def member(db: None) -> Resident:
    member = MemberFactory(user__email="li@example.cn", name="李阿姨")
    member.token = give_token(member.user, name="li")
    return member


def sign_up(ask: Ask, session: Session, token: str, body: Any = None, **headers: str) -> Any:
    return ask("POST", f"/sessions/{session.pk}/registrations", body or {}, token=token, **headers)


def fill(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(taken_count=2)


def test_household_names_those_of_whom_one_takes_care(member: Resident, ask: Ask) -> None:
    child = ResidentFactory(guardian=member, name="小明")

    answer = ask("GET", "/me", token=member.token)

    assert (answer.status_code, answer.json()["me"]["id"]) == (200, member.pk)
    assert [(person["id"], person["name"]) for person in answer.json()["dependents"]] == [(child.pk, "小明")]


def test_signing_up_gives_a_seat(session: Session, member: Resident, ask: Ask) -> None:
    party = str(key())

    answer = sign_up(ask, session, member.token, {"client_uuid": party})

    row = Registration.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "party": party,
            "session_id": session.pk,
            "registered_at": answer.json()["registered_at"],
            "state": "confirmed",
            "place": None,
            "people": [{"id": row.pk, "resident_id": member.pk, "place": None}],
        },
    )
    assert (row.source, AuditEntry.objects.get(action="registration.made").actor_id) == ("self", member.user_id)
    assert OutboxMessage.objects.get().recipient == "li@example.cn"


def test_signing_up_again_with_the_key_gives_the_first_answer(session: Session, member: Resident, ask: Ask) -> None:
    fill(session)
    party = {"Idempotency-Key": str(key())}
    first = sign_up(ask, session, member.token, **party)
    ask("POST", f"/me/registrations/{first.json()['party']}/cancellation", {}, token=member.token)

    again = sign_up(ask, session, member.token, **party)

    assert (first.json()["state"], first.json()["place"]) == ("waiting", 1)
    assert (again.status_code, again.content) == (201, first.content)
    assert Registration.objects.count() == 1


def test_cancellation_without_people_cancels_all_and_says_so(session: Session, member: Resident, ask: Ask) -> None:
    child = ResidentFactory(guardian=member)
    party = sign_up(ask, session, member.token, {"client_uuid": str(key()), "people": [member.pk, child.pk]}).json()[
        "party"
    ]

    answer = ask("POST", f"/me/registrations/{party}/cancellation", {}, token=member.token)

    described = ask("GET", "/openapi.json").json()["components"]["schemas"]["CancellationIn"]["description"]
    assert (answer.json()["state"], "without it all of the party are cancelled" in described) == ("cancelled", True)
    assert set(Registration.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("body", ["other people", "other session", "other person"])
def test_key_of_another_request_is_refused(body: str, session: Session, member: Resident, ask: Ask) -> None:
    party = {"Idempotency-Key": str(key())}
    child, stranger = ResidentFactory(guardian=member), MemberFactory()
    sign_up(ask, session, member.token, **party)

    answer = sign_up(
        ask,
        coming_session() if body == "other session" else session,
        give_token(stranger.user, name="other") if body == "other person" else member.token,
        {"people": [child.pk]} if body == "other people" else {},
        **party,
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert answer.json()["message"] == "这个请求标识已用于另一个请求，请换一个新的。"
    assert Registration.objects.count() == 1


def test_places_in_the_queue_follow_one_another(session: Session, member: Resident, ask: Ask) -> None:
    fill(session)
    child = ResidentFactory(guardian=member)
    others = [give_token(MemberFactory().user, name=f"other-{number}") for number in range(2)]

    answers = [
        sign_up(ask, session, others[0], {"client_uuid": str(key())}),
        sign_up(ask, session, member.token, {"client_uuid": str(key()), "people": [child.pk, member.pk]}),
        sign_up(ask, session, others[1], {"client_uuid": str(key())}),
    ]

    assert [[row["place"] for row in answer.json()["people"]] for answer in answers] == [[1], [2, 3], [4]]
    assert set(Registration.objects.values_list("source", flat=True)) == {"self", "family"}


def test_person_of_another_household_is_refused(session: Session, member: Resident, ask: Ask) -> None:
    stranger = ResidentFactory()

    answer = sign_up(ask, session, member.token, {"client_uuid": str(key()), "people": [stranger.pk]})

    assert (answer.status_code, answer.json()["code"]) == (422, "not_yours")


@pytest.mark.parametrize(
    ("terms", "people", "code"),
    [({"opens_at": SOON / 2}, 1, "registration_not_open"), ({"place_limit": 1}, 2, "too_many_places")],
)
def test_whoever_runs_the_session_keeps_to_its_terms_for_the_own_household(
    terms: Any, people: int, code: str, session: Session, member: Resident, ask: Ask
) -> None:
    RoleAssignmentFactory(user=member.user, organisation=session.activity.organisation, role=Role.ORGANISER)
    if "opens_at" in terms:
        terms = {"opens_at": now() + terms["opens_at"]}
    RegistrationTerms.objects.create(session=session, **terms)
    household = [member, ResidentFactory(guardian=member)][:people]

    body = {"client_uuid": str(key()), "people": [person.pk for person in household]}
    answer = sign_up(ask, session, member.token, body)

    assert (answer.json()["code"], Registration.objects.count()) == (code, 0)


def test_session_that_takes_nobody_says_why(member: Resident, ask: Ask) -> None:
    closed = coming_session()
    RegistrationTerms.objects.create(session=closed, closes_at=closed.starts_at - 2 * SOON)

    answer = sign_up(ask, closed, member.token, {"client_uuid": str(key())})

    assert (answer.status_code, answer.json()["code"]) == (409, "registration_closed")


def test_entry_for_a_draw_is_answered_as_such(session: Session, member: Resident, ask: Ask) -> None:
    terms = {"allotment": "lottery", "closes_at": session.starts_at}
    RegistrationTerms.objects.create(session=session, **terms)
    keep_lotteries(at=now())
    party = {"Idempotency-Key": str(key())}

    answers = [sign_up(ask, session, member.token, **party) for _twice in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(201, "entered")] * 2


def test_session_of_a_draft_is_missing(session: Session, member: Resident, ask: Ask) -> None:
    Activity.objects.update(state=Activity.State.DRAFT)

    answer = sign_up(ask, session, member.token, {"client_uuid": str(key())})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_registrations_say_where_the_household_stands(session: Session, member: Resident, ask: Ask) -> None:
    fill(session)
    sign_up(ask, session, member.token, {"client_uuid": str(key())})

    answer = ask("GET", "/me/registrations", token=member.token)

    assert answer.json()["count"] == 1
    [party] = answer.json()["items"]
    assert (party["state"], party["place"], [row["name"] for row in party["people"]]) == ("waiting", 1, ["李阿姨"])


def test_one_of_a_party_can_leave_it(session: Session, member: Resident, ask: Ask) -> None:
    child = ResidentFactory(guardian=member)
    made = sign_up(ask, session, member.token, {"client_uuid": str(key()), "people": [member.pk, child.pk]})

    address = f"/me/registrations/{made.json()['party']}/cancellation"
    answers = [ask("POST", address, {"people": [child.pk]}, token=member.token) for _twice in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [row["state"] for row in answers[1].json()["people"]] == ["confirmed", "cancelled"]


def test_somebody_who_is_not_in_the_party_cannot_leave_it(session: Session, member: Resident, ask: Ask) -> None:
    made = sign_up(ask, session, member.token, {"client_uuid": str(key())}).json()["party"]
    child = ResidentFactory(guardian=member)

    answer = ask("POST", f"/me/registrations/{made}/cancellation", {"people": [child.pk]}, token=member.token)

    assert (answer.status_code, answer.json()["code"]) == (422, "not_yours")
    assert Registration.objects.get().state == "confirmed"


def test_offered_seat_is_accepted(session: Session, member: Resident, ask: Ask) -> None:
    made = sign_up(ask, session, member.token, {"client_uuid": str(key())}).json()["party"]
    Registration.objects.update(state="offered", offered_until=session.starts_at)

    answers = [ask("POST", f"/me/registrations/{made}/acceptance", token=member.token) for _twice in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "confirmed")] * 2


@pytest.mark.parametrize("act", ["cancellation", "acceptance"])
def test_party_of_another_household_is_missing(act: str, session: Session, member: Resident, ask: Ask) -> None:
    made = sign_up(ask, session, member.token, {"client_uuid": str(key())}).json()["party"]
    token = give_token(MemberFactory().user, name="stranger")

    answer = ask("POST", f"/me/registrations/{made}/{act}", {}, token=token)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("people", [[], [0], [-1], [2**63], ["1"], [1.5], None, {}, [[1]], list(range(1, 12)), "1"])
def test_hostile_list_of_people_is_refused(people: Any, session: Session, member: Resident, ask: Ask) -> None:
    answer = sign_up(ask, session, member.token, {"client_uuid": str(key()), "people": people})

    assert answer.status_code == (201 if people is None else 422)


def test_token_is_refused_with_the_request_after_its_revocation(session: Session, member: Resident, ask: Ask) -> None:
    """A3. On the quick way, too, and nothing is kept of the person for a while."""
    first = sign_up(ask, session, member.token, {"client_uuid": str(key())})
    ApiToken.objects.update(revoked_at=now())

    again = [sign_up(ask, session, member.token, {"client_uuid": str(key())}), ask("GET", "/me", token=member.token)]

    assert (first.status_code, [answer.status_code for answer in again]) == (201, [401, 401])


def test_account_is_refused_with_the_request_after_it_was_closed(session: Session, member: Resident, ask: Ask) -> None:
    first = sign_up(ask, session, member.token, {"client_uuid": str(key())})
    User.objects.update(is_active=False)

    again = [sign_up(ask, session, member.token, {"client_uuid": str(key())}), ask("GET", "/me", token=member.token)]

    assert (first.status_code, [answer.status_code for answer in again]) == (201, [401, 401])


def test_session_called_off_leaves_nobody_a_seat_before_they_are_told(
    session: Session, member: Resident, ask: Ask
) -> None:
    sign_up(ask, session, member.token, {"client_uuid": str(key())})
    Session.objects.filter(pk=session.pk).update(state="cancelled")

    (party,) = ask("GET", "/me/registrations", token=member.token).json()["items"]

    assert (party["state"], [person["state"] for person in party["people"]]) == ("cancelled", ["cancelled"])
