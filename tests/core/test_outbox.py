import datetime
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from tests.answering import answering
from tests.factories import NOON, UserFactory
from time_machine import travel

from qixue.core import outbox
from qixue.core.carriers import CarrierAway, CarrierFailed, FileCarrier, SmsCarrier
from qixue.core.clock import now
from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.outbox import LEASE, PAUSES, Letter, deliver_due, put_into_outbox, take, try_again
from qixue.core.refusal import Refused

pytestmark = pytest.mark.django_db

LETTER = Letter("mail", "a@example.cn", "请报送方案。", "plan-1", subject="报送方案", recipient_name="房志坚")


def written(settings: Settings, channel: str = "mail") -> list[dict[str, Any]]:
    file = Path(settings.QIXUE["OUTBOX_DIR"]) / f"{channel}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def unreachable(settings: Settings) -> None:
    """A folder that cannot be made: a file stands where it should be."""
    blocked = Path(settings.VAR) / "blocked"
    blocked.write_text("")
    settings.QIXUE = {**settings.QIXUE, "OUTBOX_DIR": blocked / "outbox"}


def test_message_is_written_to_the_file_once(settings: Settings):
    put_into_outbox([LETTER], at=NOON)
    put_into_outbox([LETTER], at=NOON)

    counts = [deliver_due(at=NOON), deliver_due(at=NOON)]

    assert counts == [1, 0]
    assert [(line["to"], line["subject"], line["body"]) for line in written(settings)] == [
        ("a@example.cn", "报送方案", "请报送方案。")
    ]


def test_message_waits_until_it_is_due(settings: Settings):
    later = NOON + datetime.timedelta(hours=8)
    put_into_outbox([Letter("sms", "13900000000", "短信", "s-1", due_at=later)], at=NOON)

    counts = [deliver_due(at=NOON), deliver_due(at=later)]

    assert counts == [0, 1]


def test_message_of_another_worker_is_left_alone(settings: Settings):
    put_into_outbox([LETTER], at=NOON)
    with travel(NOON, tick=False):
        taken = take("mail", at=NOON)

    assert [taken.size, deliver_due(at=NOON)] == [1, 0]
    assert written(settings) == []


