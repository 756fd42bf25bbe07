"""Two connections: whoever waits for a thing holds none of those that come after it, so that two never wait for each
other. SQLite has one writer at a time, who never holds a part of what they need.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from tests.at_once import outcome
from tests.factories import NOON, RoleAssignmentFactory
from tests.factories_swap import swap_organiser
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.people.models import User
from qixue.people.operations.erasure import erase_account
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.operations.blocks import block_owner
from qixue.swap.operations.entries import leave_round
from qixue.swap.operations.handovers import break_off, mark_missing
from qixue.swap.operations.reports import decide_reports
from qixue.swap.operations.rounds import FORGOTTEN_AFTER, end_forgotten
from qixue.swap.operations.wishes import wish_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time"),
]

PATIENCE = 20  # seconds
Act = Callable[[], object]


def scene(*, has_begun: bool) -> list[Listing]:
    """A ring of three whose hand-over has begun or not, in the order of their keys."""
    round_ = SwapRoundFactory(state=SwapRound.State.HANDING_OVER)
    things = ring(round_, 3)
    planned_ring(round_, things)
    if has_begun:  # the last owner has received the first thing
        first = Handover.objects.filter(listing=things[0])
        first.update(state=Handover.State.DONE, giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
        Listing.objects.filter(pk=things[0].pk).update(state=Listing.State.EXCHANGED)
    return things


def row_of(thing: Listing) -> Handover:
    return Handover.objects.select_related("round__organisation", "in_return_for__owner").get(listing=thing)


def desk_of(thing: Listing) -> User:
    return RoleAssignmentFactory(organisation=row_of(thing).round.organisation).user


def hiding(thing: Listing) -> Act:
    staff = swap_organiser(thing.programme)
    return lambda: decide_reports(thing, is_hidden=True, seen=0, by=staff, at=NOON)


def leaving(thing: Listing) -> Act:
    entry = RoundEntry.objects.select_related("round").get(listing=thing)
    return lambda: leave_round(entry, by=thing.owner.user, at=NOON)


def keeping_apart(thing: Listing) -> Act:
    other = row_of(thing).in_return_for
    return lambda: block_owner(other, person=thing.owner, by=thing.owner.user, at=NOON)


def being_erased(thing: Listing) -> Act:
    return lambda: erase_account(thing.owner.user, at=NOON)


def wishing(thing: Listing) -> Act:
    first = Listing.objects.order_by("pk")[0]
    return lambda: wish_for(first, wisher=thing.owner, giving=[thing.pk], by=thing.owner.user, at=NOON)


def not_coming(thing: Listing) -> Act:
    row, desk = row_of(thing), desk_of(thing)
    return lambda: mark_missing(row, by=desk, at=NOON)


def breaking_off(thing: Listing) -> Act:
    row, desk = row_of(thing), desk_of(thing)
    return lambda: break_off(row, reason="left", by=desk, at=NOON)


def forgetting(thing: Listing) -> Act:
    round_ = row_of(thing).round
    return lambda: end_forgotten(round_, at=round_.ends_at + FORGOTTEN_AFTER)


@pytest.mark.parametrize(
    ("act_on", "has_begun"),
    [
        (hiding, False),
        (leaving, False),
        (keeping_apart, False),
        (being_erased, False),
        (wishing, False),
        (not_coming, False),
        (breaking_off, True),
        (forgetting, True),
    ],
)
def test_who_waits_for_a_thing_holds_none_after_it(act_on: Callable[[Listing], Act], has_begun: bool) -> None:
    *before, last = scene(has_begun=has_begun)
    act = act_on(last)

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():  # as somebody who wishes: one thing after the other
            lock(before[-1] if has_begun else before[0])
            waiting = threads.submit(outcome, act)
            until_somebody_waits()
            lock(last, nowait=True)
        answer = waiting.result(PATIENCE)

    assert answer == ("not_yours" if act_on is wishing else "done")  # it is in an exchange


def lock(thing: Listing, *, nowait: bool = False) -> None:
    Listing.objects.select_for_update(no_key=True, nowait=nowait).get(pk=thing.pk)


def until_somebody_waits() -> None:
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    pytest.fail("Nobody waits.")
