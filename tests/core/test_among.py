"""The lookup for hundreds of values: finds what `in` finds, by one text for any number of them."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from tests.factories import RegistrationFactory, key

from qixue.participation.models import Registration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("pk", [0]),
        ("party", [key()]),
        ("door_code", ['"', "\\", "{}", "%s", ""]),
        ("resident__pk", [2**62]),
        ("waiting_number", [7]),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_among_finds_what_in_finds(name: str, others: list[Any], count: int) -> None:
    rows: list[Model] = RegistrationFactory.create_batch(3)
    values = [
        *Registration.objects.filter(pk__in=[row.pk for row in rows[:count]]).values_list(name, flat=True),
        *others,
    ]
    values = [value for value in values if value is not None]

    found = Registration.objects.filter(**{f"{name}__among": values})

    assert set(found) == set(Registration.objects.filter(**{f"{name}__in": values}))
    assert name == "waiting_number" or set(found) >= set(rows[:count])


def test_text_is_the_same_for_any_number_of_values() -> None:
    texts = set()
    for count in (0, 1, 30):
        with CaptureQueriesContext(connection) as queries:
            list(Registration.objects.filter(pk__among=range(count)))
        texts.add(queries.captured_queries[0]["sql"].partition("{" if connection.vendor == "postgresql" else "[")[0])

    assert len(texts) == 1
