"""Seats by lot: the seed is promised before the first entry, the list is closed, the draw is made and everybody told.

All of it is the worker's duty. Each step is made once, under the lock of the session's row, and stays.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.clock_words import day_lazy
from qixue.core.duties import for_each
from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused
from qixue.core.sealed import seal
from qixue.participation import lottery as rule
from qixue.participation.models import Lottery, Registration, RegistrationTerms
from qixue.participation.notices import worded
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.seats import (
    addressed,
    by_party,
    locked_session,
    promote,
    tell_in_charge,
    with_session,
)
from qixue.participation.queries.lotteries import SEALED_FOR, drawn_entries, promised_seed
from qixue.participation.queries.registered import reach_of
from qixue.participation.queries.registrations import terms_of
from qixue.people.models import Resident, User
from qixue.people.operations.notifications import notify_each
from qixue.people.rules import Action
from qixue.programme.models import Session

TOLD_AT_ONCE = 200  # entries, so that no transaction gets long
BATCH = 500
BY_LOT = RegistrationTerms.Allotment.LOTTERY
State = Registration.State
# By state. Whoever has been offered a seat was told so, and has to answer.
TOLD: dict[str, str] = {State.CONFIRMED: "lottery_seat", State.WAITING: "lottery_waiting"}


def entered(
    session: Session, terms: RegistrationTerms, people: Sequence[Resident], *, at: datetime.datetime
) -> list[Registration]:
    """The people as entries without seat or order. Refused: not_committed, draw_pending."""
    found = Lottery.objects.filter(session=session).first()
    if found is None:
        raise Refused("not_committed", _("The draw is being prepared. Please try again in a minute."))
    if found.closed_at or (terms.closes_at and at >= terms.closes_at):
        raise Refused("draw_pending", _("Entering is over, and the draw has not been made yet."))
    return [Registration(session=session, resident=person, state=State.ENTERED) for person in people]


def has_begun(session: Session) -> bool:
    """Whether somebody has signed up or entered, and is still in."""
    return Registration.objects.active().filter(session=session).exists()


def check_allotment(session: Session, allotment: str) -> None:
    """Whether the seats of a session, which is locked, can be given in this way. Refused: lottery_begun."""
    if has_begun(session) and allotment != terms_of(session).allotment:
        sentence = _("People have signed up already: how the seats are given cannot be changed any more.")
        raise Refused("lottery_begun", sentence, field="allotment")


def check_public_number(session: Session, public_number: str, *, by: User, at: datetime.datetime) -> None:
    """Whether this number can go into the draw of a session, which is locked. It is named with the promise: before
    anybody has entered a new promise is made for another one. Refused: lottery_begun.
    """
    lottery = Lottery.objects.filter(session=session).exclude(public_number=public_number).first()
    if lottery is None:
        return
    if lottery.closed_at or has_begun(session):
        sentence = _("The promise of this draw names its public number: it cannot be changed any more.")
        raise Refused("lottery_begun", sentence, field="public_number")
    record_audit("lottery.promise_withdrawn", session, by=by, at=at, details={"commitment": lottery.commitment})
    lottery.delete()


@transaction.atomic
def enter_public_value(
    session: Session, *, value: str, source: str, by: User, at: datetime.datetime, confirmed: bool = False
) -> Lottery:
    """Say what the public number is that was named with the promise, and where everybody can read it; it stays.

    It is kept in its canonical spelling. The draw is then made as soon as its moment has come. The same again changes
    nothing. Refused: not_in_charge, no_public_number, lottery_open, value_unclear, value_stands.
    Doubt: value_too_early.
    """
    session = locked_session(session)
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    lottery = Lottery.objects.filter(session=session).exclude(public_number="").first()
    if lottery is None:
        raise Refused("no_public_number", _("No public number goes into the draw of this session."))
    if lottery.closed_at is None:
        raise Refused("lottery_open", _("People can still enter. The number is entered when the list is closed."))
    value = checked_value(value)
    if lottery.public_value:
        if (lottery.public_value, lottery.public_source) == (value, source):
            return lottery
        raise Refused("value_stands", _("The public number is entered already, and it stays."), field="value")
    check_is_known(session, confirmed=confirmed, at=at)
    lottery.public_value, lottery.public_source, lottery.public_value_at = value, source, at
    lottery.save(update_fields=["public_value", "public_source", "public_value_at"])
    details = {"value": value, "source": source}
    record_audit("lottery.public_value_entered", session, by=by, at=at, details=details)
    return lottery


def check_is_known(session: Session, *, confirmed: bool, at: datetime.datetime) -> None:
    """Only the words that name the number say of which day it is, and none says at which hour it is known: until that
    day is over, what is entered is another day's number more often than not. Doubt: value_too_early.
    """
    lottery = Lottery.objects.filter(session=session, closed_at__isnull=False).first()
    if confirmed or lottery is None:
        return
    named = rule.day_named(lottery.public_number, closed_on=local_day(lottery.closed_at or at))
    if named and named >= local_day(at):
        sentence = _(
            "The number is that of %(day)s, and that day is not over. Please enter it only when it has been published: "
            "it cannot be taken back."
        )
        raise Doubt("value_too_early", sentence, field="value", day=day_lazy(named))


def checked_value(text: str) -> str:
    try:
        return rule.canonical_value(text)
    except ValueError as error:
        sentence = _(
            "Please write digits only, with one decimal point where there is one, and no spaces or commas: for example "
            "3259.41."
        )
        raise Refused("value_unclear", sentence, field="value") from error


def keep_lotteries(*, at: datetime.datetime) -> int:
    """The worker's duty: promise, close, draw, tell. Returns how many steps it made."""
    by_lot = RegistrationTerms.objects.filter(allotment=BY_LOT)
    planned = Lottery.objects.filter(
        session__state=Session.State.PLANNED, session__registration_terms__allotment=BY_LOT
    ).annotate(due=Coalesce("session__registration_terms__draw_at", "session__registration_terms__closes_at"))
    complete = planned.exclude(~Q(public_number=""), public_value="")
    drawn = Lottery.objects.filter(drawn_at__isnull=False)
    steps: tuple[tuple[Callable[..., int], QuerySet[Any]], ...] = (
        (commit, by_lot.filter(session__lottery=None)),
        (close, planned.filter(closed_at=None, session__registration_terms__closes_at__lte=at)),
        (draw, complete.filter(closed_at__isnull=False, drawn_at=None, due__lte=at)),
        (tell, drawn.exclude(told_count=F("entry_count"))),
    )
    return sum(
        for_each(
            "lotteries", list(due.order_by("session_id").values_list("session_id", flat=True)), partial(step, at=at)
        )
        for step, due in steps
    )


