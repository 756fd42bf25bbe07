import copy
import datetime

from tests.factories import NOON
from tests.factories_planning import PlanLineFactory

from qixue.programme.models import PlanLine
from qixue.programme.plan_difference import difference


def line(title: str) -> PlanLine:
    return PlanLineFactory.build(title=title, venue=None, is_online=True)


def changed(original: PlanLine, **values: object) -> PlanLine:
    other = copy.copy(original)
    for name, value in values.items():
        setattr(other, name, value)
    return other


def test_difference_tells_added_removed_and_changed_lines_by_key() -> None:
    stays, goes, comes = line("不变"), line("删去"), line("新增")
    later = NOON + datetime.timedelta(days=1)
    moved = line("改期")

    found = difference([stays, goes, moved], [comes, changed(moved, ends_at=later, seat_count=40), stays])

    assert (found.added, found.removed) == ((comes,), (goes,))
    assert [(field.name, field.before, field.after) for field in found.changed[0].fields] == [
        ("ends_at", moved.ends_at, later),
        ("seat_count", None, 40),
    ]
    assert [change.names for change in found.changed] == [{"ends_at", "seat_count"}]


def test_difference_ignores_the_order_of_lines() -> None:
    one, two = line("一"), line("二")

    found = difference([one, two], [changed(two, position=1), changed(one, position=2)])

    assert found.is_empty
