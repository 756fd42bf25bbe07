"""Rounds, and rings of people in them."""

import datetime
import uuid
from collections.abc import Sequence

import factory

from qixue.people.models import User
from qixue.swap.models import Handover, Listing, RoundEntry, RoundPlan, SwapRound
from qixue.swap.operations.exchanges import Exchange, plan_exchanges
from qixue.swap.operations.handovers import confirm_here
from tests.factories import NOON, ProgrammeFactory, VenueFactory
from tests.factories_swap import ListingFactory, wish

DAY = datetime.timedelta(days=1)


class SwapRoundFactory(factory.django.DjangoModelFactory):
    """A round that takes in things for a day, two days before its fair."""

    class Meta:
        model = SwapRound

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.LazyAttribute(lambda round_: round_.programme.organisation)
    title = "奇换集市"
    kind = SwapRound.Kind.FAIR
    venue = factory.SubFactory(VenueFactory)
    entries_close_at = NOON + DAY
    answers_until = NOON + 2 * DAY
    starts_at = NOON + 3 * DAY
    ends_at = NOON + 3 * DAY + datetime.timedelta(hours=3)
    opened_at = NOON - DAY
    client_uuid = factory.LazyFunction(uuid.uuid4)


def entry(round_: SwapRound, thing: Listing, answer: str = RoundEntry.Answer.YES) -> RoundEntry:
    return RoundEntry.objects.create(
        round=round_, listing=thing, entered_at=NOON, answer=answer, answered_at=NOON if answer else None
    )


def ring(round_: SwapRound, size: int) -> list[Listing]:
    """Things of so many people, each of whom wants the next one's, in a round to which all of them come."""
    things = ListingFactory.create_batch(size, programme=round_.programme)
    for thing, wanted in zip(things, [*things[1:], things[0]], strict=True):
        wish(thing, wanted)
        entry(round_, thing)
    return things


def planned_ring(round_: SwapRound, things: Sequence[Listing]) -> list[Handover]:
    """The exchange of a ring as if a plan with it had been chosen."""
    if not round_.plans.exists():
        RoundPlan.objects.create(
            round=round_,
            objective=RoundPlan.Objective.ITEMS,
            state=RoundPlan.State.DONE,
            result={},
            trades=len(things),
            people=len(things),
            asked_at=NOON,
            done_at=NOON,
            chosen_at=NOON,
        )
    nodes = tuple(str(thing.pk) for thing in things)
    return plan_exchanges(round_, [Exchange(nodes, is_chain=False)], at=NOON)


def planned_chain(round_: SwapRound, thing: Listing, gift: Listing) -> list[Handover]:
    """The owner of the thing gets the gift, and the thing is left for the table."""
    for each in (gift, thing):
        entry(round_, each)
    return plan_exchanges(round_, [Exchange((str(thing.pk), str(gift.pk)), is_chain=True)], at=NOON)


def all_here(rows: Sequence[Handover], desk: User) -> None:
    """As the desk says it."""
    for row in rows:
        confirm_here(row, by=desk, at=NOON)