@transaction.atomic
def commit(session_pk: int, *, at: datetime.datetime) -> int:
    """Promise a seed. Done again, the first promise stays."""
    session = locked_session(Session(pk=session_pk))
    if Lottery.objects.filter(session=session).exists():
        return 0
    seed, number = rule.new_seed(), terms_of(session).public_number
    kept = {"open_seed": seed.hex()} if number else {"sealed_seed": seal(seed.hex(), SEALED_FOR)}
    commitment = rule.commitment_of(seed, number)
    Lottery.objects.create(session=session, commitment=commitment, public_number=number, committed_at=at, **kept)
    record_audit("lottery.committed", session, by=None, at=at, details={"commitment": commitment})
    return 1


@transaction.atomic
def close(session_pk: int, *, at: datetime.datetime) -> int:
    """Take down who has entered. From now on nobody enters; who leaves stays in the list."""
    session = locked_session(Session(pk=session_pk))
    lottery = Lottery.objects.get(session=session)
    if lottery.closed_at:
        return 0
    sizes: dict[str, int] = defaultdict(int)
    for party in entered_rows(session).values_list("party", flat=True):
        sizes[rule.entry_number(party)] += 1
    lottery.entries = [list(entry) for entry in rule.canonical(sizes.items())]
    lottery.entry_count = len(lottery.entries)
    lottery.list_digest = rule.list_digest(sizes.items()).hex()
    lottery.closed_at = at
    lottery.save(update_fields=["entries", "entry_count", "list_digest", "closed_at"])
    record_audit("lottery.closed", session, by=None, at=at, details={"list_digest": lottery.list_digest})
    return 1


