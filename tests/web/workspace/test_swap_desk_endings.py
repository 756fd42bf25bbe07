"""The desk of a swap round where something comes to nothing: what it asks before, and what it shows afterwards."""

import pytest
from django.urls import reverse
from tests.factories import NOON
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import entry, planned_ring, ring
from tests.web.workspace.test_swap_rounds import signed_in

from qixue.people.models import User
from qixue.swap.models import Handover, SwapRound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_desk_whose_round_is_closed_still_says_what_came_of_all(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over", has_gifts=True)
    done, undone = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 3))
    keys = [row.pk for row in done]
    Handover.objects.filter(pk__in=keys).update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
    gift = entry(round_, ListingFactory(programme=round_.programme, is_gift=True))
    client, desk = signed_in(organiser), reverse("workspace:swap_desk", args=[round_.pk])

    client.post(reverse("workspace:close_swap_round", args=[round_.pk]), {"confirmed": "on"})
    shown = client.get(desk).content.decode()
    off = client.get(desk, {"due": "off"}).content.decode()
    client.post(reverse("workspace:put_on_swap_table", args=[gift.pk]))

    said = "5 things were matched: 2 were handed over, 3 stayed with their owners"
    assert (said in shown, "2 of 2 things" in shown) == (True, False)
    assert f"To the common table: {gift.listing.title}" in shown
    number = undone[0].exchange
    assert f"Exchange {number} came to nothing: the round was ended before it was handed over." in off
    assert "To the common table" not in client.get(desk).content.decode()
    gift.listing.refresh_from_db()
    assert gift.listing.state == "on_table"


def test_the_question_about_a_no_show_says_where_the_person_was_seen(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    here, other = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 2))
    Handover.objects.filter(pk=here[0].pk).update(giver_confirmed_at=NOON)
    Handover.objects.filter(pk=other[0].pk).update(giver=here[0].giver)
    client = signed_in(organiser)

    warned, plain = (
        client.get(reverse("workspace:swap_missing", args=[row.pk])).content.decode() for row in (other[0], other[1])
    )

    said = f"{here[0].giver.name} is here: noted so in exchange {here[0].exchange}."
    assert (said in warned, "is here: noted so" in plain) == (True, False)
