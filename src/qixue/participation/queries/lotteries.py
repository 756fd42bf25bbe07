"""What everybody may know of a draw."""

import datetime
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from qixue.core.sealed import unseal
from qixue.participation import lottery as rule
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.queries.queue import has_room_for_one, seats_left_there
from qixue.participation.queries.registrations import Party, terms_of
from qixue.programme.models import Session
from qixue.programme.models.activities import SessionQuerySet

SEALED_FOR = "lottery-seed"


def is_before_draw(session: Session, terms: RegistrationTerms) -> bool:
    """Whether whoever signs up now enters the draw. Afterwards the waiting list goes on as anywhere else."""
    if terms.allotment != RegistrationTerms.Allotment.LOTTERY:
        return False
    return not Lottery.objects.filter(session=session, drawn_at__isnull=False).exists()


def is_by_lot_now() -> Exists:
    """The same of every row of sessions: seats are given by lot, and are not drawn yet."""
    return Exists(terms_before_draws().filter(session=OuterRef("pk")))


def terms_before_draws() -> QuerySet[RegistrationTerms]:
    drawn = Lottery.objects.filter(session=OuterRef("session"), drawn_at__isnull=False)
    return RegistrationTerms.objects.filter(~Exists(drawn), allotment=RegistrationTerms.Allotment.LOTTERY)


def gives_seats_now() -> Q:
    """Of sessions: whoever signs up now gets a seat at once, there is one left, and it is not drawn by lot."""
    return has_room_for_one() & ~Q(pk__in=terms_before_draws().values("session"))


def with_draws(sessions: SessionQuerySet) -> SessionQuerySet:
    """Each session with `seats_left`, `is_by_lot`, and before its draw `entered_count`, the people who have entered."""
    entered = Registration.objects.filter(session=OuterRef("pk"), state=Registration.State.ENTERED)
    people = Subquery(entered.order_by().values("session").annotate(people=Count("pk")).values("people"))
    count = Case(When(is_by_lot=True, then=Coalesce(people, 0)), output_field=IntegerField())
    rows = sessions.annotate(seats_left=seats_left_there(), is_by_lot=is_by_lot_now())
    return rows.annotate(entered_count=count)


def entries_closed(at: datetime.datetime) -> Q:
    """Of sessions: who signs up now would enter a draw, and none takes entries: not promised yet, or closed."""
    is_open = Lottery.objects.filter(session=OuterRef("pk"), closed_at=None)
    is_over = Q(registration_terms__closes_at__lte=at)
    return Q(is_by_lot_now()) & (Q(~Exists(is_open)) | is_over)


def entered_before_draw(session: Session, terms: RegistrationTerms) -> int | None:
    """How many people have entered the draw that is to come; None where seats are not drawn, or are drawn already."""
    return people_entered(session) if is_before_draw(session, terms) else None


def promised_seed(lottery: Lottery) -> str | None:
    """As hexadecimal digits; None where it cannot be opened, because the secret key has changed."""
    seed = lottery.open_seed or unseal(lottery.sealed_seed, SEALED_FOR)
    if seed is None or rule.commitment_of(bytes.fromhex(seed), lottery.public_number) != lottery.commitment:
        return None
    return seed


def lost_draws() -> list[int]:
    """Sessions of which the promised draw cannot be made."""
    waiting = Lottery.objects.filter(drawn_at=None, session__state=Session.State.PLANNED).order_by("session_id")
    return [lottery.session_id for lottery in waiting if promised_seed(lottery) is None]


def awaited_number(session: Session) -> str:
    """What the public number is called for which a closed draw waits; empty where none does."""
    return number_of(without_their_number().filter(session=session, closed_at__isnull=False))


def number_to_come(session: Session) -> str:
    """What the public number is called without which the draw is not made, also while people enter; empty where none
    goes in, or it is entered.
    """
    return number_of(without_their_number().filter(session=session))


def without_their_number() -> QuerySet[Lottery]:
    return Lottery.objects.filter(drawn_at=None, public_value="").exclude(public_number="")


def number_of(lotteries: QuerySet[Lottery]) -> str:
    return lotteries.values_list("public_number", flat=True).first() or ""


def draws_awaiting_a_number(condition: Q) -> SessionQuerySet:
    """Sessions whose draw is closed and waits for its public number, those that begin first on top."""
    awaited = without_their_number().filter(closed_at__isnull=False)
    sessions = Session.objects.filter(condition, state=Session.State.PLANNED, lottery__in=awaited)
    return sessions.select_related("activity__organisation", "lottery", "venue").order_by("starts_at", "pk")


def drawn_entries(lottery: Lottery) -> list[rule.Drawn]:
    """The entries in the order of the draw; empty before it."""
    entries = [(str(number), int(people)) for number, people in lottery.entries]
    if lottery.drawn_at is None:
        return []
    seed, seats = bytes.fromhex(lottery.seed), lottery.seat_count or 0
    return rule.draw(seed, entries, seats, public_value=lottery.public_value)


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
        "format": rule.FORMAT_WITH_NUMBER if lottery.public_number else rule.FORMAT,
        "session": lottery.session_id,
        "commitment": lottery.commitment,
        "committed_at": text_of(lottery.committed_at),
        "public_number": lottery.public_number,
        "opens_at": text_of(terms.opens_at),
        "closes_at": text_of(terms.closes_at),
        "closed_at": text_of(lottery.closed_at),
        "entries": lottery.entries,
        "list_digest": lottery.list_digest,
        "public_value": lottery.public_value,
        "public_source": lottery.public_source,
        "seats": lottery.seat_count,
        "seed": lottery.seed,
        "drawn_at": text_of(lottery.drawn_at),
        "order": [
            {"entry": drawn.entry, "people": drawn.people, "seats": drawn.has_seats} for drawn in drawn_entries(lottery)
        ],
    }


def text_of(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def entered_a_draw(row: Registration) -> bool:
    """Whether the person was entered for a draw when signing up, whatever came of it."""
    lottery = Lottery.objects.filter(session=row.session_id).first()
    return lottery is not None and (lottery.drawn_at is None or row.registered_at < lottery.drawn_at)