@transaction.atomic
def draw(session_pk: int, *, at: datetime.datetime) -> int:
    """Publish the seed and give seats and places in line by it; not before its public number, and nothing at a session
    that was called off meanwhile. Refused: seed_lost.
    """
    session = locked_session(Session(pk=session_pk))
    lottery = Lottery.objects.get(session=session)
    is_complete = bool(lottery.public_value or not lottery.public_number)
    if lottery.drawn_at or not is_complete or session.state != Session.State.PLANNED:
        return 0
    seed = promised_seed(lottery)
    if seed is None:
        raise Refused("seed_lost", _("The promised seed of this draw cannot be opened: the secret key has changed."))
    lottery.seed, lottery.drawn_at = seed, at
    lottery.seat_count = max(0, (session.seat_count or 0) - session.taken_count)
    lottery.save(update_fields=["seed", "drawn_at", "seat_count"])
    place_entries(session, lottery)
    details = {"seed": seed, "seats": lottery.seat_count}
    record_audit("lottery.drawn", session, by=None, at=at, details=details)
    promote(session, terms_of(session), at=at)  # seats of those who have left since the list was closed
    return 1


def place_entries(session: Session, lottery: Lottery) -> None:
    """Seats and places in line as drawn, for those of each entry who still want to come."""
    members: dict[str, list[Registration]] = defaultdict(list)
    for row in entered_rows(session):
        members[rule.entry_number(row.party)].append(row)
    placed = []
    for drawn in drawn_entries(lottery):
        for row in members[drawn.entry]:
            if drawn.has_seats:
                row.state = State.CONFIRMED
                session.taken_count += 1
            else:
                session.waiting_count += 1
                session.last_waiting_number += 1
                row.state, row.waiting_number = State.WAITING, session.last_waiting_number
            placed.append(row)
    Registration.objects.bulk_update(placed, ["state", "waiting_number"], batch_size=BATCH)
    session.save(update_fields=["taken_count", "waiting_count", "last_waiting_number"])


@transaction.atomic
def tell(session_pk: int, *, at: datetime.datetime) -> int:
    """Tell the next entries in the order of the draw how it stands with them."""
    session = locked_session(Session(pk=session_pk))
    lottery = Lottery.objects.get(session=session)
    numbers = [drawn.entry for drawn in drawn_entries(lottery)]
    numbers = numbers[lottery.told_count : lottery.told_count + TOLD_AT_ONCE]
    active = Registration.objects.active().filter(session=session)
    keys = {rule.entry_number(party): party for party in active.values_list("party", flat=True).distinct()}
    rows = active.filter(party__in=[keys[number] for number in numbers if number in keys])
    people = with_session(session, rows.with_accounts().order_by("pk"))
    hours, told = terms_of(session).offer_hours, []
    for party in by_party(people).values():
        if found := TOLD.get(party[0].state):
            kind, more = worded(found, party[0].state, hours)
            told += addressed(reach_of(party), kind, **more)
    notify_each(told, at=at)
    tell_in_charge((row for row in people if row.state == State.CONFIRMED), at=at)
    lottery.told_count += len(numbers)
    lottery.save(update_fields=["told_count"])
    return len(numbers)


def entered_rows(session: Session) -> QuerySet[Registration]:
    return Registration.objects.filter(session=session, state=State.ENTERED).order_by("pk")
