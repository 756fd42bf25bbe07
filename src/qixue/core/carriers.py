"""Who carries a message out: files by default, a mail server and an SMS gateway where a city has named them."""

import contextlib
import fcntl
import hashlib
import hmac
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPServerDisconnected,
)
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit

from django.conf import settings

from qixue.core.clock import now
from qixue.core.models import OutboxMessage

TIMEOUT = 20  # seconds, for each answer of a server
LONGEST = 60  # seconds, for all that a mail server says together, its greeting as well
HANG_UP_AGAIN = 0.1  # seconds
MAIL_SERVER_AWAY = (SMTPConnectError, SMTPHeloError, SMTPAuthenticationError, SMTPServerDisconnected)
GATEWAY_AWAY = {401, 403, 429, 502, 503, 504}  # RFC 9110: not let in, too many at once, or nobody behind it


class CarrierFailed(Exception):
    """The message did not leave; the text says why, without the recipient."""


class CarrierAway(CarrierFailed):
    """Nobody got through to the carrier, which says nothing about this message: others would fail alike."""


class Carrier(Protocol):
    def carry(self, message: OutboxMessage) -> None:
        """Send it, in less than half of the outbox's lease. Raises CarrierFailed, or CarrierAway."""


class FileCarrier:
    """Appends a JSON line to FOLDER/mail.jsonl or sms.jsonl: for development, tests and trying out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def carry(self, message: OutboxMessage) -> None:
        line = {
            "channel": message.channel,
            "to": message.recipient,
            "name": message.recipient_name,
            "subject": message.subject,
            "body": message.body,
            "key": message.key,
            "at": now().isoformat(),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"{message.channel}.jsonl").open("a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
        except OSError as error:
            raise CarrierAway(f"outbox folder: {error.strerror}") from error


class MailCarrier:
    """A mail server by `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`."""

    def __init__(self, url: str, sender: str) -> None:
        self.parts, self.sender = urlsplit(url), sender

    def carry(self, message: OutboxMessage) -> None:
        try:
            mail = self.written(message)
            server = self.connection()
            with contextlib.closing(server), time_limit(server):
                self.reach(server)
                self.introduce(server)
                server.send_message(mail)
                with contextlib.suppress(SMTPException):  # it has the mail, whatever it says to our leaving
                    server.quit()
        except ValueError as error:  # a name or address that no header can hold
            raise CarrierFailed(f"mail cannot be written: {type(error).__name__}") from error
        except OSError as error:  # among them all of smtplib
            is_refused = isinstance(error, SMTPException) and not isinstance(error, MAIL_SERVER_AWAY)
            kind = CarrierFailed if is_refused else CarrierAway
            raise kind(f"mail server: {type(error).__name__}") from error

    def written(self, message: OutboxMessage) -> EmailMessage:
        """Raises ValueError for a name or address that no header can hold."""
        mail = EmailMessage()
        mail["From"], mail["Subject"] = self.sender, message.subject
        mail["To"] = formataddr((message.recipient_name, message.recipient))
        mail["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{self.parts.hostname}>"
        mail.set_content(message.body, cte="base64")  # passes servers that take seven bits only
        return mail

    def connection(self) -> SMTP:
        return SMTP_SSL(timeout=TIMEOUT) if self.parts.scheme == "smtps" else SMTP(timeout=TIMEOUT)

    def reach(self, server: SMTP) -> None:
        """Raises SMTPConnectError for a greeting that lets nobody in."""
        host = self.parts.hostname or "localhost"
        server._host = host  # type: ignore[attr-defined]  # connect() leaves it out, and TLS asks for it by name
        code, answer = server.connect(host, self.parts.port or (465 if self.parts.scheme == "smtps" else 587))
        if code != 220:  # RFC 5321, 4.2.4: what else greets does not serve
            raise SMTPConnectError(code, answer)

    def introduce(self, server: SMTP) -> None:
        server.ehlo()
        if self.parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls()
        if self.parts.username:
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))


@contextlib.contextmanager
def time_limit(server: SMTP) -> Iterator[None]:
    """Hang up on a server that is slow with each of its answers: whoever waits for one sees the connection end.

    Again and again, until all is said: the connection may be made, or change into one of TLS, after the time is over.
    """
    is_said = threading.Event()

    def hang_up() -> None:
        wait: float = LONGEST
        while not is_said.wait(wait):
            wait = HANG_UP_AGAIN
            if server.sock:
                with contextlib.suppress(OSError):
                    server.sock.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=hang_up, daemon=True).start()
    try:
        yield
    finally:
        is_said.set()


class SmsCarrier:
    """A city's own SMS gateway: a POST of {"to", "text", "key"}, its HMAC-SHA256 in the header X-Qixue-Signature."""

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret

    def carry(self, message: OutboxMessage) -> None:
        body = json.dumps({"to": message.recipient, "text": message.body, "key": message.key}).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Qixue-Signature": signature}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - from settings, https only
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310 - as above
                pass
        except HTTPError as error:
            kind = CarrierAway if error.code in GATEWAY_AWAY else CarrierFailed
            raise kind(f"SMS gateway: HTTP {error.code}") from error
        except OSError as error:
            raise CarrierAway(f"SMS gateway: {type(error).__name__}") from error


def carrier_for(channel: str) -> Carrier:
    """The carrier that the settings name for the channel."""
    if channel == OutboxMessage.Channel.MAIL and settings.QIXUE["MAIL_URL"]:
        return MailCarrier(settings.QIXUE["MAIL_URL"], settings.QIXUE["MAIL_FROM"])
    if channel == OutboxMessage.Channel.SMS and settings.QIXUE["SMS_URL"]:
        return SmsCarrier(settings.QIXUE["SMS_URL"], settings.QIXUE["SMS_SECRET"])
    return FileCarrier(settings.QIXUE["OUTBOX_DIR"])
