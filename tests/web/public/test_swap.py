"""Things on offer as everybody sees them: by kind, town and word, without anybody's name or home."""

import pytest
from django.test import Client
from tests.factories import NOON, MemberFactory, ProgrammeFactory, RegionFactory
from tests.factories_swap import ListingFactory, TownFactory, wish, with_photo
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.swap.models import Block, KindWish, ListingPhoto
from qixue.swap.queries.listings import wish_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


@pytest.fixture
def village() -> Region:
    """A community of a town: what the owner chose, and nobody else needs to know."""
    return RegionFactory(
        code="441802105203", name="民平村", level="village", unit_type="", parent=TownFactory(), name_en=""
    )


def titles(programme: Programme, query: str = "") -> list[str]:
    return [words(each) for each in page_of(Client(), f"/programmes/{programme.code}/swap/{query}").xpath("//main//h2")]


def test_list_shows_town_and_kind_and_no_name(programme, village):
    ListingFactory(programme=programme, place=village, owner=MemberFactory(name="黄大文"), note="民平村黄家")

    page = page_of(Client(), f"/programmes/{programme.code}/swap/")

    text = words(page.xpath("//main")[0])
    assert "龙塘镇" in text
    assert [word for word in ("民平村", "黄大文") if word in text] == []


def test_list_is_narrowed_by_kind_town_word_and_gift(programme):
    ListingFactory(programme=programme)
    other = TownFactory(code="441802106", name="石角镇", short_name="石角")
    ListingFactory(programme=programme, kind="books", title="红楼梦", is_gift=True, place=other)

    assert titles(programme) == ["红楼梦", "电水壶"]
    assert titles(programme, "?kind=books") == ["红楼梦"]
    assert titles(programme, "?place=441802106") == ["红楼梦"]
    assert titles(programme, "?q=dsh") == ["电水壶"]
    assert titles(programme, "?q=红楼") == ["红楼梦"]
    assert titles(programme, "?gift=on") == ["红楼梦"]
    assert titles(programme, "?kind=gold&place=1") == ["红楼梦", "电水壶"]
    assert titles(programme, "?kind=toys") == ["没有符合条件的物品"]


def test_word_with_which_nothing_fits_is_shortened_until_something_does(programme):
    """Nothing is shown that was not asked for: the shorter word is one press away, with the filters that were set."""
    for title in ("落地风扇", "小风扇", "电饭锅"):
        ListingFactory(programme=programme, title=title, kind="small_appliance")
    ListingFactory(programme=programme, title="风扇叶片", kind="tools")
    address = f"/programmes/{programme.code}/swap/"

    page = page_of(Client(), f"{address}?q=电风扇&kind=small_appliance&page=2")

    [link] = page.xpath("//div[@class='empty']//li/a")
    assert words(page.xpath("//main//h2")[0]) == "没有含“电风扇”的物品"
    assert words(link) == "含“风扇”的：2件"
    assert titles(programme, link.get("href")) == ["小风扇", "落地风扇"]
    assert titles(programme, "?q=飞机") == ["没有符合条件的物品"]


@pytest.mark.parametrize("size", ["", "1"])
def test_search_lands_on_what_it_found(programme, size):
    """On a phone the answer is below the screen, in large letters by half a screen."""
    ListingFactory(programme=programme, title="落地风扇")
    client = Client()
    client.cookies["qixue_elder"] = size

    page = page_of(client, f"/programmes/{programme.code}/swap/?q=电风扇")

    [form] = page.xpath("//main//form[@role='search']")
    assert (form.get("action"), words(page.get_element_by_id("found"))) == ("#found", "0件物品")
    narrowed = page.xpath("//main//*[self::section or @class='empty']//a[contains(@href, '?')]/@href")
    assert narrowed
    assert all(address.endswith("#found") for address in narrowed)


def test_head_of_a_word_finds_what_is_called_otherwise(programme):
    ListingFactory(programme=programme, title="电扇")

    page = page_of(Client(), f"/programmes/{programme.code}/swap/?q=风扇")

    assert [words(link) for link in page.xpath("//div[@class='empty']//li/a")] == ["含“扇”的：1件"]


def test_large_letters_have_short_pages_with_a_plain_way_on(programme):
    for _thing in range(9):
        ListingFactory(programme=programme)
    address = f"/programmes/{programme.code}/swap/"
    client = Client()
    client.cookies["qixue_elder"] = "1"

    usual, large = page_of(Client(), address), page_of(client, address)

    assert [len(page.xpath("//ul[contains(@class, 'things')]/li")) for page in (usual, large)] == [9, 8]
    assert large.xpath("//nav[@class='pager']//a/@class") == ["btn"]


