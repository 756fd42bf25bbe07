"""What tests of the door share: the token of the device that its factory makes, and tickets."""

from qixue.core.signing_keys import sign_with, signing_key
from qixue.participation.models import DoorDevice, Registration
from qixue.participation.tickets import Ticket, encode

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
