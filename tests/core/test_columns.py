"""Rows that the database joins to one value for each column."""

import uuid

import pytest

from qixue.core.columns import joined, key_bytes, keys, numbers, numbers_from, rows_as_they_are
from qixue.participation.models import CountedPerson

pytestmark = pytest.mark.django_db


def test_numbers_come_back_as_they_are() -> None:
    statement = "SELECT {numbers} FROM (SELECT 1 AS n UNION ALL SELECT -5 UNION ALL SELECT 9000000000) AS given"

    [[value]] = rows_as_they_are(statement.format(numbers=numbers("n")))

    assert sorted(numbers_from(value).tolist()) == [-5, 1, 9_000_000_000]


def test_no_rows_are_no_numbers() -> None:
    statement = "SELECT {numbers}, {keys} FROM participation_countedperson"

    [[value, tokens]] = rows_as_they_are(statement.format(numbers=numbers("id"), keys=keys("token")))

    assert numbers_from(value).tolist() == []
    assert tokens is None


def test_keys_lie_one_behind_the_other_and_none_is_left_out() -> None:
    people = CountedPerson.objects.bulk_create([CountedPerson(token=uuid.uuid4()) for _number in range(3)])
    statement = """SELECT {joined} FROM (SELECT id, (
        SELECT {keys} FROM (SELECT token UNION ALL SELECT NULL) AS pair) AS tokens
        FROM participation_countedperson ORDER BY id) AS by_person"""

    [[tokens]] = rows_as_they_are(statement.format(joined=joined("tokens"), keys=keys("token")))

    apart = [tokens[start : start + key_bytes()] for start in range(0, len(tokens), key_bytes())]
    assert [as_uuid(token) for token in apart] == [person.token for person in people]


def as_uuid(token: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=token) if len(token) == 16 else uuid.UUID(token.decode())
