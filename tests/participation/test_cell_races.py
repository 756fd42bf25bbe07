"""The worker merges while a session moves or somebody comes: what is merged stands where the session is, for all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import transaction
from tests.at_once import LONG_ENOUGH, outcome, while_it_lasts
from tests.cell_scenes import assert_recount, assert_rows_stand_for_their_entries
from tests.counted import check_in
from tests.factories import RegionFactory, SessionFactory, VenueFactory, key
from tests.ledger_histories import void

from qixue.core.figures import Scope
from qixue.participation.models import CountedPerson, LedgerEntry, Tally
from qixue.participation.operations.cells import keep_cells
from qixue.participation.queries.cell_recount import cells_that_differ
from qixue.participation.queries.session_roots import roots_that_differ
from qixue.places.models import Venue
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db(transaction=True)


def someone_comes_and_is_merged(session: Session) -> None:
    check_in(session, key())
    keep_cells()


@pytest.mark.parametrize("moved", [Session, Activity, Venue])
def test_the_first_who_comes_while_a_session_moves_is_counted_where_it_moved(moved: type) -> None:
    session = SessionFactory(venue=VenueFactory(region=RegionFactory(code="441801")))
    region = RegionFactory(code="441802")
    move = {
        Session: lambda: Session.objects.update(venue=VenueFactory(region=region)),
        Activity: lambda: Activity.objects.update(kind=Activity.Kind.EXHIBITION),
        Venue: lambda: Venue.objects.update(region=region),
    }[moved]

    while_it_lasts(move, lambda: someone_comes_and_is_merged(session))
    keep_cells()

    assert Tally.objects.get().is_merged
    assert cells_that_differ(session.activity.programme.code) == []
    assert_recount(Scope(session.activity.programme.code, region=region.code))
    assert_recount(Scope(session.activity.programme.code, kind=Activity.Kind.EXHIBITION))


def test_a_session_that_becomes_a_draft_meanwhile_is_merged_nowhere() -> None:
    session = SessionFactory()

    while_it_lasts(
        lambda: Activity.objects.update(state=Activity.State.DRAFT), lambda: someone_comes_and_is_merged(session)
    )

    assert_recount(Scope(session.activity.programme.code))


def someone_comes(session: Session) -> None:
    check_in(session, key())


def someone_is_taken_back(session: Session) -> None:
    void(LedgerEntry.objects.effective().filter(session=session).order_by("pk").first())


@pytest.mark.parametrize("act", [someone_comes, someone_is_taken_back])
@pytest.mark.parametrize("is_merged_first", [True, False])
def test_root_that_is_kept_while_entries_change_is_that_of_the_entries(
    act: Callable[[Session], None], is_merged_first: bool
) -> None:
    session = SessionFactory()
    check_in(session, key(), key())
    keep_cells()
    check_in(session, key())
    acts = [lambda: keep_cells(), lambda: act(session)]

    outcome = while_it_lasts(*(acts if is_merged_first else acts[::-1]))

    assert outcome == "done"
    assert roots_that_differ(session.activity.programme.code) == []
    assert_rows_stand_for_their_entries(Scope(session.activity.programme.code))


def test_a_door_does_not_wait_while_people_are_numbered() -> None:
    session, person = SessionFactory(), key()
    check_in(session, person)

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            CountedPerson.objects.create(token=person)
            numbering = threads.submit(outcome, keep_cells)  # waits for the number of this person
            wait([numbering], LONG_ENOUGH)
            check_in(session, key())
        assert numbering.result() == "done"

    keep_cells()
    assert_recount(Scope(session.activity.programme.code))
    assert cells_that_differ(session.activity.programme.code) == []
