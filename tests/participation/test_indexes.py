"""A key that few rows have is in an index of those rows only, and is found by it; so are codes that are in use."""

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import OpenSessionFactory, RegistrationFactory

from qixue.participation.models import LedgerEntry, Registration, Scan
from qixue.participation.queries.door import shown_by_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "key", "index"),
    [
        (LedgerEntry, "evidence_id", "ledger_with_evidence"),
        (Scan, "evidence_id", "scan_with_evidence"),
        (Scan, "decided_by_id", "scan_decided_by"),
        (Registration, "excused_by_id", "registration_excused_by"),
    ],
)
def test_key_that_is_seldom_there_is_found_by_its_index(model: type[models.Model], key: str, index: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table of a few rows is read from end to end
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = model._default_manager.filter(**{key: 1}).explain()

    assert f"{index} " in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what is in the tables, here nothing")
def test_whoever_is_expected_is_found_by_their_code_and_not_among_all_of_the_session() -> None:
    row = RegistrationFactory(session=OpenSessionFactory())
    with CaptureQueriesContext(connection) as asked:
        found = shown_by_code([row.session_id], {(row.session_id, row.door_code)})
    [statement] = [query["sql"] for query in asked.captured_queries]
    with connection.cursor() as cursor:
        plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())

    assert [shown.pk for shown in found.values()] == [row.pk]
    assert "door_codes_are_unique " in plan
