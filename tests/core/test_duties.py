import datetime

import pytest

from qixue.core.duties import Duties, Duty, for_each
from qixue.core.models import AuditEntry

AT = datetime.datetime(2026, 11, 4, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def test_duty_is_done_again_after_its_time():
    duties = Duties([Duty("count", lambda at: 3, every=MINUTE)])

    counts = [duties.run_due(at=AT), duties.run_due(at=AT + MINUTE / 2), duties.run_due(at=AT + MINUTE)]

    assert counts == [{"count": 3}, {}, {"count": 3}]


def test_duty_that_fails_holds_up_no_other():
    def fail(at: datetime.datetime) -> int:
        raise RuntimeError("planted")

    duties = Duties([Duty("fails", fail, every=MINUTE), Duty("works", lambda at: 1, every=MINUTE)])

    assert duties.run_due(at=AT) == {"fails": 0, "works": 1}


@pytest.mark.django_db
def test_row_that_fails_leaves_nothing_and_holds_up_none_after_it():
    def act(row: int) -> int:
        AuditEntry.objects.create(action=f"row.{row}", at=AT)
        if row == 1:
            raise RuntimeError("planted")
        return 1

    assert for_each("rows", [1, 2, 3], act) == 2
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["row.2", "row.3"]


def test_what_takes_long_is_begun_apart_when_there_is_something_to_do():
    begun: list[str] = []

    def fail(at: datetime.datetime) -> int:
        raise AssertionError

    duties = Duties(
        [
            Duty("search", fail, every=MINUTE, has_work=lambda at: True),
            Duty("idle", fail, every=MINUTE, has_work=lambda at: False),
        ]
    )

    counts = duties.run_due(at=AT, apart=begun.append)

    assert (counts, begun) == ({"search": 0, "idle": 0}, ["search"])
    assert duties.run_due(at=AT + MINUTE, apart=begun.append) == counts
