"""The same seed and day give the same records and the same demo.json; every seed gives a city."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from pytest_django import DjangoDbBlocker
from tests.demo.conftest import AT, EDITION
from tests.shared import rolled_back

from qixue.core.models import Change
from qixue.demo.city.activities import Ground, create_activities
from qixue.demo.city.documents import create_frame
from qixue.demo.city.organisations import create_organisations, create_venues
from qixue.demo.city.week import Week
from qixue.demo.load import Edition, description, load
from qixue.places.models import Region
from qixue.places.operations import load_regions
from qixue.programme.models import ListingEdition
from qixue.report.models import SealedFile

pytestmark = pytest.mark.long(35)

BASE_URL = "http://127.0.0.1:8000"

UNFORESEEN = {
    *("password", "salt", "sealed_seed"),
    *("kid", "public_key", "private_key", "made_at"),  # of a signing key
    "signature",
    *("serial", "learner_no", "status_index", "credential"),  # of certificates
}
HIDDEN_OF: dict[type[Model], set[str]] = {Change: {"size"}, ListingEdition: {"key"}, SealedFile: {"content", "digest"}}


def every_row(edition: Edition) -> dict[str, list[dict[str, Any]]]:
    """All tables without what nobody may foretell, and without Django's own lists."""
    rows = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in {"auth", "contenttypes"}:
            table = model.objects.order_by("pk").values()
            hidden = UNFORESEEN | HIDDEN_OF.get(model, set())
            rows[model._meta.label] = [{name: row[name] for name in row if name not in hidden} for row in table]
    rows["demo.json"] = [description(edition, base_url=BASE_URL)]
    return rows


def loaded(edition: Edition) -> dict[str, list[dict[str, Any]]]:
    with rolled_back():
        load(edition, at=AT)
        return every_row(edition)


@pytest.fixture(scope="module")
def first(
    django_db_setup: None, shared_files: Path, django_db_blocker: DjangoDbBlocker
) -> dict[str, list[dict[str, Any]]]:
    """What both comparisons begin with."""
    with django_db_blocker.unblock():
        return loaded(EDITION)


@pytest.mark.one_database  # the seed decides, and tests/demo/loaded loads the demo on both
@pytest.mark.django_db(transaction=True)
def test_load_twice_gives_the_same_records(first):
    second = loaded(EDITION)

    assert [label for label in first if first[label] != second[label]] == []


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_load_with_another_seed_gives_other_people(first):
    second = loaded(Edition(EDITION.seed + 1, EDITION.today))

    assert first["people.Resident"] != second["people.Resident"]
    assert first["participation.LedgerEntry"] != second["participation.LedgerEntry"]
    assert first["demo.json"][0]["personas"][0]["api_token"] != second["demo.json"][0]["personas"][0]["api_token"]


@pytest.mark.one_database
@pytest.mark.django_db
def test_timetable_fits_into_the_week_for_any_seed():
    load_regions(at=AT)
    week = Week(EDITION.today)
    organisations, venues = create_organisations(), create_venues()
    frame = create_frame(week, Region.objects.get(code="441800"), organisations, seed=0)

    for seed in range(25):
        with transaction.atomic():
            ground = Ground(seed, week, frame.programme, organisations, venues, frame.brands, frame.series)
            planned = create_activities(ground)
            transaction.set_rollback(True)

        assert {row.session.starts_at.date() for row in planned} <= {week.moment(day, 9).date() for day in range(1, 8)}
