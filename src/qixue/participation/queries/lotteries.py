"""What everybody may know of a draw."""

import datetime
from typing import Any

from qixue.participation import lottery as rule
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.queries.registrations import Party, terms_of
from qixue.programme.models import Session


def is_before_draw(session: Session, terms: RegistrationTerms) -> bool:
    """Whether whoever signs up now enters the draw. Afterwards the waiting list goes on as anywhere else."""
    if terms.allotment != RegistrationTerms.Allotment.LOTTERY:
        return False
    return not Lottery.objects.filter(session=session, drawn_at__isnull=False).exists()


def drawn_entries(lottery: Lottery) -> list[rule.Drawn]:
    """The entries in the order of the draw; empty before it."""
    entries = [(str(number), int(people)) for number, people in lottery.entries]
    return rule.draw(bytes.fromhex(lottery.seed), entries, lottery.seat_count or 0) if lottery.drawn_at else []


def drawn_of(party: Party) -> rule.Drawn | None:
    """How the draw went for a party; None before it, and for whoever signed up afterwards."""
    lottery = Lottery.objects.filter(session=party.session).first()
    number = rule.entry_number(party.key)
    return next((drawn for drawn in drawn_entries(lottery) if drawn.entry == number), None) if lottery else None


def people_entered(session: Session) -> int:
    return Registration.objects.filter(session=session, state=Registration.State.ENTERED).count()


def published_lottery(lottery: Lottery) -> dict[str, Any]:
    """The draw as a document, as far as it has come; `qixue lottery verify` recomputes it once it is drawn."""
    terms = terms_of(lottery.session)
    return {
        "format": rule.FORMAT,
        "session": lottery.session_id,
        "commitment": lottery.commitment,
        "committed_at": text_of(lottery.committed_at),
        "opens_at": text_of(terms.opens_at),
        "closes_at": text_of(terms.closes_at),
        "closed_at": text_of(lottery.closed_at),
        "entries": lottery.entries,
        "list_digest": lottery.list_digest,
        "seats": lottery.seat_count,
        "seed": lottery.seed,
        "drawn_at": text_of(lottery.drawn_at),
        "order": [
            {"entry": drawn.entry, "people": drawn.people, "seats": drawn.has_seats} for drawn in drawn_entries(lottery)
        ],
    }


def text_of(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
