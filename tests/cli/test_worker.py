import pytest
from tests.factories import NOON

from qixue.cli import main
from qixue.core.models import OutboxMessage
from qixue.core.outbox import Letter, put_into_outbox

pytestmark = pytest.mark.django_db


def test_worker_once_delivers_what_is_due(capsys: pytest.CaptureFixture[str]):
    put_into_outbox([Letter("mail", "a@example.cn", "text", "key")], at=NOON)
    OutboxMessage.objects.update(due_at=NOON.replace(year=2020))

    code = main(["worker", "--once"])

    assert code == 0
    assert "outbox: 1" in capsys.readouterr().out.splitlines()
    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT
