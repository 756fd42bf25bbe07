"""What a mail server may say to a message, and how long it may take."""

import datetime
import hashlib
import socket
import socketserver
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from smtplib import SMTP

import pytest
from tests.answering import answering

from qixue.core import carriers
from qixue.core.carriers import CarrierAway, CarrierFailed, MailCarrier, time_limit
from qixue.core.models import OutboxMessage
from qixue.core.outbox import LEASE


class MailServer(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as one mail needs. An empty answer ends the connection."""

    received: list[bytes] = []
    answers: dict[str, str] = {}
    pause = 0.0  # seconds, before each answer
    line_pause = 0.0  # before each of its lines

    def handle(self) -> None:
        self.say(self.answers.get("", "220 ready"))
        while command := self.rfile.readline().decode().strip():
            verb = command.split()[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                self.received.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            answer = self.answers.get(verb, "221 bye" if verb == "QUIT" else "250 ok")
            if not answer:
                return
            self.say(answer)

    def say(self, line: str) -> None:
        time.sleep(self.pause)
        for part in line.split("\r\n"):
            time.sleep(self.line_pause)
            self.wfile.write(f"{part}\r\n".encode())


class MailServers(socketserver.ThreadingTCPServer):
    daemon_threads = True  # a client that gave up may not have hung up yet


@pytest.fixture
def mail_server() -> Iterator[str]:
    MailServer.received, MailServer.answers, MailServer.pause = [], {}, 0.0
    server = MailServers(("127.0.0.1", 0), MailServer)
    with answering(server):
        yield f"127.0.0.1:{server.server_address[1]}"


def test_mail_goes_to_the_server_with_an_identity_of_its_own(mail_server: str):
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="报送方案", body="请报送。", key="k")

    MailCarrier(f"smtp://{mail_server}", "qixue@example.cn").carry(message)

    mail = message_from_bytes(MailServer.received[0], policy=default)
    assert (mail["To"], mail["From"], mail["Subject"]) == ("a@example.cn", "qixue@example.cn", "报送方案")
    assert mail["Message-ID"] == f"<{hashlib.sha256(b'k').hexdigest()[:32]}@127.0.0.1>"
    assert mail.get_content().strip() == "请报送。"


LETS_PEOPLE_IN = {"EHLO": "250-hello\r\n250 AUTH PLAIN"}


@pytest.mark.parametrize(
    ("answers", "kind", "name"),
    [
        ({"": "554 no service"}, CarrierAway, "SMTPConnectError"),
        ({"": "421 too busy"}, CarrierAway, "SMTPConnectError"),
        ({"AUTH": "535 wrong password"}, CarrierAway, "SMTPAuthenticationError"),
        ({"MAIL": ""}, CarrierAway, "SMTPServerDisconnected"),
        ({"RCPT": "550 nobody here"}, CarrierFailed, "SMTPRecipientsRefused"),
        ({"DATA": "554 not this"}, CarrierFailed, "SMTPDataError"),
    ],
)
def test_answer_of_the_mail_server_tells_what_it_refuses_from_a_server_that_is_away(
    answers: dict[str, str], kind: type[CarrierFailed], name: str, mail_server: str
):
    MailServer.answers = {**LETS_PEOPLE_IN, "AUTH": "235 come in", **answers}
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="s", body="b", key="k")

    with pytest.raises(CarrierFailed, match=f"mail server: {name}") as failure:
        MailCarrier(f"smtp://qixue:secret@{mail_server}", "qixue@example.cn").carry(message)

    assert type(failure.value) is kind


def test_mail_that_the_server_has_is_sent_whatever_it_says_to_the_goodbye(mail_server: str):
    MailServer.answers = {"QUIT": "500 what?"}
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="s", body="b", key="k")

    MailCarrier(f"smtp://{mail_server}", "qixue@example.cn").carry(message)

    assert len(MailServer.received) == 1


def test_server_that_is_slow_with_each_answer_is_hung_up_on(mail_server: str, monkeypatch: pytest.MonkeyPatch):
    """Each answer is in time: only all of them together are not."""
    monkeypatch.setattr(carriers, "LONGEST", 0.3)
    MailServer.pause = 0.2
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="s", body="b", key="k")

    with pytest.raises(CarrierAway, match="mail server: SMTPServerDisconnected"):
        MailCarrier(f"smtp://{mail_server}", "qixue@example.cn").carry(message)

    assert MailServer.received == []


def test_server_that_is_slow_with_its_greeting_is_hung_up_on(mail_server: str, monkeypatch: pytest.MonkeyPatch):
    """Each line is in time: only all of them together are not."""
    monkeypatch.setattr(carriers, "LONGEST", 0.3)
    monkeypatch.setattr(MailServer, "line_pause", 0.2)
    MailServer.answers = {"": "\r\n".join([*["220-wait"] * 10, "220 ready"])}
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="s", body="b", key="k")

    with pytest.raises(CarrierAway, match="mail server: SMTPServerDisconnected"):
        MailCarrier(f"smtp://{mail_server}", "qixue@example.cn").carry(message)

    assert MailServer.received == []


def test_connection_that_is_made_after_the_time_is_ended_too(monkeypatch: pytest.MonkeyPatch):
    """As by STARTTLS, which puts another socket in place of the first."""
    monkeypatch.setattr(carriers, "LONGEST", 0.1)
    server = SMTP(timeout=5)
    first, second = socket.socketpair(), socket.socketpair()
    ended = []

    with time_limit(server):
        for ours, _theirs in (first, second):
            server.sock = ours
            ours.settimeout(5)
            ended.append(ours.recv(1))

    assert ended == [b"", b""]
    for end in (*first, *second):
        end.close()


def test_longest_mail_ends_before_another_worker_may_take_it():
    """Two addresses of a server, its greeting and the handshake of TLS, then all that is said."""
    assert datetime.timedelta(seconds=4 * carriers.TIMEOUT + carriers.LONGEST) < LEASE / 2


def test_mail_that_cannot_be_written_fails_alone():
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="two\nlines", body="b", key="k")

    with pytest.raises(CarrierFailed, match="mail cannot be written: ValueError"):
        MailCarrier("smtp://127.0.0.1:1", "qixue@example.cn").carry(message)


def test_mail_server_that_does_not_listen_is_away():
    message = OutboxMessage(channel="mail", recipient="a@example.cn", subject="s", body="b", key="k")

    with pytest.raises(CarrierAway, match="mail server: ConnectionRefusedError"):
        MailCarrier("smtp://127.0.0.1:1", "qixue@example.cn").carry(message)
