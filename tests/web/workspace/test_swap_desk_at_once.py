"""The desk of a swap round where one person has several things: one press for all, and what it did."""

import pytest
from django.urls import reverse
from lxml import html
from tests.factories_swap_rounds import planned_ring, ring
from tests.web.public.conftest import words
from tests.web.workspace.test_swap_rounds import signed_in

from qixue.people.models import Resident, User
from qixue.swap.models import Handover, SwapRound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def buttons(page: str) -> list[str]:
    """For all things of somebody, whether they note it or ask once more before."""
    of_all = "//section[starts-with(@aria-labelledby, 'all-')]"
    return [words(each) for each in html.fromstring(page).xpath(f"{of_all}//button | {of_all}//a[@class='btn']")]


def test_all_things_of_a_person_are_noted_at_one_press_and_said(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    exchanges = [planned_ring(round_, ring(round_, 2)) for _exchange in range(2)]
    Resident.objects.update(name="王伟")
    person = exchanges[0][0].giver
    Resident.objects.filter(pk=person.pk).update(name="陈红")
    Handover.objects.filter(pk=exchanges[1][0].pk).update(giver=person)
    Handover.objects.filter(pk=exchanges[1][1].pk).update(receiver=person)
    desk, client = reverse("workspace:swap_desk", args=[round_.pk]), signed_in(organiser)
    typed = client.post(desk, {"wanted": "陈红"})["Location"].partition("typed=")[2]
    sent = {"typed": typed, "all": "1"}
    firsts, lasts = (", ".join(rows[at].listing.title for rows in exchanges) for at in (0, 1))

    before = client.get(f"{desk}?typed={typed}").content.decode()
    here = client.post(reverse("workspace:swap_giver_here", args=[exchanges[0][0].pk]), sent, follow=True)
    for rows in exchanges:
        client.post(reverse("workspace:swap_giver_here", args=[rows[1].pk]))
    ready = client.get(f"{desk}?typed={typed}").content.decode()
    (asking,) = html.fromstring(ready).xpath("//section[starts-with(@aria-labelledby, 'all-')]//a/@href")
    asked = client.get(asking).content.decode()
    assert not Handover.objects.filter(state="done").exists()
    again = client.post(asking, {"version": "1"}).content.decode()  # others have become ready since the page was shown
    assert (f"To 陈红: {lasts}" in again, Handover.objects.filter(state="done").exists()) == (True, False)
    (version,) = html.fromstring(asked).xpath("//main//input[@name='version']/@value")
    done = client.post(asking, {"version": version}, follow=True)
    twice = client.post(asking, {"version": version}, follow=True)

    assert (buttons(before), buttons(ready)) == (["Here with all 2: 陈红"], ["Note all 2 as handed over: 陈红"])
    assert f"To 陈红: {lasts}" in asked
    assert "This was noted before." in twice.content.decode()
    assert done.redirect_chain == [(f"{desk}?typed={typed}", 302)]
    assert f"2 things of 陈红 are noted as here: {firsts}." in here.content.decode()
    assert f"2 things are noted as handed over to 陈红: {lasts}." in done.content.decode()
    assert "Not here after all: 陈红" in here.content.decode()
    assert Handover.objects.filter(state="done", receiver=person).count() == 2


def test_who_has_one_thing_has_one_button(round_: SwapRound, organiser: User) -> None:
    SwapRound.objects.filter(pk=round_.pk).update(state="handing_over")
    planned_ring(round_, ring(round_, 3))
    Resident.objects.update(name="王伟")

    page = signed_in(organiser).post(reverse("workspace:swap_desk", args=[round_.pk]), {"wanted": "王伟"}, follow=True)

    assert buttons(page.content.decode()) == []


def test_search_lands_on_whom_it_found(round_: SwapRound, organiser: User) -> None:
    """On a phone the search fills the screen; the browser keeps the anchor over the redirection."""
    planned_ring(round_, ring(round_, 2))
    Resident.objects.update(name="王伟")
    desk, client = reverse("workspace:swap_desk", args=[round_.pk]), signed_in(organiser)

    before = html.fromstring(client.get(desk).content.decode())
    page = html.fromstring(client.post(desk, {"wanted": "王伟"}, follow=True).content.decode())

    assert before.xpath("//main//form[@role='search']/@action") == [f"{desk}#found"]
    assert (len(before.xpath("//*[@id='found']")), len(page.xpath("//*[@id='found']/section"))) == (0, 1)
