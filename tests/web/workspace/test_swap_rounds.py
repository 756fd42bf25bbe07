"""The pages of a round for its organiser and its desk."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, RoleAssignmentFactory, VenueFactory, key
from tests.factories_swap import wish
from tests.factories_swap_rounds import DAY, planned_ring, ring

from qixue.core.clock import minute_text, now
from qixue.core.models import AuditEntry
from qixue.people.models import Resident, Role, User
from qixue.swap.models import Handover, RoundPlan, SwapRound
from qixue.swap.operations.plans import LEASE, keep_plans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


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
        "table_count": "2",
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

    early = client.post(reverse("workspace:close_swap_entries", args=[round_.pk])).content.decode()
    for act in ("close_swap_entries", "match_swap_round"):
        client.post(reverse(f"workspace:{act}", args=[round_.pk]), {"confirmed": "on"})
    under_way = client.get(page)
    keep_plans(at=NOON)
    compared = client.get(page)
    plan = round_.plans.get(objective="people")
    file_at = reverse("workspace:swap_plan_file", args=[plan.pk, "result"])
    file = client.get(file_at)
    at_desk = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    offered = [file_at in found.content.decode() for found in (compared, signed_in(at_desk).get(page))]
    client.post(reverse("workspace:choose_swap_plan", args=[plan.pk]))

    assert ("It was announced that things can be entered until" in early, "3 things of 3 people" in early) == (
        True,
        True,
    )
    assert "Both give 3 people something, and 3 things change hands: either will do." in compared.content.decode()
    assert (under_way["Refresh"], "Refresh" in compared) == ("2", False)
    assert compared.content.decode().count("3 people get something; 3 things change hands.") == 2
    state = "A plan is to be chosen"
    assert (state in under_way.content.decode(), state in compared.content.decode()) == (False, True)
    assert (json.loads(file.content)["trades"], offered) == (3, [True, False])
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
    assert "off is then the exchange 2, with 2 people in all." in asked.content.decode()
    off = f"Exchange 2 is off: {others[0].giver.name} did not come."
    search = client.post(reverse("workspace:swap_desk", args=[round_.pk]), {"wanted": "2"}, follow=True)
    page = client.get(reverse("workspace:swap_exchange", args=[round_.pk, 2]))
    assert [off in found.content.decode() for found in (search, page)] == [True, True]
    assert "is called so" not in search.content.decode()
    assert client.get(reverse("workspace:swap_exchange", args=[round_.pk, 9])).status_code == 404
    refused = client.post(reverse("workspace:close_swap_round", args=[round_.pk]))
    assert refused.status_code == 403


def test_the_desk_takes_back_that_somebody_did_not_come(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    first, second, third = ring(round_, 3)
    wish(third, second)
    rows = {row.listing: row for row in planned_ring(round_, [first, second, third])}
    client, missing = signed_in(volunteer), rows[first]
    desk, page = (reverse("workspace:swap_desk", args=[round_.pk]), page_of_exchange(round_, 1))
    address = reverse("workspace:swap_not_missing", args=[missing.pk])

    before = client.get(address).content.decode()
    pressed = client.post(reverse("workspace:swap_missing", args=[missing.pk]))
    said = f'Found at once instead: exchange <a href="{page_of_exchange(round_, 2)}">2</a>.'
    told = said in client.get(pressed["Location"]).content.decode()
    offered = [client.get(each).content.decode() for each in (page, desk)]
    asked = client.get(address).content.decode()
    done = client.post(address)

    assert ("cannot be done as things stand now" in before, pressed["Location"], told) == (True, page, True)
    assert [address in each for each in offered] == [True, True]
    name = missing.giver.name
    assert f"{name} is counted on again. Exchange 1 stands again as it was." in asked
    assert "Off is what was found instead: exchange 2, with 2 people." in asked
    assert (done["Location"], address in client.get(desk).content.decode()) == (page, False)
    assert f"Here: {name}" in client.get(page).content.decode()
    assert client.post(address).status_code == 200  # nothing is left to take back, and nothing was changed
    assert set(round_.handovers.filter(state="planned").values_list("exchange", flat=True)) == {1}


def test_the_page_says_what_stays_off_where_somebody_relies_on_another_exchange(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    first, second, third = ring(round_, 3)
    wish(third, second)
    missing = next(row for row in planned_ring(round_, [first, second, third]) if row.listing == first)
    client, address = signed_in(volunteer), reverse("workspace:swap_not_missing", args=[missing.pk])
    client.post(reverse("workspace:swap_missing", args=[missing.pk]))
    Handover.objects.filter(exchange=2).update(agreed_at=NOON)

    asked, done = client.get(address).content.decode(), client.post(address, follow=True).content.decode()

    said = "Exchange 1 stays off, since others rely on another one by now, have left it or want something else"
    assert (said in asked, said in done) == (True, True)
    assert set(round_.handovers.filter(state="planned").values_list("exchange", flat=True)) == {2}


def page_of_exchange(round_: SwapRound, number: int) -> str:
    return reverse("workspace:swap_exchange", args=[round_.pk, number])


def test_a_search_at_the_desk_reads_nothing_of_the_other_exchanges(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    row, _other = planned_ring(round_, ring(round_, 2))
    client, desk = signed_in(volunteer), reverse("workspace:swap_desk", args=[round_.pk])

    of_all, of_some = {"page", "waited_for", "gifts", "no_shows"}, {"called_off"}
    shown = [set(client.get(desk, query).context.keys()) for query in ({}, {"code": row.code})]

    assert [keys & (of_all | of_some) for keys in shown] == [of_all, of_some]


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
    desk = reverse("workspace:swap_exchange", args=[round_.pk, row.exchange])
    address = reverse("workspace:swap_giver_not_here", args=[row.pk])

    before = client.get(desk).content.decode()
    offered = client.post(reverse("workspace:swap_giver_here", args=[row.pk]), follow=True).content.decode()
    client.post(address)
    for each in (row, other):
        client.post(reverse("workspace:swap_giver_here", args=[each.pk]))
    ready = client.get(desk).content.decode()
    thing, way = other.listing.title, reverse("workspace:swap_received", args=[other.pk])
    asked = client.get(way).content.decode()
    assert not Handover.objects.filter(state="done").exists()
    handed = client.post(way, follow=True).content.decode()

    assert (f"To {other.receiver.name}: {thing}" in asked, "cannot be taken back" in asked) == (True, True)
    assert "cannot be done as things stand now" in client.get(way).content.decode()
    assert f"1 thing of {row.giver.name} is noted as here: {row.listing.title}." in offered
    assert (f"Note as handed over: {thing}" in ready, way in ready, way in handed) == (True, True, False)
    assert f"1 thing is noted as handed over to {other.receiver.name}: {thing}." in handed
    assert (address in before, address in offered, address in client.get(desk).content.decode()) == (False, True, False)
    assert client.post(address).status_code == 409


def test_editing_a_round_shows_what_somebody_else_has_saved(round_: SwapRound, organiser: User) -> None:
    client = signed_in(organiser)
    address = reverse("workspace:edit_swap_round", args=[round_.pk])
    page = client.get(address).content.decode()
    answers = {
        "title": "秋季集市",
        "kind": "point",
        "venue": round_.venue_id,
        "entries_close_at": "2026-11-05T09:00",
        "answers_until": "2026年11月6日上午9点",
        "starts_at": "2026-11-07 09:00",
        "ends_at": "2026-11-08T17:00",
        "opening_hours": "周二至周日 9:00-17:00",
        "table_count": "1",
        "version": "0",
    }

    shut = client.post(address, {**answers, "opening_hours": ""}).content.decode()
    saved = client.post(address, answers)
    late = client.post(address, {**answers, "title": "春季集市"}).content.decode()

    assert 'type="datetime-local" name="entries_close_at" value="2026-11-05T12:00"' in page
    assert "Please say when the community point is open" in shut
    assert saved["Location"] == reverse("workspace:swap_round", args=[round_.pk])
    found = SwapRound.objects.get()
    assert (found.title, found.kind, minute_text(found.answers_until)) == ("秋季集市", "point", "2026-11-06 09:00")
    assert late.count("Stored now:") == 1  # of what was typed only the title differs


def test_the_desk_finds_somebody_without_their_name_in_the_address(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    row, other = planned_ring(round_, ring(round_, 2))
    planned_ring(round_, ring(round_, 2))
    Resident.objects.update(name="王伟")
    Resident.objects.filter(pk=row.giver_id).update(name="陈红")
    client = signed_in(volunteer)
    desk = reverse("workspace:swap_desk", args=[round_.pk])

    sent = client.post(desk, {"wanted": "chenhong"})
    shown = client.get(sent["Location"]).content.decode()
    typed = sent["Location"].partition("typed=")[2]
    pressed = client.post(reverse("workspace:swap_giver_here", args=[row.pk]), {"typed": typed})
    scanned = client.get(desk, {"code": other.code}).content.decode()

    assert ("chenhong" in sent["Location"], pressed["Location"]) == (False, f"{desk}?typed={typed}")
    assert ("Here: 陈红" in shown, f"Exchange {row.exchange}" in shown, "Exchange 2" in shown) == (True, True, False)
    assert other.listing.title in scanned
    assert "1 of 2 are here" in client.get(pressed["Location"]).content.decode()


def test_the_desk_shows_how_far_it_is_and_what_is_due(round_: SwapRound) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over", table_count=2)
    volunteer = RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
    ready, _waits = planned_ring(round_, ring(round_, 2)), planned_ring(round_, ring(round_, 2))
    Handover.objects.filter(exchange=ready[0].exchange).update(giver_confirmed_at=NOON)
    client = signed_in(volunteer)
    desk = reverse("workspace:swap_desk", args=[round_.pk])

    everything, due = client.get(desk).content.decode(), client.get(desk, {"due": "now"}).content.decode()

    assert "0 of 4 things are handed over." in everything
    assert "2 of 4 people have brought something." in everything
    assert ("Exchange 2" in everything, "Exchange 2" in due, "Exchange 1" in due) == (True, False, True)
    assert client.get(reverse("workspace:swap_exchange", args=[round_.pk, 9])).status_code == 404


def test_the_list_of_hand_overs_is_taken_along_on_record(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed", table_count=3)
    row, _other = planned_ring(round_, ring(round_, 2))
    client = signed_in(organiser)
    address = reverse("workspace:swap_handover_list", args=[round_.pk])

    shown = client.get(address).content.decode()
    file = client.post(address, {"table": "handovers.csv"})
    rows = b"".join(file).decode("utf-8-sig").splitlines()

    assert (row.giver.name in shown, "Signature" in shown) == (True, True)
    assert rows[0] == "Table,Exchange,Thing,Gives,Gets,State,Place,From,Until,Signature"
    assert any(row.giver.name in line and row.listing.title in line for line in rows[1:])
    assert (len(rows), client.get(address, {"table": "handovers.csv"}).status_code) == (3, 404)
    assert AuditEntry.objects.filter(action="table.exported").count() == 1


def test_before_it_begins_the_page_says_who_has_agreed(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="proposed")
    rows = planned_ring(round_, ring(round_, 3))
    Handover.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(agreed_at=NOON)
    client = signed_in(organiser)
    address = reverse("workspace:begin_swap_handover", args=[round_.pk])

    asked, early = client.get(address).content.decode(), client.post(address)
    client.post(address, {"confirmed": "on"})

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", asked))
    assert "Agreed 2 things Not answered yet 1 thing Exchanges that would be off 1 of 1" in words
    question = re.sub(r"\s+", " ", early.content.decode())
    assert (early.status_code, "It was announced that the hand-over begins" in question) == (200, True)
    assert "Exchanges that are off then: 1 of 1. Things to which nobody has agreed: 1." in question
    assert ("error-summary" in question, 'name="confirmed" value="on"' in question) == (False, True)
    assert SwapRound.objects.get().state == "handing_over"


def test_whose_data_are_erased_is_not_the_common_table(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    rows = planned_ring(round_, ring(round_, 2))
    keys = [row.pk for row in rows]
    Handover.objects.filter(pk__in=keys).update(state="done", giver_confirmed_at=NOON, receiver_confirmed_at=NOON)
    Handover.objects.filter(pk=keys[0]).update(giver=None, receiver=None)
    client = signed_in(organiser)
    address = reverse("workspace:swap_handover_list", args=[round_.pk])

    pages = [
        client.get(address).content.decode(),
        client.get(reverse("workspace:swap_exchange", args=[round_.pk, rows[0].exchange])).content.decode(),
        b"".join(client.post(address, {"table": "handovers.csv"})).decode(),
    ]

    assert [page.count("Personal data erased") for page in pages] == [2, 2, 2]
    assert [page.count("Common table") for page in pages] == [0, 0, 0]


def test_a_button_of_an_exchange_that_is_off_leads_to_the_desk(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    row, _other = planned_ring(round_, ring(round_, 2))
    Handover.objects.update(state="void", void_at=NOON)

    refused = signed_in(organiser).post(reverse("workspace:swap_giver_here", args=[row.pk]))

    assert refused.status_code == 409
    text = refused.content.decode()
    assert reverse("workspace:swap_desk", args=[round_.pk]) in text
    assert reverse("workspace:swap_exchange", args=[round_.pk, row.exchange]) not in text


def test_a_desk_without_exchanges_shows_no_bar(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    client, address = signed_in(organiser), reverse("workspace:swap_desk", args=[round_.pk])

    before = client.get(address).content.decode()
    planned_ring(round_, ring(round_, 2))

    assert ("<progress" in before, "<progress" in client.get(address).content.decode()) == (False, True)


def test_two_plans_of_which_neither_gives_more_things_are_told_as_they_are(round_: SwapRound, organiser: User) -> None:
    ring(round_, 3)
    client = signed_in(organiser)
    for act in ("close_swap_entries", "match_swap_round"):
        client.post(reverse(f"workspace:{act}", args=[round_.pk]), {"confirmed": "on"})
    keep_plans(at=NOON)
    RoundPlan.objects.filter(objective="people_at_max").update(trades=2, people=2)

    page = client.get(reverse("workspace:swap_round", args=[round_.pk])).content.decode()

    assert "3 people get something and 3 things change hands, or 2 people get something and 2 things" in page
    assert "more things change hands" not in page
