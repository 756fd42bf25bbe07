"""The pages of a round for its organiser and its desk."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, RoleAssignmentFactory, VenueFactory, key
from tests.factories_swap_rounds import DAY, SwapRoundFactory, planned_ring, ring

from qixue.core.clock import minute_text, now
from qixue.people.models import Role, User
from qixue.swap.models import Handover, RoundPlan, SwapRound
from qixue.swap.operations.plans import LEASE, keep_plans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory()


@pytest.fixture
def organiser(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation).user


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["qixue_language"] = "en"
    client.force_login(user)
    return client


def test_opening_a_round(round_: SwapRound, organiser: User) -> None:
    at, client_uuid = now(), key()
    answers = {
        "title": "春季集市",
        "organisation": round_.organisation_id,
        "kind": "fair",
        "venue": VenueFactory().pk,
        "entries_close_at": minute_text(at + DAY),
        "answers_until": minute_text(at + 2 * DAY),
        "starts_at": minute_text(at + 3 * DAY),
        "ends_at": minute_text(at + 4 * DAY),
        "max_items": "3",
        "has_gifts": "on",
        "client_uuid": str(client_uuid),
    }
    client = signed_in(organiser)

    wrong = client.post(reverse("workspace:new_swap_round"), {**answers, "ends_at": minute_text(at)})
    made = client.post(reverse("workspace:new_swap_round"), answers)

    found = SwapRound.objects.get(client_uuid=client_uuid)
    assert (wrong.status_code, made["Location"]) == (422, reverse("workspace:swap_round", args=[found.pk]))
    assert (found.max_items, found.has_gifts, found.state) == (3, True, "open")


def test_matching_comparing_and_choosing(round_: SwapRound, organiser: User) -> None:
    ring(round_, 3)
    client = signed_in(organiser)
    page = reverse("workspace:swap_round", args=[round_.pk])

    client.post(reverse("workspace:close_swap_entries", args=[round_.pk]))
    client.post(reverse("workspace:match_swap_round", args=[round_.pk]))
    under_way = client.get(page)
    keep_plans(at=NOON)
    compared = client.get(page)
    plan = round_.plans.get(objective="people")
    file = client.get(reverse("workspace:swap_plan_file", args=[plan.pk, "result"]))
    client.post(reverse("workspace:choose_swap_plan", args=[plan.pk]))

    assert (under_way["Refresh"], "Refresh" in compared) == ("2", False)
    assert compared.content.decode().count("3 people get something; 3 things change hands.") == 2
    state = "A plan is to be chosen"
    assert (state in under_way.content.decode(), state in compared.content.decode()) == (False, True)
    assert json.loads(file.content)["trades"] == 3
    assert round_.handovers.filter(state="planned").count() == 3


def test_the_desk_marks_who_is_here_and_who_is_not(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    rows, others = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 2))
    client = signed_in(volunteer)

    for row in rows:
        client.post(reverse("workspace:swap_giver_here", args=[row.pk]))
    for row in rows:
        client.post(reverse("workspace:swap_received", args=[row.pk]))
    asked = client.get(reverse("workspace:swap_missing", args=[others[0].pk]))
    client.post(reverse("workspace:swap_missing", args=[others[0].pk]))

    assert list(Handover.objects.order_by("pk").values_list("state", flat=True)) == ["done", "done", "void", "void"]
    assert "Did not come: match the others anew" in asked.content.decode()
    desk = client.get(reverse("workspace:swap_desk", args=[round_.pk])).content.decode()
    assert "No new exchange was found for the others" in desk
    refused = client.post(reverse("workspace:close_swap_round", args=[round_.pk]))
    assert refused.status_code == 403


def test_a_plan_that_nobody_makes_can_be_asked_for_again(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="matching")
    RoundPlan.objects.create(round=round_, objective="people", asked_at=now() - LEASE)

    shown = signed_in(organiser).get(reverse("workspace:swap_round", args=[round_.pk]))

    assert ("Match once more" in shown.content.decode(), "Refresh" in shown) == (True, False)


def test_the_desk_takes_back_that_somebody_is_here(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    row, other = planned_ring(round_, ring(round_, 2))
    client = signed_in(volunteer)
    desk = reverse("workspace:swap_desk", args=[round_.pk])
    address = reverse("workspace:swap_giver_not_here", args=[row.pk])

    before = client.get(desk).content.decode()
    client.post(reverse("workspace:swap_giver_here", args=[row.pk]))
    offered = client.get(desk).content.decode()
    client.post(address)
    for each in (row, other):
        client.post(reverse("workspace:swap_giver_here", args=[each.pk]))
    client.post(reverse("workspace:swap_received", args=[other.pk]))

    assert (address in before, address in offered, address in client.get(desk).content.decode()) == (False, True, False)
    assert client.post(address).status_code == 409
