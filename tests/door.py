"""What tests of the door share: the token of the device that its factory makes, tickets, and a name that waits."""

from qixue.core.signing_keys import sign_with, signing_key
from qixue.participation.models import DoorDevice, Registration, Scan
from qixue.participation.tickets import Ticket, encode
from qixue.programme.models import Activity
from tests.factories import NOON, SessionFactory, key

DEVICE_TOKEN = f"{DoorDevice.PREFIX}of-the-factory"


def ticket_of(registration: Registration) -> str:
    """The text in the QR code of somebody's ticket."""
    signing = signing_key("ticket")
    session = registration.session
    ticket = Ticket(
        kid=signing.kid,
        programme=session.activity.programme_id,
        session=session.pk,
        registration=registration.pk,
        not_after=session.ends_at.replace(year=session.ends_at.year + 1),
    )
    return encode(ticket, lambda message: sign_with(signing, message))


def name_that_waits(activity: Activity) -> Scan:
    """Somebody's name, typed at the door of another session of the activity; it waits for a person."""
    session = SessionFactory(activity=activity)
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
    sent = {"kind": Scan.Kind.WALK_IN, "verdict": Scan.Verdict.REVIEW, "sent": {"name": "王芳"}, "digest": "0" * 64}
    return Scan.objects.create(session=session, uuid=key(), **sent, **moments)
