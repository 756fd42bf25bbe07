import subprocess

import pytest
from tests.factories import NOON
from tests.factories_swap_rounds import SwapRoundFactory

from qixue.cli import main, worker
from qixue.core.models import OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox
from qixue.swap.models import RoundPlan
from qixue.swap.operations.plans import has_plans_to_make

pytestmark = pytest.mark.django_db


def test_worker_once_delivers_what_is_due(capsys: pytest.CaptureFixture[str]):
    put_into_outbox([Letter("mail", "a@example.cn", "text", "key")], at=NOON)
    OutboxMessage.objects.update(due_at=NOON.replace(year=2020))

    code = main(["worker", "--once"])

    assert code == 0
    assert "outbox: 1" in capsys.readouterr().out.splitlines()
    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT


def test_worker_once_does_only_the_duty_that_is_named(capsys: pytest.CaptureFixture[str]):
    round_ = SwapRoundFactory(state="matching")
    RoundPlan.objects.create(round=round_, objective="people", asked_at=NOON)
    assert has_plans_to_make(at=NOON)

    code = main(["worker", "--once", "--duty", "swap_plans"])

    assert (code, capsys.readouterr().out) == (0, "swap_plans: 1\n")
    assert not has_plans_to_make(at=NOON)


def test_worker_begins_what_takes_long_once_at_a_time(monkeypatch: pytest.MonkeyPatch):
    begun: list[tuple[str, ...]] = []

    def started(*options: str) -> subprocess.Popen[bytes]:
        begun.append(options)
        return subprocess.Popen(["sleep", "60"])

    monkeypatch.setattr(worker, "started", started)
    apart = worker.Apart()

    apart.begin("swap_plans")
    apart.begin("swap_plans")
    apart.stop()
    apart.processes["swap_plans"].wait()
    apart.begin("swap_plans")
    apart.stop()

    assert begun == [("--once", "--duty", "swap_plans")] * 2