@pytest.mark.parametrize(("seconds", "count", "sent_in_first_run"), [(2.5, 130, 130), (40, 30, 4)])
def test_slow_carrier_holds_no_message_that_another_worker_could_take(
    seconds: float, count: int, sent_in_first_run: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """Three batches at 2.5 seconds a message take longer than a lease, and so does one at 40."""
    keys = [f"key-{number:03}" for number in range(count)]
    put_into_outbox([Letter("mail", "a@example.cn", "text", key) for key in keys], at=NOON)
    carry, held_too_long = FileCarrier.carry, []

    def carry_slowly(carrier: FileCarrier, message: OutboxMessage) -> None:
        clock.shift(seconds)
        if OutboxMessage.objects.get(pk=message.pk).due_at <= now():
            held_too_long.append(message.key)
        carry(carrier, message)

    monkeypatch.setattr(FileCarrier, "carry", carry_slowly)
    with travel(NOON, tick=False) as clock:
        counts = [deliver_due(at=now()) for _run in range(30)]

    assert (counts[0], sum(counts), held_too_long) == (sent_in_first_run, count, [])
    assert [line["key"] for line in written(settings)] == keys
    assert set(OutboxMessage.objects.values_list("state", "attempt_count")) == {("sent", 1)}


@pytest.mark.parametrize("failure", [None, CarrierFailed("mail server: SMTPDataError")])
def test_messages_that_another_worker_took_after_the_lease_are_left_to_it(
    failure: CarrierFailed | None, monkeypatch: pytest.MonkeyPatch
):
    put_into_outbox([Letter("mail", "a@example.cn", "text", f"key-{number}") for number in range(2)], at=NOON)
    its_own_until = NOON + 2 * LEASE

    def carry_until_another_takes(_carrier: FileCarrier, _message: OutboxMessage) -> None:
        clock.shift(LEASE)
        assert take("mail", at=now()).size == 2
        if failure:
            raise failure

    monkeypatch.setattr(FileCarrier, "carry", carry_until_another_takes)
    with travel(NOON, tick=False) as clock:
        deliver_due(at=NOON)

    kept = OutboxMessage.objects.values_list("state", "due_at", "attempt_count", "last_error")
    assert list(kept) == [("waiting", its_own_until, 2, "")] * 2


def test_those_that_left_are_not_sent_again_where_a_later_one_breaks_the_worker(settings: Settings, monkeypatch):
    put_into_outbox([Letter("mail", "a@example.cn", "text", f"key-{number}") for number in range(3)], at=NOON)
    carry = FileCarrier.carry

    def breaking(carrier: FileCarrier, message: OutboxMessage) -> None:
        if message.key == "key-1":
            raise RuntimeError
        carry(carrier, message)

    monkeypatch.setattr(FileCarrier, "carry", breaking)
    with pytest.raises(RuntimeError), travel(NOON, tick=False):
        deliver_due(at=NOON)
    monkeypatch.undo()

    assert deliver_due(at=NOON + LEASE) == 2
    assert sorted(line["key"] for line in written(settings)) == ["key-0", "key-1", "key-2"]


def test_message_of_a_worker_that_died_comes_back(settings: Settings):
    put_into_outbox([LETTER], at=NOON)
    OutboxMessage.objects.update(due_at=NOON + LEASE, attempt_count=1)

    assert [deliver_due(at=NOON), deliver_due(at=NOON + LEASE)] == [0, 1]


def test_failed_message_is_tried_again_later_and_then_given_up(gateway: str, settings: Settings):
    Gateway.answer = 500
    settings.QIXUE = {**settings.QIXUE, "SMS_URL": gateway, "SMS_SECRET": "secret"}
    put_into_outbox([Letter("sms", "13900000000", "明天见", "s-1")], at=NOON)
    at = NOON
    waits = []
    for _try in PAUSES:
        deliver_due(at=at)
        message = OutboxMessage.objects.get()
        waits.append(message.due_at - at)
        at = message.due_at

    deliver_due(at=at)

    message = OutboxMessage.objects.get()
    assert waits == list(PAUSES)
    assert (message.state, message.attempt_count) == (OutboxMessage.State.DEAD, len(PAUSES) + 1)
    assert message.last_error == "SMS gateway: HTTP 500"


def test_given_up_message_can_be_tried_again(settings: Settings):
    put_into_outbox([LETTER], at=NOON)
    OutboxMessage.objects.update(state=OutboxMessage.State.DEAD, attempt_count=6, last_error="mail server")
    clerk = UserFactory()

    try_again(OutboxMessage.objects.get(), by=clerk, at=NOON)

    assert deliver_due(at=NOON) == 1
    assert OutboxMessage.objects.get().state == OutboxMessage.State.SENT
    assert AuditEntry.objects.get(action="outbox.tried_again").actor_id == clerk.pk


def test_message_that_was_sent_is_not_tried_again():
    put_into_outbox([LETTER], at=NOON)
    deliver_due(at=NOON)

    with pytest.raises(Refused) as refusal:
        try_again(OutboxMessage.objects.get(), by=None, at=NOON)

    assert refusal.value.code == "message_not_given_up"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(settings: Settings):
    put_into_outbox([Letter("mail", "a@example.cn", "text", f"key-{number}") for number in range(30)], at=NOON)

    def work() -> None:
        outbox.deliver_due(at=NOON)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    with travel(NOON, tick=False):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert sorted(line["key"] for line in written(settings)) == sorted(f"key-{number}" for number in range(30))


class Gateway(BaseHTTPRequestHandler):
    answer = 200
    received: list[tuple[bytes, str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((body, self.headers["X-Qixue-Signature"]))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def gateway():
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    Gateway.received, Gateway.answer = [], 200
    with answering(server):
        yield f"http://127.0.0.1:{server.server_port}/"


def test_sms_goes_to_the_gateway_with_its_signature(gateway: str):
    message = OutboxMessage(channel="sms", recipient="13900000000", body="明天到期", key="k")

    SmsCarrier(gateway, "secret").carry(message)

    [(body, signature)] = Gateway.received
    assert json.loads(body) == {"to": "13900000000", "text": "明天到期", "key": "k"}
    assert signature == hmac.new(b"secret", body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("answer", "kind"), [(400, CarrierFailed), (500, CarrierFailed), (401, CarrierAway), (503, CarrierAway)]
)
def test_answer_of_the_gateway_tells_what_it_refuses_from_a_gateway_that_is_away(
    answer: int, kind: type[CarrierFailed], gateway: str
):
    Gateway.answer = answer

    with pytest.raises(CarrierFailed, match=f"SMS gateway: HTTP {answer}") as failure:
        SmsCarrier(gateway, "secret").carry(OutboxMessage(channel="sms", recipient="1", body="x", key="k"))

    assert type(failure.value) is kind


def test_full_disk_is_a_carrier_that_is_away(tmp_path: Path):
    (tmp_path / "mail.jsonl").symlink_to("/dev/full")

    with pytest.raises(CarrierAway, match="outbox folder: No space left on device"):
        FileCarrier(tmp_path).carry(OutboxMessage(channel="mail", recipient="a@example.cn", body="b", key="k"))


def test_gateway_that_is_away_for_a_day_gets_each_message_once_afterwards(
    gateway: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """And until then one message is tried at a time, so that whatever else the worker does is not held up."""
    numbers = [f"1390000000{number}" for number in range(5)]
    put_into_outbox([Letter("sms", number, "明天见", number) for number in numbers], at=NOON)
    settings.QIXUE = {**settings.QIXUE, "SMS_URL": "http://127.0.0.1:1/", "SMS_SECRET": "secret"}
    tried: list[str] = []
    carry = SmsCarrier.carry
    monkeypatch.setattr(SmsCarrier, "carry", lambda self, message: (tried.append(message.key), carry(self, message)))
    for minutes in range(0, 24 * 60, 15):
        deliver_due(at=NOON + datetime.timedelta(minutes=minutes))
        assert len(tried) == minutes // 15 + 1
    settings.QIXUE = {**settings.QIXUE, "SMS_URL": gateway}

    deliver_due(at=NOON + datetime.timedelta(days=1))

    assert set(tried) == set(numbers)
    assert sorted(json.loads(body)["to"] for body, _signature in Gateway.received) == numbers
    assert set(OutboxMessage.objects.values_list("state", "attempt_count", "last_error")) == {("sent", 1, "")}


def test_message_whose_time_is_over_is_not_sent(settings: Settings):
    over = NOON + datetime.timedelta(minutes=5)
    put_into_outbox([Letter("sms", "13900000000", "204816", "c-1", expires_at=over, is_secret=True)], at=NOON)

    assert deliver_due(at=over) == 0

    message = OutboxMessage.objects.get()
    assert (message.state, message.body, written(settings, "sms")) == ("expired", "", [])


def test_message_that_could_not_be_sent_in_time_is_not_sent_later(settings: Settings):
    unreachable(settings)
    over = NOON + datetime.timedelta(minutes=5)
    put_into_outbox([Letter("sms", "13900000000", "204816", "c-1", expires_at=over)], at=NOON)
    assert deliver_due(at=NOON) == 0

    assert deliver_due(at=NOON + datetime.timedelta(minutes=6)) == 0

    assert OutboxMessage.objects.get().state == "expired"


@pytest.mark.parametrize("state", ["sent", "dead", "waiting"])
def test_recipients_are_forgotten_after_a_month_unless_the_message_still_waits(state: str):
    put_into_outbox([LETTER], at=NOON)
    OutboxMessage.objects.update(state=state, sent_at=NOON if state == "sent" else None)

    counts = [outbox.forget_recipients(at=NOON + datetime.timedelta(days=day)) for day in (29, 31, 32)]

    message = OutboxMessage.objects.get()
    kept = (message.recipient, message.recipient_name, message.subject, message.body)
    assert counts == ([0, 0, 0] if state == "waiting" else [0, 1, 0])
    assert kept == (("a@example.cn", "房志坚", "报送方案", "请报送方案。") if state == "waiting" else ("", "", "", ""))
