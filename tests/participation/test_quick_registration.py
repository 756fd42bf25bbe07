"""The quick way of signing up: the same rows as the ordinary one, and nothing where it is not right."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, models
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegionFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.outages import full_sqlite
from tests.participation.ways import token_of

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.outages import Outage, outage_of
from qixue.core.statements import PLANNED_ONCE, answers_to
from qixue.participation.models import Question, Registration, RegistrationTerms
from qixue.participation.operations.quick_registration import (
    KEPT_TERMS,
    NO_SAY,
    Call,
    ask_of,
    known_of,
    look,
    other_terms,
    register_alone,
)
from qixue.participation.operations.registrations import register
from qixue.people.callers import asking_for, callers_in
from qixue.people.models import ApiToken, Notification, NotificationPreference, QuietHours, Resident, User
from qixue.programme.models import Activity, Programme, Session

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN = {"id", "session", "party", "subject_id", "key", "link", "details", "door_code"}  # differ between two of a kind


@pytest.fixture
def member(db: None) -> Resident:
    return MemberFactory(birth_year=1950, user__email="li@example.cn", user__mobile="13900000000")


def written(model: type[models.Model]) -> list[dict[str, Any]]:
    rows = model.objects.order_by("pk").values()  # type: ignore[attr-defined]
    names = {field.attname for field in model._meta.concrete_fields if field.name not in OWN}
    return [{name: without_keys(value) for name, value in row.items() if name in names} for row in rows]


def without_keys(value: Any) -> Any:
    """A text without the key of the party, which is in the address of its page."""
    return UUID.sub("", value) if isinstance(value, str) else value


@pytest.mark.parametrize("taken", [0, 2], ids=["seat", "queue"])
@pytest.mark.parametrize("channels", [(True, False), (False, True), (True, True), (False, False), None])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_ways_leave_the_same_rows(
    taken: int, channels: tuple[bool, bool] | None, language: str, member: Resident
) -> None:
    first = OpenSessionFactory(taken_count=taken, topic="识破骗局")
    second = OpenSessionFactory(
        taken_count=taken, topic="识破骗局", activity=first.activity, venue=first.venue, number=2
    )
    member.user.language = language
    member.user.save()
    if channels:
        wish = {"by_mail": channels[0], "by_sms": channels[1]}
        NotificationPreference.objects.create(user=member.user, topic="registrations", **wish)
        QuietHours.objects.create(user=member.user, begins=datetime.time(11), ends=datetime.time(14))

    [ordinary] = register(first, people=[member], party=key(), by=member.user, at=NOON)
    quick = register_alone(second.pk, party=key(), token=token_of(member.user), at=NOON)

    for model in (Registration, AuditEntry, Notification, OutboxMessage):
        rows = written(model)
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        assert sorted(map(str, halves[0])) == sorted(map(str, halves[1]))  # one message writes in any order
    first.refresh_from_db()
    second.refresh_from_db()
    counters = ("taken_count", "waiting_count", "last_waiting_number")
    assert [getattr(first, name) for name in counters] == [getattr(second, name) for name in counters]
    assert quick is not None
    assert (quick.state, quick.first_place, quick.pk) == (ordinary.state, ordinary.first_place, ordinary.pk + 1)
    assert AuditEntry.objects.last().details == {"party": str(quick.party), "places": 1}  # type: ignore[union-attr]


def terms(**values: Any) -> Callable[[Session, Resident], object]:
    return lambda session, member: RegistrationTerms.objects.create(session=session, **values)


def of_the_session(**values: Any) -> Callable[[Session, Resident], object]:
    return lambda session, member: Session.objects.filter(pk=session.pk).update(**values)


def of_the_person(**values: Any) -> Callable[[Session, Resident], object]:
    return lambda session, member: Resident.objects.filter(pk=member.pk).update(**values)


def of_the_token(**values: Any) -> Callable[[Session, Resident], object]:
    return lambda session, member: ApiToken.objects.filter(user=member.user).update(**values)


STEPS_ASIDE: dict[str, Callable[[Session, Resident], object]] = {
    "age": terms(min_age=18),
    "highest age": terms(max_age=90),
    "region": lambda session, member: terms(region=RegionFactory())(session, member),
    "missed sessions": terms(no_show_limit=1),
    "draw": terms(allotment="lottery", closes_at=NOON + HOUR),
    "question": lambda session, member: Question.objects.create(session=session, text="吃素吗？", position=1),
    "not open yet": terms(opens_at=NOON + HOUR),
    "closed": terms(closes_at=NOON),
    "started": of_the_session(starts_at=NOON),
    "cancelled": of_the_session(state=Session.State.CANCELLED),
    "no sign-up": of_the_session(seat_count=None),
    "draft": lambda session, member: Activity.objects.update(state=Activity.State.DRAFT),
    "programme in draft": lambda session, member: Programme.objects.update(state=Programme.State.DRAFT),
    "token revoked": of_the_token(revoked_at=NOON - HOUR),
    "token over": of_the_token(expires_at=NOON),
    "token unknown": of_the_token(digest="other"),
    "account closed": lambda session, member: User.objects.filter(pk=member.user_id).update(is_active=False),
    "child": of_the_person(birth_year=2015),
    "nobody": lambda session, member: Resident.objects.filter(pk=member.pk).update(user=None),
    "staff": lambda session, member: RoleAssignmentFactory(user=member.user),
    "there already": lambda session, member: register(
        session, people=[member], party=key(), by=member.user, at=NOON - HOUR
    ),
    "as many as one may": lambda session, member: (
        terms(place_limit=1)(session, member),
        register(session, people=[ResidentFactory(guardian=member)], party=key(), by=member.user, at=NOON - HOUR),
    ),
}


@pytest.mark.parametrize("case", STEPS_ASIDE)
def test_what_is_not_usual_goes_the_ordinary_way(case: str, member: Resident) -> None:
    session, token = OpenSessionFactory(), token_of(member.user)
    STEPS_ASIDE[case](session, member)
    before = list(Registration.objects.values()), list(Session.objects.values()), AuditEntry.objects.count()

    assert register_alone(session.pk, party=key(), token=token, at=NOON) is None

    after = list(Registration.objects.values()), list(Session.objects.values()), AuditEntry.objects.count()
    assert after == before


def test_session_that_is_not_there_goes_the_ordinary_way(member: Resident) -> None:
    assert register_alone(2**40, party=key(), token=token_of(member.user), at=NOON) is None


def test_key_that_was_used_goes_the_ordinary_way(member: Resident) -> None:
    session, other = OpenSessionFactory(), OpenSessionFactory()
    made = register_alone(session.pk, party=key(), token=token_of(member.user), at=NOON)

    assert made is not None
    assert register_alone(other.pk, party=made.party, token=token_of(member.user), at=NOON) is None
    assert Registration.objects.count() == 1


def test_whoever_asks_for_others_too_goes_the_ordinary_way(member: Resident) -> None:
    session, token = OpenSessionFactory(), token_of(member.user)
    child = ResidentFactory(guardian=member)

    for people in ([], [child.pk], [member.pk, child.pk]):
        assert register_alone(session.pk, party=key(), token=token, people=people, at=NOON) is None
    assert register_alone(session.pk, party=key(), token=token, people=[member.pk], at=NOON) is not None


def test_usual_terms_are_kept(member: Resident) -> None:
    session = OpenSessionFactory()
    terms(opens_at=NOON, closes_at=NOON + HOUR, place_limit=1, offer_hours=3)(session, member)

    assert register_alone(session.pk, party=key(), token=token_of(member.user), at=NOON) is not None


def test_every_term_is_kept_or_looked_at() -> None:
    asked = {field.name for field in other_terms()}

    assert {field.name for field in RegistrationTerms._meta.concrete_fields} == asked | set(KEPT_TERMS)
    assert [field.column for field in other_terms() if f"t.{field.column} " not in look()] == []


def test_whatever_else_hangs_on_a_session_is_looked_at() -> None:
    others = [each for each in Session._meta.related_objects if each.get_accessor_name() not in NO_SAY]

    assert [each for each in others if f"FROM {each.related_model._meta.db_table} " not in look()] == []


def test_who_is_known_is_found_by_key_person_and_account_also_where_nobody_has_signed_up(member: Resident) -> None:
    """Not by reading all rows, which the plan that PostgreSQL makes of an empty table would go on to do."""
    session, token = OpenSessionFactory(), ApiToken.digest_of(token_of(member.user))
    [rows] = answers_to(asking_for([token]))
    call = Call(key(), token, None, NOON)
    ask = ask_of(call, callers_in(rows)[token])
    assert ask is not None
    text, values = known_of(session, [ask])

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT {PLANNED_ONCE}")  # as in the line of the session
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN'} {text}", values)
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())

    # PostgreSQL may read the three indexes one by one or join what they say, and names the conditions again then.
    by_index = r"Index Cond: \((\w+) =" if connection.vendor == "postgresql" else r"USING INDEX \w+ \((\w+)="
    assert re.findall(by_index, plan) == ["party", "resident_id", "registered_by_id"]
    assert "Seq Scan" not in plan


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="fills the file of SQLite")
def test_full_disk_leaves_nothing_of_a_sign_up_and_the_same_again_is_taken() -> None:
    """Pages that are half empty take some; whom there is no room for is told so, and nothing of theirs is there."""
    session = OpenSessionFactory(seat_count=100)
    parties = {token_of(MemberFactory().user): key() for _number in range(60)}
    taken: list[str] = []
    outages: list[Outage | None] = []

    with full_sqlite():
        for token, party in parties.items():
            try:
                assert register_alone(session.pk, party=party, token=token, at=NOON)
                taken.append(token)
            except OperationalError as error:
                outages.append(outage_of(error))

    session.refresh_from_db()
    assert (session.taken_count, Registration.objects.count(), AuditEntry.objects.count()) == (len(taken),) * 3
    assert (len(outages), set(outages)) == (60 - len(taken), {Outage.DISK_FULL})
    for token, party in parties.items():
        assert register_alone(session.pk, party=party, token=token, at=NOON)
    assert Registration.objects.count() == 60
