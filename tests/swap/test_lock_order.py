"""Two connections: whoever waits for a thing holds none of those that come after it, so that two never wait for each
other. SQLite has one writer at a time, who never holds a part of what they need.
"""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from tests.at_once import outcome
from tests.factories import NOON, RoleAssignmentFactory, key
from tests.factories_swap import one_of, swap_organiser
from tests.factories_swap_rounds import SwapRoundFactory, planned_ring, ring

from qixue.people.models import User
from qixue.people.operations.erasure import erase_account
from qixue.swap.models import Handover, Listing, OneOf, OneOfThing, RoundEntry, SwapRound
from qixue.swap.operations.blocks import block_owner
from qixue.swap.operations.entries import leave_round
from qixue.swap.operations.handovers import break_off
from qixue.swap.operations.locks import locked_round
from qixue.swap.operations.no_shows import mark_missing, take_back_missing
from qixue.swap.operations.reports import decide_reports
from qixue.swap.operations.rounds import FORGOTTEN_AFTER, end_forgotten
from qixue.swap.operations.wishes import OneOfDetails, drop_one_of, save_one_of, wish_for

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


def searched_for(thing: Listing) -> OneOf:
    """The owner would give the thing for one of the others of the round, and their planned exchange serves that."""
    others = list(Listing.objects.exclude(pk=thing.pk).order_by("pk"))
    search = one_of(thing.owner, offered=[thing], wanted=others)
    Handover.objects.filter(in_return_for=thing).update(one_of=search)
    return search


def ending_a_search(thing: Listing) -> Act:
    search = searched_for(thing)
    return lambda: drop_one_of(search, by=thing.owner.user, at=NOON)


def changing_a_search(thing: Listing) -> Act:
    """Of what it was about, all is locked, too."""
    search = searched_for(thing)
    return lambda: saved(thing, key=search.client_uuid, wanted=[thing.pk])


def searching(thing: Listing) -> Act:
    others = Listing.objects.exclude(pk=thing.pk).order_by("pk")
    wanted = list(others.values_list("pk", flat=True))
    return lambda: saved(thing, key=key(), wanted=wanted)


def saved(thing: Listing, *, key: uuid.UUID, wanted: list[int]) -> OneOf:
    details = OneOfDetails(name="电饭煲", offered=[thing.pk], wanted=wanted)
    return save_one_of(thing.owner, details=details, key=key, by=thing.owner.user, at=NOON)


def not_coming(thing: Listing) -> Act:
    row, desk = row_of(thing), desk_of(thing)
    return lambda: mark_missing(row, by=desk, at=NOON)


def coming_after_all(thing: Listing) -> Act:
    row, desk = row_of(thing), desk_of(thing)
    mark_missing(row, by=desk, at=NOON)
    return lambda: take_back_missing(row, by=desk, at=NOON)


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
        (searching, False),
        (changing_a_search, False),
        (ending_a_search, False),
        (not_coming, False),
        (coming_after_all, False),
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

    offering = {wishing, searching, changing_a_search}
    assert answer == ("not_yours" if act_on in offering else "done")  # it is in an exchange


@pytest.mark.parametrize("act_on", [changing_a_search, ending_a_search])
def test_who_changes_a_search_waits_for_the_desk_that_serves_it(act_on: Callable[[Listing], Act]) -> None:
    *_before, last = scene(has_begun=False)
    act = act_on(last)

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            locked_round(row_of(last).round)
            waiting = threads.submit(outcome, act)
            until_somebody_waits()
            lock(last, nowait=True)
            list(OneOfThing.objects.select_for_update(nowait=True))
            list(Handover.objects.select_for_update(of=("self",), nowait=True))
        answer = waiting.result(PATIENCE)

    assert answer == ("done" if act_on is ending_a_search else "not_yours")


def lock(thing: Listing, *, nowait: bool = False) -> None:
    Listing.objects.select_for_update(no_key=True, nowait=nowait).get(pk=thing.pk)


def until_somebody_waits() -> None:
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"  # those who wait for this connection, and nobody else's
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    pytest.fail("Nobody waits.")
