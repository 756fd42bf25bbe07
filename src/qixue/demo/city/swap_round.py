"""A swap round of the synthetic city: 600 things of 200 people; half handed over, one no-show matched anew."""

import datetime
import random
from collections.abc import Sequence

from django.db.models import Q

from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.registration_desk import LIBRARY
from qixue.demo.city.registrations import Crowd
from qixue.demo.city.residents import Inhabitant
from qixue.demo.city.swap import create_things, create_wishes, draw_photo
from qixue.demo.city.week import Week
from qixue.people.models import Organisation, User
from qixue.places.models import Venue
from qixue.programme.models import Programme
from qixue.swap.models import Handover, Listing, RoundEntry, RoundPlan, SwapRound
from qixue.swap.operations.handovers import begin_handover
from qixue.swap.operations.no_shows import mark_missing
from qixue.swap.operations.plans import ask_for_plans, choose_plan, keep_plans
from qixue.swap.operations.rounds import keep_rounds

THINGS, OWNERS, WISHES_FOR_EACH = 600, 200, 2
TABLES = 8
COME_SHARE, AGREE_SHARE = 0.9, 0.985
OPEN_THINGS, OPEN_OWNERS, OPEN_COME_SHARE = 72, 24, 0.6  # of the round that takes in things; most answer at once
HANDED_OVER_SHARE = 0.5  # of the exchanges of which all people agreed
DAY = datetime.timedelta(days=1)
WEEK_BEFORE = datetime.timedelta(days=7)
BATCH = 500


def create_swap_round(seed: int, week: Week, programme: Programme, crowd: Crowd, organiser: User) -> SwapRound:
    """It began yesterday; today the desk goes on with those who have not come yet."""
    chance = stream(seed, "swap round")
    listed_at = week.moment(1, 9) - WEEK_BEFORE
    adults = [person for person in crowd.people if person.age >= 20 and not person.resident.user_id]
    owners = [crowd.members["resident"], crowd.members["elder"], *chance.sample(adults, OWNERS - 2)]
    things = create_things(chance, programme, owners, count=THINGS, at=listed_at)
    create_wishes(chance, things, each=WISHES_FOR_EACH, at=week.moment(1, 8))
    round_ = open_round(chance, week, programme, Organisation.objects.get(code=LIBRARY), listed_at=listed_at)
    enter(chance, round_, things, at=week.moment(1, 8))
    ask_for_plans(round_, by=organiser, at=week.moment(1, 9))
    keep_plans(at=week.moment(1, 9))
    plan = round_.plans.get(objective=RoundPlan.Objective.PEOPLE)
    choose_plan(plan, by=organiser, at=week.moment(1, 10))
    while keep_rounds(at=week.moment(1, 10)):
        pass  # so many are told at a time
    let_agree(chance, round_, at=week.moment(1, 20))
    begin_handover(round_, by=organiser, at=week.moment(2, 9))
    hand_over(chance, round_, at=week.moment(2, 10))
    missing = round_.handovers.filter(state=Handover.State.PLANNED, giver_confirmed_at=None).order_by("pk")
    mark_missing(missing.filter(giver__user=None)[0], by=organiser, at=week.moment(2, 11))
    make_repeatable(chance, round_)
    for thing in things_around(round_, owners[:2]):
        draw_photo(chance, thing)
    return round_


def create_open_round(seed: int, week: Week, programme: Programme, crowd: Crowd) -> SwapRound:
    """It takes in things until the day after tomorrow; they are handed over at a community point of next week.

    What is in it was listed before what people only offer: who looks at the newest things sees those with a picture.
    """
    chance = stream(seed, "things of the open swap round")
    adults = [person for person in crowd.people if person.age >= 20 and not person.resident.user_id]
    owners = [crowd.members["resident"], crowd.members["elder"], *chance.sample(adults, OPEN_OWNERS - 2)]
    things = create_things(chance, programme, owners, count=OPEN_THINGS, at=week.moment(1, 9) - DAY)
    create_wishes(chance, things, each=WISHES_FOR_EACH, at=week.moment(1, 20))
    round_ = round_that_is_open(seed, week, programme)
    enter(chance, round_, things, at=week.moment(2, 12), come_share=OPEN_COME_SHARE)
    for thing in things_around(round_, owners[:2]):
        draw_photo(chance, thing)
    return round_


