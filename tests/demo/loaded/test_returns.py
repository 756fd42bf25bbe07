"""The returns of the synthetic city stand in every state, and the reminders went out once."""

import datetime

import pytest
from tests.demo.conftest import AT

from qixue.programme.models import ReturnCall, ReturnReminder, ReturnSubmission
from qixue.programme.operations.return_reminders import remind_of_returns
from qixue.programme.queries.return_coverage import board_of
from qixue.programme.queries.return_sums import changes_below

pytestmark = pytest.mark.django_db


def test_returns_of_the_city() -> None:
    closed, opened = ReturnCall.objects.filter(programme__code="demo").order_by("number")
    board = board_of(opened, at=AT)
    tiles = [*board.county_tiles, *board.town_tiles]

    assert (closed.state, opened.state) == (ReturnCall.State.CLOSED, ReturnCall.State.OPEN)
    assert (len(board.county_tiles), len(board.town_tiles)) == (8, 85)
    assert {tile.state for tile in tiles} == {*ReturnSubmission.State.values, "late", "covered", "nobody"}
    assert [tile.days_late for tile in board_of(closed, at=AT).county_tiles if tile.days_late] == [1]
    changed = [each for each in opened.submissions.all() if changes_below(each)]
    assert [each.organisation.code for each in changed] == ["ls-edu"]
    reminded = ReturnReminder.objects.count()
    assert remind_of_returns(at=AT) == 0
    assert ReturnReminder.objects.count() == reminded > 0
    assert remind_of_returns(at=AT + datetime.timedelta(days=1)) > 0
