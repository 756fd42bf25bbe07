"""Courses that give their seats by lot: one was drawn this morning, one is open, one waits for a number."""

import datetime
import random
from collections.abc import Sequence

from qixue.core.sealed import seal
from qixue.demo.city.activities import Planned
from qixue.demo.city.chance import stream
from qixue.demo.city.registration_desk import TOWN
from qixue.demo.city.registrations import county_of
from qixue.demo.city.week import Week
from qixue.participation.lottery import SEED_BYTES, commitment_of
from qixue.participation.models import Lottery, RegistrantMessage, Registration, RegistrationTerms
from qixue.participation.operations.lotteries import close, draw, tell
from qixue.participation.queries.lotteries import SEALED_FOR
from qixue.people.models import Notification
from qixue.programme.models import Session

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
COUNTY = "441826"  # of the draw that waits for its public number
FEW_SEATS = 15


def create_lotteries(seed: int, week: Week, planned: Sequence[Planned]) -> None:
    chance = stream(seed, "lotteries")
    for row, closes_at in zip(most_wanted(week, planned), (week.known_until, None), strict=False):
        create_lottery(chance, week, row, closes_at or row.starts_at - DAY)
        if closes_at:
            close(row.session.pk, at=closes_at)
            draw(row.session.pk, at=closes_at)
            while tell(row.session.pk, at=closes_at):
                pass  # so many at a time
    for row in coming_in_county(week, planned)[:1]:
        # Drawn every evening, also on Saturday and Sunday, when no index has a closing value.
        today = f"{week.today.year}年{week.today.month}月{week.today.day}日"
        create_lottery(chance, week, row, week.known_until, public_number=f"中国福利彩票3D{today}开奖号码（三位数字）")
        RegistrationTerms.objects.filter(session=row.session).update(draw_at=week.known_until + DAY)
        row.session.seat_count = FEW_SEATS
        row.session.save(update_fields=["seat_count"])
        close(row.session.pk, at=week.known_until)


def coming_in_county(week: Week, planned: Sequence[Planned]) -> list[Planned]:
    """Sessions from the day after tomorrow on for more people than the few seats, the most wanted first. Not those of
    which people were written to as if they had a seat.
    """
    written_to = set(RegistrantMessage.objects.values_list("session_id", flat=True))
    coming = [
        row
        for row in planned
        if row.session.taken_count > FEW_SEATS
        and row.session.state == Session.State.PLANNED
        and row.session.pk not in written_to
        and county_of(row) == COUNTY
        and row.starts_at >= week.known_until + 2 * DAY
    ]
    return sorted(coming, key=lambda row: (row.organisation.code != TOWN, -row.session.taken_count, row.session.pk))


def most_wanted(week: Week, planned: Sequence[Planned]) -> list[Planned]:
    """Sessions from the day after tomorrow on with more people than seats, the longest queue first."""
    taken = {
        *RegistrationTerms.objects.values_list("session_id", flat=True),
        *RegistrantMessage.objects.values_list("session_id", flat=True),
    }
    coming = [
        row
        for row in planned
        if row.session.waiting_count
        and row.session.state == Session.State.PLANNED
        and row.session.pk not in taken
        and row.starts_at >= week.known_until + 2 * DAY
    ]
    return sorted(coming, key=lambda row: (-row.session.waiting_count, row.session.pk))


def create_lottery(
    chance: random.Random, week: Week, row: Planned, closes_at: datetime.datetime, public_number: str = ""
) -> None:
    """All who signed up are entries in the draw instead."""
    session, promised = row.session, chance.randbytes(SEED_BYTES)
    RegistrationTerms.objects.create(
        session=session,
        allotment=RegistrationTerms.Allotment.LOTTERY,
        opens_at=week.prepared_at,
        closes_at=closes_at,
        public_number=public_number,
        place_limit=4,
    )
    kept = {"open_seed": promised.hex()} if public_number else {"sealed_seed": seal(promised.hex(), SEALED_FOR)}
    Lottery.objects.create(
        session=session,
        commitment=commitment_of(promised, public_number),
        public_number=public_number,
        **kept,
        committed_at=week.prepared_at - MINUTE,
    )
    active = Registration.objects.active().filter(session=session)
    tell_of_the_draw({str(party) for party in active.values_list("party", flat=True)})
    active.update(state=Registration.State.ENTERED, waiting_number=None)
    session.taken_count = session.waiting_count = session.last_waiting_number = 0
    session.save(update_fields=["taken_count", "waiting_count", "last_waiting_number"])


def tell_of_the_draw(parties: set[str]) -> None:
    """Who was told of a seat, or of a place in the queue, reads of the draw instead."""
    for line in Notification.objects.filter(kind__in=("registration_confirmed", "registration_waiting")):
        party = line.key.partition(":")[2]
        if party in parties:
            line.kind = "registration_entered"
            line.key = f"{line.kind}:{party}"
            line.save(update_fields=["kind", "key"])
