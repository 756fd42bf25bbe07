"""Hand-written statements, and connections of PostgreSQL whose server went away."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import RegistrationFactory, UserFactory

from qixue.core.inserts import prepared
from qixue.core.models import AuditEntry
from qixue.core.statements import among, answers_to, given, listed
from qixue.participation.models import Registration
from qixue.people.models import User

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 11, 5, 4, 0, 0, 123456, tzinfo=datetime.UTC)


def test_each_statement_is_answered_in_its_order() -> None:
    user, other = UserFactory(display_name="李"), UserFactory(display_name="王")

    answers = answers_to(
        ("SELECT display_name FROM people_user WHERE id = %s", [user.pk]),
        ("UPDATE people_user SET display_name = %(name)s WHERE id = %(pk)s", {"name": "100% 张", "pk": other.pk}),
        ("SELECT display_name FROM people_user WHERE id IN (%s, %s) ORDER BY id", [user.pk, other.pk]),
    )

    assert answers == [[("李",)], [], [("李",), ("100% 张",)]]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_statement_has_one_text_for_any_number_of_values(count: int) -> None:
    users = [UserFactory() for _number in range(4)][:count]

    text = f"SELECT id FROM people_user WHERE {among('id', 'bigint')} ORDER BY id"  # noqa: S608 - a name of ours
    [rows] = answers_to((text, [listed(user.pk for user in users)]))

    assert rows == [(user.pk,) for user in users]


def test_uuids_are_values_of_a_list() -> None:
    [mine, other] = [RegistrationFactory() for _number in range(2)]
    party = Registration._meta.get_field("party").get_db_prep_value(mine.party, connection)

    text = f"SELECT id FROM participation_registration WHERE {among('party', 'uuid')}"  # noqa: S608 - a name of ours
    [rows] = answers_to((text, [listed([party])]))

    assert rows == [(mine.pk,)] != [(other.pk,)]


@pytest.mark.parametrize("count", [1, 3])
def test_rows_that_are_given_are_a_table_of_their_types(count: int) -> None:
    """And the text of the statement is the same for each number of them."""
    columns = {"n": "bigint", "missing": "bigint", "word": "varchar", "at": "timestamptz"}
    rows = [(n, None, f'% {n}, \\ "王"', prepared(AuditEntry, "at", NOON)) for n in range(count)]
    table, values = given(columns, rows)

    [answer] = answers_to((f"SELECT n + 1, missing, word, at FROM {table} ORDER BY n", values))  # noqa: S608 - of our own

    assert answer == [(n + 1, *rest) for n, *rest in rows]
    assert table == given(columns, rows[:1])[0]


def test_statement_that_fails_raises_what_django_raises() -> None:
    user = UserFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        answers_to(
            ("SELECT 1", []),
            ("UPDATE people_user SET username = %s WHERE id = %s", [UserFactory().username, user.pk]),
        )


def test_statements_are_counted(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        answers_to(("SELECT 1", []), ("SELECT 2", []))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
@pytest.mark.django_db(transaction=True)
def test_connection_that_the_server_closed_is_opened_anew() -> None:
    User.objects.exists()
    assert connection.is_usable()
    ended = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    other.close()

    assert not connection.is_usable()
    connection.close()
    assert not User.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_connection_that_rested_is_asked_also_where_nothing_lies_in_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is lost without a word: the connection answers nothing, and its socket tells nothing."""
    User.objects.exists()
    assert connection.is_usable()
    monkeypatch.setattr(connection.connection, "cursor", lost)

    assert connection.is_usable()
    monkeypatch.setattr(connection, "looked_at", float("-inf"))
    assert not connection.is_usable()


def lost(*_arguments: Any, **_options: Any) -> None:
    raise connection.Database.OperationalError
