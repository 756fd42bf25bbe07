import datetime

from qixue.core.duties import Duties, Duty

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
