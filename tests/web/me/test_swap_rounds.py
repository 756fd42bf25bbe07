"""The pages on which owners of things go through a round."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml import html
from tests.factories import NOON, MemberFactory, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory, with_photo
from tests.factories_swap_rounds import DAY, SwapRoundFactory, entry, planned_ring, ring

from qixue.core.clock import now
from qixue.core.clock_words import day_clock
from qixue.people.models import Resident, User
from qixue.swap.models import Block, Handover, Listing, ListingReport, RoundEntry, SwapRound
from qixue.swap.operations.rounds import close_round
from qixue.swap.queries.reports import reported_listings
from qixue.swap.queries.rounds import own_things_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def round_() -> SwapRound:
    """As of the clock of the pages."""
    at = now()
    return SwapRoundFactory(
        entries_close_at=at + DAY, answers_until=at + 2 * DAY, starts_at=at + 3 * DAY, ends_at=at + 4 * DAY
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["qixue_language"] = "en"
    client.force_login(user)
    return client


def page(client: Client, round_: SwapRound) -> str:
    return client.get(reverse("me:swap_round", args=[round_.pk])).content.decode()


def test_entering_a_thing_and_saying_that_one_comes(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme)
    client = signed_in(thing.owner.user)
    listed = client.get(reverse("me:swap_rounds"))
    form = {"things": [str(thing.pk)], "comes": "yes"}

    sent = [client.post(reverse("me:enter_swap_round", args=[round_.pk]), form) for _twice in range(2)]

    row = RoundEntry.objects.get()
    assert [response.status_code for response in sent] == [302, 302]
    assert (round_.title in listed.content.decode(), row.listing, row.answer) == (True, thing, "yes")
    assert "You said that you come" in page(client, round_)


def test_community_point_says_from_the_start_how_its_desk_works(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(kind="point", opening_hours="周二至周日 9:00-17:00")
    client = signed_in(ListingFactory(programme=round_.programme).owner.user)

    with override("en"):
        until = day_clock(round_.ends_at)
    assert f"until {until} at the latest. Open: 周二至周日 9:00-17:00." in page(client, round_)


def test_the_result_says_what_one_gives_and_gets(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    rows = planned_ring(round_, ring(round_, 2))
    client = signed_in(rows[0].giver.user)

    before = page(client, round_)
    client.post(reverse("me:agree_to_swap", args=[rows[0].pk]))

    assert "I agree to this exchange" in before
    assert "You agreed" in page(client, round_)
    assert Handover.objects.get(pk=rows[0].pk).agreed_at is not None


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("nobody_wants", "Nobody in this round would take it."),
        ("no_wishes", "Nothing that you would take for it was in this round."),
        ("no_way_round", "no ring led back"),
        ("others_came_first", "with others more people got something"),
    ],
)
def test_the_result_says_why_a_thing_did_not_trade(round_: SwapRound, reason: str, words: str) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    planned_ring(round_, ring(round_, 2))
    lonely = ListingFactory(programme=round_.programme)
    entry(round_, lonely)
    round_.plans.update(reasons={str(lonely.pk): reason})

    assert words in page(signed_in(lonely.owner.user), round_)


def test_two_phones_hand_a_thing_over(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    rows = planned_ring(round_, ring(round_, 2))
    giver, receiver = signed_in(rows[0].giver.user), signed_in(rows[0].receiver.user)
    code = reverse("me:swap_code", args=[rows[0].pk])

    giver.post(reverse("me:swap_here", args=[rows[0].pk]))
    early = receiver.get(code).content.decode()
    receiver.post(reverse("me:swap_here", args=[rows[1].pk]))
    shown = receiver.get(code).content.decode()
    digits = rows[0].code
    wrong = giver.post(reverse("me:give_swap", args=[rows[0].pk]), {"code": "12"})
    giver.post(reverse("me:give_swap", args=[rows[0].pk]), {"code": f"{digits[:3]} {digits[3:]}"})

    grouped = f"{digits[:3]} {digits[3:]}"
    assert (grouped in early, grouped in shown, wrong.status_code) == (False, True, 422)
    assert Handover.objects.get(pk=rows[0].pk).state == "done"
    assert "It is yours." in receiver.get(code).content.decode()


@pytest.mark.parametrize("state", ["proposed", "handing_over", "closed"])
def test_partners_read_two_characters_of_each_others_names(round_: SwapRound, state: str) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state=state)
    things = ring(round_, 2)
    for thing, name in zip(things, ("欧阳大明", "王小红"), strict=True):
        Resident.objects.filter(pk=thing.owner_id).update(name=name)
    rows = planned_ring(round_, things)
    given = next(row for row in rows if row.listing == things[0])
    round_.handovers.update(giver_confirmed_at=NOON)
    client = signed_in(things[0].owner.user)
    received = next(row for row in rows if row != given)

    pages = [
        page(client, round_),
        client.get(reverse("me:give_swap", args=[given.pk])).content.decode(),
        client.get(reverse("me:swap_code", args=[received.pk])).content.decode(),
    ]

    assert [("王*红" in text, "王小红" in text) for text in pages] == [(True, False)] * 3


def test_pages_of_others_look_like_missing_ones(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    rows = planned_ring(round_, ring(round_, 2))
    stranger = signed_in(MemberFactory().user)
    row = RoundEntry.objects.filter(round=round_).first()

    found = [
        stranger.post(reverse("me:agree_to_swap", args=[rows[0].pk])).status_code,
        stranger.post(reverse("me:swap_here", args=[rows[0].pk])).status_code,
        stranger.get(reverse("me:swap_code", args=[rows[0].pk])).status_code,
        stranger.get(reverse("me:give_swap", args=[rows[0].pk])).status_code,
        stranger.post(reverse("me:answer_swap", args=[row.pk])).status_code,
        stranger.get(reverse("me:leave_swap", args=[row.pk])).status_code,
        signed_in(rows[0].giver.user).get(reverse("me:swap_code", args=[rows[0].pk])).status_code,
    ]

    assert found == [404] * 7
    assert rows[0].giver.name not in page(stranger, round_)


def test_a_round_of_a_draft_is_shown_to_nobody() -> None:
    hidden = SwapRoundFactory(programme=ProgrammeFactory(state="draft"))
    client = signed_in(MemberFactory().user)

    assert client.get(reverse("me:swap_round", args=[hidden.pk])).status_code == 404


def test_taking_a_thing_out_is_asked_once_more(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme, listed_at=NOON)
    row = entry(round_, thing)
    client = signed_in(thing.owner.user)
    address = reverse("me:leave_swap", args=[row.pk])

    asked = client.get(address)
    client.post(address)

    row.refresh_from_db()
    assert (asked.status_code, row.state) == (200, RoundEntry.State.LEFT)
    assert "You took it out of the round" in page(client, round_)


def test_partners_of_an_exchange_can_report_and_keep_apart(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    first, second, third = ring(round_, 3)  # each gets the next one's
    planned_ring(round_, [first, second, third])
    client = signed_in(first.owner.user)
    report, block = reverse("me:report_listing", args=[second.pk]), reverse("me:block_owner", args=[third.pk])

    shown = page(client, round_)
    client.post(report, {"reason": "untrue"})
    stranger = signed_in(MemberFactory().user).get(report).status_code
    client.post(block)

    assert (report in shown, block in shown, stranger) == (True, True, 404)
    assert ListingReport.objects.get().listing == second
    assert Block.objects.get().blocked == third.owner
    assert set(round_.handovers.values_list("state", flat=True)) == {"void"}


def test_what_was_received_can_be_reported_by_whoever_received_it(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    first, second = ring(round_, 2)
    planned_ring(round_, [first, second])
    round_.handovers.update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
    Listing.objects.update(state="exchanged")
    client, report = signed_in(first.owner.user), reverse("me:report_listing", args=[second.pk])

    shown = page(client, round_)
    client.post(report, {"reason": "untrue", "note": "壶是漏的"})

    assert (report in shown, signed_in(MemberFactory().user).get(report).status_code) == (True, 404)
    assert list(reported_listings(round_.programme)) == [second]


def test_who_is_asked_to_agree_sees_what_they_would_get(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    things = ring(round_, 2)
    with_photo(things[1])
    Listing.objects.filter(pk=things[1].pk).update(note="壶嘴有一处小磕碰")
    planned_ring(round_, things)
    photo = reverse("public:listing_photo", args=[things[1].pk, things[1].first_photo.address, "large"])
    client, stranger = signed_in(things[0].owner.user), signed_in(MemberFactory().user)

    shown = page(client, round_)

    assert (photo in shown, "壶嘴有一处小磕碰" in shown) == (True, True)
    assert (client.get(photo).status_code, stranger.get(photo).status_code) == (200, 404)


def test_the_page_of_a_round_does_not_read_the_whole_plan(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    things = ring(round_, 2)
    planned_ring(round_, things)

    with CaptureQueriesContext(connection) as queries:
        own_things_in(round_, things[0].owner)

    plans = [query["sql"] for query in queries.captured_queries if "swap_roundplan" in query["sql"]]
    assert [('"instance"' in sql, '"result"' in sql) for sql in plans] == [(False, False)]


def test_who_does_not_know_yet_whether_they_come_can_say_so_later(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme)
    client = signed_in(thing.owner.user)
    address = reverse("me:enter_swap_round", args=[round_.pk])

    unsaid = client.post(address, {"things": [str(thing.pk)]})
    client.post(address, {"things": [str(thing.pk)], "comes": "later"})
    row = RoundEntry.objects.get()
    before = row.answer
    client.post(reverse("me:answer_swap", args=[row.pk]), {"comes": "yes"})

    row.refresh_from_db()
    assert (unsaid.status_code, before, row.answer) == (422, "", "yes")
    assert "You said that you come" in page(client, round_)


@pytest.mark.parametrize("state", ["open", "answering", "matching", "proposed", "handing_over"])
def test_a_round_whose_hours_are_over_asks_for_nothing(round_: SwapRound, state: str) -> None:
    moments = dict.fromkeys(("entries_close_at", "answers_until", "starts_at"), NOON - DAY)
    SwapRound.objects.filter(pk=round_.pk).update(**moments, ends_at=NOON - DAY / 2, state=state)
    things = ring(round_, 2)
    RoundEntry.objects.update(answer="", answered_at=None)
    if state in {"proposed", "handing_over"}:
        planned_ring(round_, things)

    shown = page(signed_in(things[0].owner.user), round_)

    asking = ("I agree to this exchange", "Please agree by", "Do you bring it?", "Yes, I bring it", "I am here")
    assert [words for words in asking if words in shown] == []


def test_at_a_community_point_the_desk_reads_the_code(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(
        state="handing_over", kind="point", opening_hours="周二至周日 9:00-17:00"
    )
    row, _other = planned_ring(round_, ring(round_, 2))
    giver, receiver = signed_in(row.giver.user), signed_in(row.receiver.user)

    bring = page(giver, round_)
    round_.handovers.update(giver_confirmed_at=NOON)
    shown = receiver.get(reverse("me:swap_code", args=[row.pk])).content.decode()

    assert ("Please bring your thing to the desk" in bring, "I am here, with the thing" in bring) == (True, False)
    assert ("周二至周日 9:00-17:00" in bring, "Show this at the desk" in shown) == (True, True)
    assert "All things are there. Please fetch yours" in page(receiver, round_)


def test_what_is_still_to_be_given_or_got_stands_first(round_: SwapRound) -> None:
    owner = MemberFactory()
    earlier = ListingFactory(programme=round_.programme, owner=owner)
    entry(round_, earlier)
    mine, other = ring(round_, 2)
    Listing.objects.filter(pk=mine.pk).update(owner=owner)
    planned_ring(round_, [mine, other])

    assert [each.entry.listing for each in own_things_in(round_, owner)] == [mine, earlier]


def test_own_things_that_are_called_alike_can_be_told_apart(round_: SwapRound) -> None:
    owner = MemberFactory()
    lamps = [
        ListingFactory(programme=round_.programme, owner=owner, title="台灯", listed_at=NOON + number * DAY)
        for number in range(2)
    ]
    kettle = ListingFactory(programme=round_.programme, owner=owner, title="电水壶", listed_at=NOON)
    with_photo(lamps[0])
    photo = reverse("public:listing_photo", args=[lamps[0].pk, lamps[0].first_photo.address, "small"])

    page_of_form = signed_in(owner.user).get(reverse("me:enter_swap_round", args=[round_.pk])).content.decode()

    labels = {
        box.get("value"): " ".join(box.getparent().text_content().split())
        for box in html.fromstring(page_of_form).xpath("//input[@name='things']")
    }
    kind = labels[str(kettle.pk)].removeprefix("电水壶 · ")
    with override("en"):
        first, second = (day_clock(NOON + number * DAY) for number in range(2))
    assert labels == {
        str(lamps[1].pk): f"台灯 · {kind} · 1 of 2, listed on {second}",
        str(lamps[0].pk): f"台灯 · {kind} · 2 of 2, listed on {first}",
        str(kettle.pk): f"电水壶 · {kind}",
    }
    assert photo in page_of_form


def test_what_is_in_another_round_is_named_with_it(round_: SwapRound) -> None:
    thing = ListingFactory(programme=round_.programme)
    other = SwapRoundFactory(programme=round_.programme, title="社区奇换点")
    entry(other, thing)
    client = signed_in(thing.owner.user)
    address = reverse("me:enter_swap_round", args=[round_.pk])

    shown = client.get(address).content.decode()
    RoundEntry.objects.update(state=RoundEntry.State.LEFT)

    link = f'{reverse("me:swap_round", args=[other.pk])}">社区奇换点'
    assert ("In another round already" in shown, link in shown) == (True, True)
    assert "In another round already" not in client.get(address).content.decode()


def test_what_is_to_be_done_stands_above_what_is_given_and_leaving_below_all(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    rows = planned_ring(round_, ring(round_, 2))
    received = next(row for row in rows if row.receiver == rows[0].giver)

    shown = page(signed_in(rows[0].giver.user), round_)

    with override("en"):
        until = day_clock(round_.starts_at)
    asked = f"Please agree by {until}: you give “{rows[0].listing.title}” and get “{received.listing.title}”."
    parts = [asked, "I agree to this exchange", "You give", "Report this thing", "Take it out of the round"]
    places = [shown.index(words) for words in parts]
    assert places == sorted(places)


def test_a_code_that_was_used_is_shown_no_more_and_nobody_is_asked_for_it(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    rows = planned_ring(round_, ring(round_, 2))
    round_.handovers.update(giver_confirmed_at=NOON)
    received = next(row for row in rows if row.receiver == rows[0].giver)
    client, code = signed_in(rows[0].giver.user), reverse("me:swap_code", args=[received.pk])
    before = [page(client, round_), client.get(code)]
    Handover.objects.filter(pk=received.pk).update(state="done", receiver_confirmed_at=NOON)

    after = [page(client, round_), client.get(code)]

    digits = f"{received.code[:3]} {received.code[3:]}"
    asking = "Show your code to whoever brings you theirs."
    assert [(asking in text, digits in answer.content.decode()) for text, answer in (before, after)] == [
        (True, True),
        (False, False),
    ]
    assert "You have received what you get: your code is used." in after[0]
    assert "Scan the code on the phone of whoever gets your thing." in after[0]
    assert "this code is used" in after[1].content.decode()
    assert "no-store" in before[1]["Cache-Control"]


def test_who_was_there_when_the_round_ended_reads_that_nobody_was_missing(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    rows = planned_ring(round_, ring(round_, 2))
    organiser = RoleAssignmentFactory(organisation=round_.organisation).user

    close_round(round_, by=organiser, at=now(), confirmed=True)

    shown = page(signed_in(rows[0].giver.user), round_)
    assert ("the round was ended before it was handed over" in shown, "did not come" in shown) == (True, False)
