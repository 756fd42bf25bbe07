"""Whatever moves a session takes it out of its cell, and a migration loses none of that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from tests.cell_scenes import assert_recount
from tests.counted import check_in
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    VenueFactory,
    key,
)

from qixue.cli.database import migrate
from qixue.core.checkup import Level
from qixue.core.figures import Scope
from qixue.participation import cell_triggers
from qixue.participation.checkup import check_cell_triggers
from qixue.participation.models import Cell, Tally
from qixue.participation.operations.cells import keep_cells
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.places.models import Venue
from qixue.programme.models import Activity, Programme, Series, Session

pytestmark = pytest.mark.django_db

ONE_MIGRATION = ["a migration"]
MOVES: dict[str, Callable[[], Any]] = {
    "programme_activity.programme_id": ProgrammeFactory,
    "programme_activity.organisation_id": OrganisationFactory,
    "programme_activity.brand_id": BrandFactory,
    "programme_activity.series_id": lambda: Series.objects.create(
        brand=BrandFactory(), code="S1", position=1, name="悦读小组"
    ),
    "programme_activity.region_id": lambda: RegionFactory(code="441802"),
    "programme_activity.kind": lambda: Activity.Kind.EXHIBITION,
    "programme_activity.state": lambda: Activity.State.DRAFT,
    "programme_session.activity_id": ActivityFactory,
    "programme_session.venue_id": lambda: VenueFactory(region=RegionFactory(code="441802")),
    "places_venue.region_id": lambda: RegionFactory(code="441802"),
}
MODELS = {model._meta.db_table: model for model in (Activity, Session, Venue)}


@pytest.fixture
def merged() -> Session:
    """Somebody was there, and the worker has merged it."""
    session = SessionFactory(venue=VenueFactory(region=RegionFactory(code="441801")))
    check_in(session, key())
    keep_cells()
    return session


def move(session: Session, column: str) -> None:
    table, name = column.split(".")
    MODELS[table].objects.update(**{name.removesuffix("_id"): MOVES[column]()})


def test_all_that_is_watched_is_moved_here() -> None:
    watched = {
        f"{table}.{column}" for table, (columns, _tallies) in cell_triggers.WATCHED.items() for column in columns
    }

    assert watched == set(MOVES)


@pytest.mark.parametrize("column", MOVES)
def test_what_moves_is_out_of_its_cell(merged: Session, column: str) -> None:
    move(merged, column)

    assert Tally.objects.get().is_merged is False
    assert Cell.objects.get().people is None


@pytest.mark.parametrize("column", sorted(MOVES.keys() - {"programme_session.activity_id"}))
def test_what_moves_is_merged_where_it_belongs(merged: Session, column: str) -> None:
    move(merged, column)

    keep_cells()

    for programme in Programme.objects.all():
        assert cells_that_differ(programme.code) == []
        assert_recount(Scope(programme.code))


def test_migrations_leave_the_triggers_in_place(merged: Session) -> None:
    cell_triggers.before_migration("default", ONE_MIGRATION)
    cell_triggers.after_migration("default", ONE_MIGRATION)
    keep_cells()

    move(merged, "programme_session.venue_id")

    assert Tally.objects.get().is_merged is False
    assert Cell.objects.get().people is None


def test_what_moves_during_a_migration_is_counted_where_it_belongs(merged: Session) -> None:
    region = merged.venue.region
    scope = Scope(merged.activity.programme.code, region=region.code)

    cell_triggers.before_migration("default", ONE_MIGRATION)
    keep_cells()
    move(merged, "programme_session.venue_id")

    assert_recount(scope)

    cell_triggers.after_migration("default", ONE_MIGRATION)
    keep_cells()
    keep_cells()

    assert_recount(scope)
    assert cells_that_differ(scope.programme) == []


def test_a_migration_without_anything_to_do_leaves_cells_as_they_are(merged: Session) -> None:
    call_command("migrate", verbosity=0)

    assert Cell.objects.get().people is not None


def test_triggers_that_are_gone_are_named_and_set_by_the_next_migration(merged: Session) -> None:
    cell_triggers.remove(connection)
    assert check_cell_triggers("127.0.0.1").level == Level.WARNING
    assert check_cell_triggers("127.0.0.1").values["names"].split(", ") == [
        f"{table}_moved" for table in cell_triggers.WATCHED
    ]

    assert migrate() == 0

    assert check_cell_triggers("127.0.0.1").level == Level.OK
    assert Cell.objects.get().people is None