def test_list_leaves_out_what_is_not_on_offer(programme):
    for values in ({"state": "withdrawn"}, {"state": "in_exchange"}, {"state": "exchanged"}, {}):
        hidden = None if values else ListingFactory().listed_at
        ListingFactory(programme=programme, hidden_at=hidden, **values)

    assert titles(programme) == ["还没有人发布物品"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_three_things_as_for_one(programme, count, django_assert_num_queries):
    for _number in range(count):
        with_photo(ListingFactory(programme=programme))

    with django_assert_num_queries(7):
        page = page_of(Client(), f"/programmes/{programme.code}/swap/")

    assert len(page.xpath("//main//h2")) == count


@pytest.mark.parametrize(("wishers", "said"), [(0, "fewer than 5 people"), (4, "fewer than 5 people"), (5, "5 people")])
def test_page_of_a_thing_says_who_in_part_and_how_many_wish_for_it_from_five_on(programme, village, wishers, said):
    lamp = ListingFactory(programme=programme, place=village, owner=MemberFactory(name="黄大文"), title="台灯")
    for _number in range(wishers):
        wish(ListingFactory(programme=programme, owner=MemberFactory(name="李嘉明")), lamp)
    KindWish.objects.create(listing=lamp, kind="books", wished_at=lamp.listed_at)

    client = Client()
    client.cookies["qixue_language"] = "en"

    page = page_of(client, f"/swap/{lamp.pk}/")

    text = words(page.xpath("//main")[0])
    assert [word for word in ("黄*文", "龙塘镇") if word not in text] == []
    assert [word for word in ("黄大文", "李嘉明", "民平村", "Books") if word in text] == []
    assert words(page.xpath("//dl/dd")[-1]) == said


@pytest.mark.parametrize("is_drawn", [True, False])
def test_only_a_drawing_of_the_demonstration_is_called_an_example(programme, is_drawn):
    Programme.objects.update(is_synthetic=True)
    lamp = with_photo(ListingFactory(programme=programme))
    if is_drawn:
        ListingPhoto.objects.update(file=f"{ListingPhoto.DRAWN_IN}lamp-large.jpg")
    client = Client()
    client.cookies["qixue_language"] = "en"

    text = words(page_of(client, f"/swap/{lamp.pk}/").xpath("//main")[0])

    assert ("An example: in the demonstration things are drawn." in text) == is_drawn


def test_who_looks_for_any_of_the_kind_counts_among_those_who_wish(programme):
    lamp = ListingFactory(programme=programme, kind="books")
    blocked, *seekers = [ListingFactory(programme=programme) for _number in range(3)]
    for seeker in (blocked, *seekers, ListingFactory(programme=programme, owner=lamp.owner)):
        KindWish.objects.create(listing=seeker, kind="books", wished_at=NOON)
    wish(seekers[0], lamp)  # named as well: still one person
    Block.objects.create(owner=blocked.owner, blocked=lamp.owner, blocked_at=NOON)
    ListingFactory(programme=programme, state="withdrawn").kind_wishes.create(kind="books", wished_at=NOON)

    assert wish_counts([lamp]) == {lamp.pk: 2}


@pytest.mark.parametrize("size", ["1", "2"])
def test_large_text_finds_things_by_one_question_at_a_time(programme, size):
    ListingFactory(programme=programme, title="汤锅", kind="kitchenware")
    ListingFactory(programme=programme, title="台灯", is_gift=True)
    client = Client()
    client.cookies["qixue_elder"] = size
    address = f"/programmes/{programme.code}/swap/"

    page = page_of(client, address)

    assert page.xpath("//main//form//@name") == ["q"]
    assert page.xpath("//main//details//a/@href") == [
        "?kind=small_appliance#found",
        "?kind=kitchenware#found",
        "?place=441802105#found",
    ]
    for link, title in (("?kind=kitchenware", "汤锅"), ("?gift=on", "台灯")):
        narrowed_page = page_of(client, address + link)
        assert [words(each) for each in narrowed_page.xpath("//main//h2")] == [title]
        assert address in narrowed_page.xpath("//main//a/@href")


def test_no_browser_keeps_what_somebody_reads_who_is_signed_in(programme):
    lamp = ListingFactory(programme=programme)
    addresses = [f"/swap/{lamp.pk}/", f"/programmes/{programme.code}/swap/"]

    assert {signed_in(lamp.owner).get(address).headers.get("Cache-Control") for address in addresses} == {"no-store"}
    assert {Client().get(address).headers.get("Cache-Control") for address in addresses} == {None}


def test_own_thing_is_not_wished_for(programme):
    lamp = ListingFactory(programme=programme)

    page = page_of(signed_in(lamp.owner), f"/swap/{lamp.pk}/")

    assert f"/me/swap/{lamp.pk}/wish/" not in page.xpath("//a/@href")


@pytest.mark.parametrize("values", [{"state": "withdrawn"}, {"hidden_at": "2026-11-01T00:00Z"}])
def test_what_is_off_the_pages_shows_neither_page_nor_photo_but_to_its_owner(programme, values):
    lamp = with_photo(ListingFactory(programme=programme, **values))
    photo = f"/swap/{lamp.pk}/photo/{lamp.first_photo.address}/small.jpg"

    assert {Client().get(address).status_code for address in (f"/swap/{lamp.pk}/", photo)} == {404}
    assert signed_in(lamp.owner).get(photo).status_code == 200


def test_photo_is_found_by_its_own_address_only(programme):
    lamp = with_photo(ListingFactory(programme=programme))

    assert Client().get(f"/swap/{lamp.pk}/photo/{lamp.first_photo.address}/small.jpg").getvalue() == b"a small photo"
    assert Client().get(f"/swap/{lamp.pk}/photo/{lamp.first_photo.address}/large.jpg").getvalue() == b"a photo"
    assert Client().get(f"/swap/{lamp.pk}/photo/ffff/large.jpg").status_code == 404
