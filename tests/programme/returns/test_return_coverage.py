import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, OrganisationFactory, RegionFactory
from tests.factories_returns import DUE, ReturnSubmissionFactory
from tests.programme.returns.conftest import Desks

from qixue.core.clock import local_moment
from qixue.core.figures import Scope, registry
from qixue.core.quantity import PIECE, Quantity
from qixue.places.models import Region
from qixue.programme.operations.returns import Answer, submit_return
from qixue.programme.queries.return_calls import returns_waiting_for
from qixue.programme.queries.return_coverage import board_of

LATER = local_moment(DUE + datetime.timedelta(days=3), datetime.time(9))


def states(desks: Desks, at: datetime.datetime = NOON) -> dict[str, tuple[str, int]]:
    board = board_of(desks.call, at=at)
    return {tile.region.name: (tile.state, tile.days_late) for tile in (*board.county_tiles, *board.town_tiles)}


def test_board_shows_every_place_with_its_state_and_days_late(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(1)), at=local_moment(DUE + datetime.timedelta(days=1), datetime.time(9)))

    assert states(desks, LATER) == {
        "连南县": ("late", 1),
        "三江镇": ("submitted", 1),
        "三排镇": ("late", 3),
        "大麦山镇": ("nobody", 0),
    }


def test_town_without_an_organisation_is_covered_when_its_county_says_so(desks: Desks) -> None:
    free = Region.objects.get(name="大麦山镇")
    saved = desks.save("county", {desks.reports: Answer(5)}, covered=[free])
    figures = {desks.attendance: None}
    before = states(desks)["大麦山镇"]

    submit_return(saved, figures=figures, edit_count=saved.edit_count, by=desks.people["county"], at=NOON)

    assert (before, states(desks)["大麦山镇"]) == (("nobody", 0), ("covered", 0))


def test_part_of_the_board_shows_only_what_is_seen(desks: Desks) -> None:
    town = board_of(desks.call, at=NOON, seen=[desks.of("town").pk])

    assert (town.counties, [each.organisation.code for each, _state, _days in town.others]) == ((), ["town"])


def test_coverage_is_a_figure_with_evidence(desks: Desks) -> None:
    desks.send("town", desks.answers(Answer(1)))
    scope = Scope(desks.call.programme.code)
    counties, towns = registry.definitions["counties_reported"], registry.definitions["towns_reported"]

    assert (counties.value(scope).quantity, towns.value(scope).quantity) == (Quantity(0, PIECE), Quantity(1, PIECE))
    assert [row.id for row in towns.evidence(scope)] == ["return:1/441826100"]
    assert towns.value(Scope(desks.call.programme.code, region="441881")).quantity == Quantity(0, PIECE)


def test_coverage_without_a_call_is_missing_and_not_zero(draft: Desks) -> None:
    value = registry.definitions["towns_reported"].value(Scope(draft.call.programme.code))

    assert value.quantity is None


@pytest.mark.parametrize("towns", [1, 3])
def test_board_asks_the_database_the_same_number_of_times(desks: Desks, towns: int) -> None:
    county = Region.objects.get(code="441826")
    for number in range(towns):
        town = RegionFactory(code=f"44182620{number}", level="township", unit_type="town", parent=county)
        office = OrganisationFactory(parent=desks.places["county"], region=town)
        ReturnSubmissionFactory(call=desks.call, organisation=office, parent=desks.of("county"))

    with CaptureQueriesContext(connection) as queries:
        board_of(desks.call, at=NOON)

    assert len(queries) == 3


def test_return_waits_for_its_filer_and_then_for_the_one_above(desks: Desks) -> None:
    waiting = {name: [each.act for each in returns_waiting_for(person)] for name, person in desks.people.items()}
    desks.send("town", desks.answers(Answer(1)))
    desks.send("county", desks.answers(Answer(1)))
    desks.send_back("county", "请核对")

    assert waiting == {"city": [], "county": ["file"], "town": ["file"], "other": ["file"]}
    assert [each.act for each in returns_waiting_for(desks.people["county"])] == ["decide", "correct"]
    assert returns_waiting_for(desks.people["town"]) == []