def round_that_is_open(seed: int, week: Week, programme: Programme) -> SwapRound:
    return SwapRound.objects.create(
        programme=programme,
        organisation=Organisation.objects.get(code=LIBRARY),
        title="社区换物点·下周专场",
        kind=SwapRound.Kind.POINT,
        venue=Venue.objects.filter(kind=Venue.Kind.LIBRARY, is_group=False).order_by("code")[0],
        entries_close_at=week.moment(5, 18),
        answers_until=week.moment(6, 18),
        starts_at=week.moment(8, 9),
        ends_at=week.moment(14, 17),
        opening_hours="周二至周日 9:00-17:00",
        max_items=3,
        has_gifts=True,
        opened_at=week.moment(1, 9),
        client_uuid=drawn_uuid(stream(seed, "open swap round")),
    )


def things_around(round_: SwapRound, owners: Sequence[Inhabitant]) -> list[Listing]:
    """What these bring to the round and what they get in it: the pages of a persona are looked at."""
    people = [owner.resident for owner in owners]
    gets = Q(handovers__round=round_, handovers__receiver__in=people)
    own = Q(owner__in=people, round_entries__round=round_)
    return list(Listing.objects.filter(own | gets).distinct().order_by("pk"))


def make_repeatable(chance: random.Random, round_: SwapRound) -> None:
    """Codes come from the seed instead of the system, and how long the plans took as well."""
    handovers = list(round_.handovers.order_by("pk"))
    for handover in handovers:
        handover.code = f"{chance.randrange(1_000_000):06}"
    Handover.objects.bulk_update(handovers, ["code"], batch_size=BATCH)
    for plan in round_.plans.order_by("pk"):
        seconds = {name: round(chance.uniform(0.1, 0.9), 6) for name in ("load", "solve")}
        plan.result = {**(plan.result or {}), "seconds": seconds}
        plan.done_at = plan.begun_at and plan.begun_at + datetime.timedelta(seconds=sum(seconds.values()))
        plan.save(update_fields=["result", "done_at"])


def open_round(
    chance: random.Random,
    week: Week,
    programme: Programme,
    organisation: Organisation,
    *,
    listed_at: datetime.datetime,
) -> SwapRound:
    """With gifts and exchanges of any length, for which the best is found at once; its entries are closed."""
    return SwapRound.objects.create(
        programme=programme,
        organisation=organisation,
        title="变废为宝·奇换集市",
        kind=SwapRound.Kind.FAIR,
        table_count=TABLES,
        venue=Venue.objects.filter(kind=Venue.Kind.LIBRARY, is_group=False).order_by("code")[0],
        entries_close_at=week.moment(1, 8),
        answers_until=week.moment(1, 9),
        starts_at=week.moment(2, 9),
        ends_at=week.moment(3, 17),
        has_gifts=True,
        state=SwapRound.State.ANSWERING,
        opened_at=listed_at,
        client_uuid=drawn_uuid(chance),
    )


def enter(
    chance: random.Random,
    round_: SwapRound,
    things: Sequence[Listing],
    *,
    at: datetime.datetime,
    come_share: float = COME_SHARE,
) -> None:
    """Most owners say that they come; the others have not answered."""
    entries = []
    for thing in things:
        answer = RoundEntry.Answer.YES if chance.random() < come_share else RoundEntry.Answer.NONE
        answered_at = at if answer else None
        entries.append(RoundEntry(round=round_, listing=thing, entered_at=at, answer=answer, answered_at=answered_at))
    RoundEntry.objects.bulk_create(entries, batch_size=BATCH)


def let_agree(chance: random.Random, round_: SwapRound, *, at: datetime.datetime) -> None:
    rows = round_.handovers.filter(state=Handover.State.PLANNED, agreed_at=None).order_by("pk")
    agreeing = [pk for pk in rows.values_list("pk", flat=True) if chance.random() < AGREE_SHARE]
    Handover.objects.filter(pk__in=agreeing).update(agreed_at=at)


def hand_over(chance: random.Random, round_: SwapRound, *, at: datetime.datetime) -> None:
    """Whole exchanges, as the desk confirms them one by one; `handovers.receive` in bulk."""
    planned = round_.handovers.filter(state=Handover.State.PLANNED).order_by("exchange")
    numbers = list(planned.values_list("exchange", flat=True).distinct())
    done = round_.handovers.filter(exchange__in=[each for each in numbers if chance.random() < HANDED_OVER_SHARE])
    things = list(done.values_list("listing_id", "way"))
    done.update(state=Handover.State.DONE, giver_confirmed_at=at, receiver_confirmed_at=at)
    table = [pk for pk, way in things if way == Handover.Way.TO_TABLE]
    Listing.objects.filter(pk__in=table).update(state=Listing.State.ON_TABLE, is_gift=True)
    received = [pk for pk, _way in things if pk not in table]
    Listing.objects.filter(pk__in=received).update(state=Listing.State.EXCHANGED)
    round_.entries.filter(listing__in=[pk for pk, _way in things]).update(state=RoundEntry.State.OVER)
