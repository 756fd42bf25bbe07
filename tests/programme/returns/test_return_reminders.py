import datetime

from django.db.models.signals import pre_save
from tests.factories import NOON
from tests.factories_returns import DUE
from tests.programme.returns.conftest import Desks, told

from qixue.core.clock import local_moment
from qixue.programme.models import ReturnReminder
from qixue.programme.operations.return_calls import close_call, move_due_days
from qixue.programme.operations.return_reminders import remind_of_returns
from qixue.programme.operations.returns import Answer


def on(days: int) -> datetime.datetime:
    """Noon, so many days after the last day of the towns."""
    return local_moment(DUE + datetime.timedelta(days=days), datetime.time(12))


def test_nobody_is_reminded_long_before(desks: Desks) -> None:
    assert remind_of_returns(at=on(-4)) == 0


def test_towns_are_reminded_before_the_last_day_once(desks: Desks) -> None:
    counts = [remind_of_returns(at=on(-1)), remind_of_returns(at=on(-1)), remind_of_returns(at=on(0))]

    assert counts == [2, 0, 1]  # the county's last day is two days later
    assert told("return_soon") == sorted(desks.people[name].pk for name in ("town", "other", "county"))


def test_overdue_return_is_told_to_its_organisation_and_then_to_the_one_above(desks: Desks) -> None:
    desks.send("other", desks.answers(Answer(1)))

    counts = [remind_of_returns(at=on(1)), remind_of_returns(at=on(2)), remind_of_returns(at=on(2))]

    assert counts == [2, 1, 0]
    assert (told("return_late"), told("return_escalated")) == ([desks.people["town"].pk], [desks.people["county"].pk])


def test_nobody_is_reminded_after_the_call_is_closed(desks: Desks) -> None:
    close_call(desks.call, by=desks.people["city"], at=NOON)

    assert remind_of_returns(at=on(9)) == 0


def test_moved_day_is_reminded_of_anew(desks: Desks) -> None:
    remind_of_returns(at=on(0))
    later = DUE + datetime.timedelta(days=10)
    days = {"town_due_on": later, "county_due_on": later}
    move_due_days(desks.call, **days, edit_count=desks.call.edit_count, by=desks.people["city"], at=NOON)

    assert remind_of_returns(at=on(9)) == 3
    assert ReturnReminder.objects.filter(submission=desks.of("town")).count() == 2


def test_returns_after_one_that_fails_are_reminded_of(desks: Desks) -> None:
    def fail(instance: ReturnReminder, **_more: object) -> None:
        if instance.submission.organisation == desks.places["town"]:
            raise RuntimeError("planted")

    pre_save.connect(fail, sender=ReturnReminder)
    try:
        count = remind_of_returns(at=on(-1))
    finally:
        pre_save.disconnect(fail, sender=ReturnReminder)

    assert (count, told("return_soon")) == (1, [desks.people["other"].pk])
