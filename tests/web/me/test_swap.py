"""A resident's things in the browser: list one, say what one would take for it, take it back, keep apart, report."""

import uuid
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from tests.factories import NOON, MemberFactory, ProgrammeFactory
from tests.factories_swap import ListingFactory, TownFactory, one_of, wish
from tests.swap.operations.test_listings import picture
from tests.web.browsing import page_in, page_of, signed_in
from tests.web.public.conftest import words

from qixue.people.models import Resident
from qixue.programme.models import Programme
from qixue.swap.models import Block, KindWish, Listing, ListingReport, OneOf, Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


@pytest.fixture
def member(programme: Programme) -> Resident:
    return MemberFactory(name="李嘉明", home_region=TownFactory())


def filled(page: html.HtmlElement, **answers: object) -> dict[str, object]:
    """What the form of a page sends, with these answers."""
    (form,) = [each for each in page.forms if each.method == "POST" and "place" in each.fields]
    kept = {name: form.fields[name] for name in ("key", "place") if name in form.fields}
    return {**kept, **answers}


def test_thing_is_listed_with_a_photo_a_word_and_three_taps(member):
    client = signed_in(member)
    page = page_of(client, "/me/swap/new/")
    photo = SimpleUploadedFile("p.jpg", picture(), "image/jpeg")
    taps = {"title": "电水壶", "kind": "small_appliance", "condition": "good", "way": "swap"}

    for _sent_twice in range(2):
        photo.seek(0)
        answer = client.post("/me/swap/new/", filled(page, photo=photo, **taps))

    listing = Listing.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/me/swap/{listing.pk}/kinds/")
    offers = page_of(client, answer.url).xpath(f"//main//a[@href='/programmes/{listing.programme.code}/swap/']")
    assert [words(link) for link in offers] == ["看看别人的物品"]
    assert (listing.owner, listing.place, listing.is_gift) == (member, member.home_region, False)
    assert words(page_of(client, "/me/swap/").xpath("//h3")[0]) == "电水壶"
    address = f"/swap/{listing.pk}/photo/{listing.first_photo.address}/large.jpg"
    assert client.get(address)["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("page", ["new", "edit"])
def test_what_was_typed_while_signed_out_is_there_again_and_nothing_is_done_yet(member, page):
    path = "/me/swap/new/" if page == "new" else f"/me/swap/{ListingFactory(owner=member).pk}/edit/"
    taps = {"kind": "small_appliance", "condition": "good", "way": "gift", "place": member.home_region.pk}
    browser, key = Client(), uuid.uuid4()

    asked = browser.post(path, {"key": key, "title": "母亲留下的电水壶", **taps})
    browser.force_login(member.user)
    back = unquote(asked.url.partition("next=")[2])
    shown = html.fromstring(browser.get(back).content.decode())

    assert back.startswith(f"{path}?typed=")
    assert shown.xpath("//main//input[@name='title']/@value") == ["母亲留下的电水壶"]
    assert not Listing.objects.filter(title="母亲留下的电水壶").exists()


@pytest.mark.parametrize("title", ["电水壶", ""])
def test_photo_that_was_sent_while_signed_out_is_asked_for_once_more_beside_what_was_typed(member, title):
    taps = {"kind": "small_appliance", "condition": "good", "way": "gift", "place": member.home_region.pk}
    browser, photo = Client(), SimpleUploadedFile("水壶.jpg", b"picture", "image/jpeg")

    asked = browser.post("/me/swap/new/", {"key": uuid.uuid4(), "title": title, "photo": photo, **taps})
    browser.force_login(member.user)
    page = page_of(browser, unquote(asked.url.partition("next=")[2]), status=422)

    assert "请再选择一次照片：水壶.jpg" in [words(error) for error in page.xpath("//*[@class='error']")]
    assert page.xpath("//main//input[@name='title']/@value") == [title][: bool(title)]


def test_what_else_residents_type_waits_behind_the_sign_in(member, programme):
    ListingFactory(owner=member, programme=programme)
    lamps = [ListingFactory(programme=programme) for _number in range(2)]
    sent = {
        f"/me/swap/{lamps[0].pk}/report/": {"reason": "forbidden", "note": "是灭火器"},
        "/me/swap/one-of/new/": {"key": uuid.uuid4(), "name": "台灯"},
        "/me/household/take-over/": {"code": "K7QM-2XPA-9RHT"},
    }

    for path, answers in sent.items():
        browser = Client()
        asked = browser.post(path, answers)
        browser.force_login(member.user)
        page = html.fromstring(browser.get(unquote(asked.url.partition("next=")[2])).content.decode())
        typed = page.xpath("//main//*[@name='name' or @name='code']/@value | //main//textarea/text()")
        assert [text.strip() for text in typed] == [list(answers.values())[-1]]


def test_nothing_else_than_what_has_to_be_said_is_asked_for(member):
    client = signed_in(member)
    page = page_of(client, "/me/swap/new/")

    answer = client.post("/me/swap/new/", filled(page))

    assert answer.status_code == 422
    fields = html.fromstring(answer.content.decode()).xpath("//*[@data-wrong]//*[@name]/@name")
    assert sorted(set(fields)) == ["condition", "kind", "title", "way"]


def test_phone_number_in_the_title_is_turned_away_beside_its_field(member):
    client = signed_in(member)
    page = page_of(client, "/me/swap/new/")
    taps = {"title": "水壶13800138000", "kind": "books", "condition": "good", "way": "gift"}

    answer = client.post("/me/swap/new/", filled(page, **taps))

    assert answer.status_code == 422
    assert html.fromstring(answer.content.decode()).xpath("//*[@data-wrong]//input/@name") == ["title"]
    assert not Listing.objects.exists()


def test_thing_is_changed_and_taken_back(member, programme):
    listing = ListingFactory(owner=member, programme=programme)
    client = signed_in(member)

    page = page_of(client, f"/me/swap/{listing.pk}/edit/")
    client.post(
        f"/me/swap/{listing.pk}/edit/",
        filled(page, title="热水壶", kind="kitchenware", condition="worn", way="gift", note="底有锈"),
    )
    listing.refresh_from_db()
    assert (listing.title, listing.kind, listing.is_gift, listing.note) == ("热水壶", "kitchenware", True, "底有锈")

    page_of(client, f"/me/swap/{listing.pk}/withdraw/")
    client.post(f"/me/swap/{listing.pk}/withdraw/")
    listing.refresh_from_db()
    assert listing.state == "withdrawn"


def test_wish_is_ticked_seen_and_taken_back(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    lamp = ListingFactory(programme=programme, title="台灯")
    client = signed_in(member)
    address = f"/me/swap/{lamp.pk}/wish/"

    page_of(client, address)
    answer = client.post(address, {"giving": [kettle.pk]})

    assert answer.url == f"/swap/{lamp.pk}/"
    assert page_of(client, address).xpath("//input[@checked]/@value") == [str(kettle.pk)]
    assert "台灯" in words(page_of(client, "/me/swap/").xpath("//main")[0])
    assert "您想要这件，愿意拿来换的： 电水壶" in words(page_of(client, f"/swap/{lamp.pk}/"))
    taken_back = [client.post(address, {"had_some": "True"}, follow=True) for _sent_twice in range(2)]
    assert ["意愿已清空。" in words(html.fromstring(page.content.decode())) for page in taken_back] == [True, True]
    assert not Wish.objects.exists()


@pytest.mark.parametrize(("things", "ticked"), [(1, 1), (2, 0)])
def test_wish_for_nothing_is_not_kept_and_the_only_thing_is_ticked(member, programme, things, ticked):
    ListingFactory.create_batch(things, owner=member, programme=programme)
    address = f"/me/swap/{ListingFactory(programme=programme).pk}/wish/"
    client = signed_in(member)

    page = page_of(client, address)
    (error,) = page_in(client.post(address, {"had_some": "False"}), 422).xpath("//*[@class='error']")

    assert len(page.xpath("//input[@checked]")) == ticked
    assert words(error) == "请选择您愿意拿哪一件来换。"


def test_thing_that_fits_a_wish_for_its_kind_says_so_to_whoever_wishes(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    lamp = ListingFactory(programme=programme, title="台灯")
    KindWish.objects.create(listing=kettle, kind=lamp.kind, wished_at=NOON)

    said = ["您想要这件" in words(page_of(signed_in(who), f"/swap/{lamp.pk}/")) for who in (member, MemberFactory())]

    assert said == [True, False]


def test_kinds_that_are_taken_back_are_said_to_be_and_none_at_all_is_asked_about(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    client, address = signed_in(member), f"/me/swap/{kettle.pk}/kinds/"

    (error,) = page_in(client.post(address, {}), 422).xpath("//*[@class='error']")
    client.post(address, {"kinds": ["books"]})
    page = page_of(client, address)
    emptied = client.post(address, {"had_some": page.xpath("//input[@name='had_some']/@value")[0]}, follow=True)

    assert words(error) == "请至少选择一类。"
    assert "意愿已清空。" in words(html.fromstring(emptied.content.decode()))
    assert not KindWish.objects.exists()


def test_who_has_nothing_to_give_is_asked_to_list_a_thing_first(member, programme):
    lamp = ListingFactory(programme=programme)
    ListingFactory(owner=member, programme=programme, is_gift=True)

    page = page_of(signed_in(member), f"/me/swap/{lamp.pk}/wish/")

    assert page.xpath("//main//a[contains(@class, 'btn')]/@href") == ["/me/swap/new/"]


def test_kinds_are_kept(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    client = signed_in(member)
    page_of(client, f"/me/swap/{kettle.pk}/kinds/")

    client.post(f"/me/swap/{kettle.pk}/kinds/", {"kinds": ["books", "toys"]})

    assert set(KindWish.objects.values_list("kind", flat=True)) == {"books", "toys"}
    assert len(page_of(client, f"/me/swap/{kettle.pk}/kinds/").xpath("//input[@checked]")) == 2


def test_one_of_several_is_made_of_what_one_has_wished_for(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    lamps = [ListingFactory(programme=programme, title=f"台灯{number}") for number in range(2)]
    ListingFactory(programme=programme)
    for lamp in lamps:
        wish(kettle, lamp)
    client = signed_in(member)
    page = page_of(client, "/me/swap/one-of/new/")
    offered = [str(lamp.pk) for lamp in lamps]
    assert sorted(page.xpath("//input[@name='wanted']/@value")) == sorted(offered)

    key = page.xpath("//input[@name='key']/@value")[0]
    client.post("/me/swap/one-of/new/", {"key": key, "name": "灯", "wanted": offered, "offered": [kettle.pk]})

    made = OneOf.objects.get()
    assert (made.things.count(), Wish.objects.count()) == (3, 0)
    assert len(page_of(client, f"/me/swap/one-of/{made.pk}/").xpath("//input[@checked]")) == 3
    for _sent_twice in range(2):
        answer = client.post(f"/me/swap/one-of/{made.pk}/drop/")
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/me/swap/")
    assert not OneOf.objects.exists()


def test_reports_and_blocks_name_nobody(member, programme):
    lamp = ListingFactory(programme=programme, owner=MemberFactory(name="黄大文"))
    client = signed_in(member)

    for address in (f"/me/swap/{lamp.pk}/report/", f"/me/swap/{lamp.pk}/block/"):
        assert "黄大文" not in words(page_of(client, address).xpath("//main")[0])
    client.post(f"/me/swap/{lamp.pk}/report/", {"reason": "dangerous", "note": "漏电"})
    for _sent_twice in range(2):
        answer = client.post(f"/me/swap/{lamp.pk}/block/")
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/me/swap/")

    assert ListingReport.objects.get().note == "漏电"
    assert client.get(f"/swap/{lamp.pk}/").status_code == 404
    page = page_of(client, "/me/swap/")
    assert "黄大文" not in words(page.xpath("//main")[0])
    lift = f"/me/swap/blocks/{Block.objects.get().pk}/lift/"
    for _sent_twice in range(2):
        answer = client.post(lift)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/me/swap/")
    assert client.get(f"/swap/{lamp.pk}/").status_code == 200


def test_blocks_and_searches_of_others_stay(member, programme):
    other, pot = ListingFactory(programme=programme), ListingFactory(programme=programme)
    block = Block.objects.create(owner=other.owner, blocked=pot.owner, blocked_at=NOON)
    search = one_of(other.owner, offered=[other], wanted=[pot])
    client = signed_in(member)

    client.post(f"/me/swap/blocks/{block.pk}/lift/")
    client.post(f"/me/swap/one-of/{search.pk}/drop/")

    assert (Block.objects.count(), OneOf.objects.count()) == (1, 1)


def test_what_is_off_the_pages_or_of_no_shown_programme_is_not_named_or_wished_for(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    lamp, pot = (ListingFactory(programme=programme, title=title) for title in ("台灯", "汤锅"))
    one_of(member, offered=[kettle], wanted=[lamp, pot])
    Listing.objects.filter(pk=lamp.pk).update(hidden_at=NOON)
    draft = ListingFactory(programme=ProgrammeFactory(state=Programme.State.DRAFT))
    client = signed_in(member)

    text = words(page_of(client, "/me/swap/").xpath("//main")[0])

    assert ("汤锅" in text, "台灯" in text) == (True, False)
    for act in ("wish", "report", "block"):
        assert client.get(f"/me/swap/{draft.pk}/{act}/").status_code == 404


def test_photo_field_offers_what_is_taken(member):
    """A phone makes a JPEG of its own format only where that is not asked for."""
    page = page_of(signed_in(member), "/me/swap/new/")

    assert page.xpath("//input[@type='file']/@accept") == ["image/jpeg,image/png,image/webp"]


def test_photos_are_added_put_first_and_taken_away(member, programme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kettle = ListingFactory(owner=member, programme=programme)
    client, address = signed_in(member), f"/me/swap/{kettle.pk}/photos/"

    assert client.post(address).status_code == 422
    for colour in ("red", "blue", "green", "white"):
        photo = SimpleUploadedFile("p.jpg", picture(colour), "image/jpeg")
        assert (client.post(address, {"photo": photo}).url, len(page_of(client, address).xpath("//li/img"))) == (
            address, kettle.photos.count()
        )  # fmt: skip
    assert not page_of(client, address).xpath("//input[@type='file']")  # no room for a fifth
    first, second, *_others = [photo.address for photo in kettle.photos.order_by("position")]
    client.post(f"{address}{second}/first/")
    page_of(client, f"{address}{first}/remove/")
    client.post(f"{address}{first}/remove/")

    shown = page_of(client, f"/swap/{kettle.pk}/").xpath("//main//img/@src")
    assert shown[0].split("/")[-2:] == [second, "large.jpg"]
    assert (len(shown), first in str(shown)) == (3, False)


def test_who_lists_what_others_look_for_by_kind_is_told(member, programme):
    for number in range(3):
        seeker = ListingFactory(programme=programme, kind="books")
        KindWish.objects.create(listing=seeker, kind="toys" if number == 2 else "small_appliance", wished_at=NOON)
    client = signed_in(member)
    client.cookies["qixue_language"] = "en"
    taps = {"title": "电水壶", "kind": "small_appliance", "condition": "good", "way": "swap"}

    client.post("/me/swap/new/", filled(page_of(client, "/me/swap/new/"), **taps))

    text = words(page_of(client, "/me/swap/").xpath("//body")[0])
    assert "2 people look for a thing of this kind already." in text
    assert "2 people would give something for it." in text


def test_gift_says_how_many_would_like_it_and_not_that_they_give_something(member, programme):
    gift = ListingFactory(owner=member, programme=programme, is_gift=True)
    wish(ListingFactory(programme=programme), gift)
    client = signed_in(member)
    client.cookies["qixue_language"] = "en"

    text = words(page_of(client, "/me/swap/").xpath("//body")[0])

    assert ("1 person would like it." in text, "give something for it" in text) == (True, False)


def test_thing_given_for_one_of_several_says_so(member, programme):
    kettle = ListingFactory(owner=member, programme=programme)
    lamp, pot = (ListingFactory(programme=programme, title=title) for title in ("台灯", "汤锅"))
    made = one_of(member, offered=[kettle], wanted=[lamp, pot], name="亮一点的灯")
    client = signed_in(member)
    client.cookies["qixue_language"] = "en"

    (card,) = page_of(client, "/me/swap/").xpath("//div[@class='own-thing']")

    assert f"/me/swap/one-of/{made.pk}/" in card.xpath(".//a/@href")
    assert "“亮一点的灯”, one of several" in words(card)
    assert "You have not said yet" not in words(card)


def test_my_things_ask_as_often_for_three_as_for_one(member, programme):
    client = signed_in(member)
    counts = []
    for count in (1, 3):
        while Listing.objects.filter(owner=member).count() < count:
            kettle, lamp, pot = (ListingFactory(programme=programme) for _number in range(3))
            Listing.objects.filter(pk=kettle.pk).update(owner=member)
            kettle.refresh_from_db()
            wish(kettle, lamp)
            KindWish.objects.create(listing=kettle, kind="books", wished_at=kettle.listed_at)
            one_of(member, offered=[kettle], wanted=[lamp, pot], name=f"灯{kettle.pk}")
            Block.objects.create(owner=member, blocked=MemberFactory(), blocked_at=NOON)
        page_of(client, "/me/swap/")
        with CaptureQueriesContext(connection) as asked:
            page_of(client, "/me/swap/")
        counts.append(len(asked))

    assert counts[0] == counts[1]
