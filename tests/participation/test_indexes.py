"""A key that few rows have is in an index of those rows only, and is found by it."""

import pytest
from django.db import connection, models, transaction

from qixue.participation.models import LedgerEntry, Registration, Scan

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
