"""What a ticket shows: a QR code, six digits, and in words who comes when and where."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qixue.core.qr_codes import qr_file
from qixue.core.refusal import Refused
from qixue.participation.models import Registration
from qixue.participation.operations.tickets import ticket_texts
from qixue.participation.queries.registrations import Party, ticket_holders
from qixue.programme.models import Session
from qixue.report.ticket_pdf import PrintedTicket
from qixue.web.parts import synthetic_notice
from qixue.web.qr_pictures import qr_picture
from qixue.web.templatetags.qixue import in_groups, when, where


@dataclass(frozen=True)
class TicketCard:
    """The ticket of one person, with its QR code as a drawing without a size of its own."""

    registration: Registration
    text: str

    @property
    def picture(self) -> str:
        return qr_picture(self.text)

    @property
    def svg_file(self) -> bytes:
        return qr_file(self.text)


def cards_of(party: Party) -> list[TicketCard]:
    """Refused: no_ticket, signing_key_sealed."""
    holders = ticket_holders(party)
    if not holders:
        sentence = gettext_lazy("There is no ticket here: only who has a confirmed seat gets one.")
        cancelled = gettext_lazy("There is no ticket here any more: the registration is cancelled.")
        raise Refused("no_ticket", sentence if party.active else cancelled)
    return [TicketCard(row, text) for row, text in zip(holders, ticket_texts(holders), strict=True)]


def printed(card: TicketCard, names: Mapping[int, str]) -> PrintedTicket:
    """`names` are those of the household, by key."""
    session = card.registration.session
    lines = (
        (_("When"), when(session)),
        (pgettext("meeting place", "Where"), place_with_address(session)),
        (_("Organiser"), organiser_of(session)),
    )
    return PrintedTicket(
        heading=_("Ticket"),
        title=session.local_full_title,
        name=names[card.registration.resident_id],
        lines=lines,
        code_label=_("Door code"),
        code=in_groups(card.registration.door_code, 3),
        hint=_("Please show this at the door. If the picture cannot be read, the six digits will do."),
        picture=card.svg_file,
        notice=synthetic_notice(is_synthetic=session.activity.programme.is_synthetic),
    )


def place_with_address(session: Session) -> str:
    """As somebody needs it who sets out for it."""
    address = session.venue.address if session.venue and not session.is_online else ""
    return " ".join(part for part in (where(session), address) if part)


def organiser_of(session: Session) -> str:
    organisation = session.activity.organisation
    return " ".join(part for part in (organisation.local_name, organisation.phone) if part)
