"""Swaps in the workspace: reported things are decided, want lists go out and come in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, ProgrammeFactory
from tests.factories_swap import ListingFactory, swap_organiser, wish, with_photo
from tests.web.browsing import page_of
from tests.web.public.conftest import words

from qixue.programme.models import Programme
from qixue.swap.models import Listing, ListingReport, Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


@pytest.fixture
def client(programme: Programme) -> Client:
    client = Client()
    client.force_login(swap_organiser(programme))
    return client


def reported(programme: Programme) -> Listing:
    listing = with_photo(ListingFactory(programme=programme, title="旧电饭煲"))
    ListingReport.objects.create(
        listing=listing, reporter=MemberFactory(name="李嘉明"), reason="dangerous", note="漏电", reported_at=NOON
    )
    return listing


def test_report_waits_on_the_desk_is_decided_and_names_no_reporter(client, programme):
    listing = reported(programme)
    assert f"/workspace/listings/{listing.pk}/" in page_of(client, "/workspace/").xpath("//main//a/@href")

    page = page_of(client, f"/workspace/listings/{listing.pk}/")
    assert "漏电" in words(page.xpath("//main")[0])
    assert "李嘉明" not in html.tostring(page, encoding="unicode")
    (seen,) = page.xpath("//input[@name='seen']/@value")
    ListingReport.objects.create(listing=listing, reporter=MemberFactory(), reason="other", reported_at=NOON)
    answer = client.post(f"/workspace/listings/{listing.pk}/", {"decision": "hide", "seen": seen})

    assert answer.url == f"/workspace/programmes/{programme.code}/swap/"
    assert list(ListingReport.objects.order_by("pk").values_list("state", flat=True)) == ["hidden", "open"]
    assert Client().get(f"/swap/{listing.pk}/").status_code == 404
    assert client.get(f"/workspace/listings/{listing.pk}/photo/?number=1").status_code == 200
    assert client.get(f"/workspace/listings/{listing.pk}/photo/?number=2").status_code == 404
    overview = page_of(client, answer.url)
    assert "旧电饭煲" in words(overview.xpath("//main")[0])
    client.post(f"/workspace/listings/{listing.pk}/", {"decision": "keep", "seen": 0})
    assert Client().get(f"/swap/{listing.pk}/").status_code == 200


def test_reported_thing_of_somebody_who_left_has_a_name_on_the_desk(client, programme):
    listing = ListingFactory(programme=programme, title="", owner=None, state="withdrawn")
    ListingReport.objects.create(listing=listing, reporter=MemberFactory(), reason="other", reported_at=NOON)

    (link,) = page_of(client, "/workspace/").xpath(f"//main//a[@href='/workspace/listings/{listing.pk}/']/span")

    assert words(link) == "已无名称"


def test_want_list_goes_out_and_comes_in(client, programme):
    kettle, lamp = (ListingFactory(programme=programme) for _number in range(2))
    wish(kettle, lamp)
    wish(lamp, kettle)

    answer = client.get(f"/workspace/programmes/{programme.code}/swap/want-list.txt")
    changed = answer.content.decode().replace(f") {lamp.pk} : {kettle.pk}", f") {lamp.pk} :")
    file = SimpleUploadedFile("list.txt", changed.encode())
    client.post(f"/workspace/programmes/{programme.code}/swap/import/", {"file": file})

    assert answer["Cache-Control"] == "no-store"
    assert list(Wish.objects.values_list("listing", "wanted")) == [(kettle.pk, lamp.pk)]


def test_faults_of_a_list_stand_beside_the_file_with_their_lines(client, programme):
    file = SimpleUploadedFile("list.txt", b"(A) 88 : 77\n(B) 77 :")

    answer = client.post(f"/workspace/programmes/{programme.code}/swap/import/", {"file": file})

    assert answer.status_code == 422
    errors = words(html.fromstring(answer.content.decode()).xpath("//*[@data-wrong]")[0])
    assert ("第1行" in errors, "第2行" in errors) == (True, True)
