"""Swapping on a phone: a thing is listed on one page, wished for on another; pages can be used by everybody."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.test_pages import faults, small_targets
from tests.browser.test_workspace import sign_in
from tests.factories import NOON, MemberFactory, ProgrammeFactory
from tests.factories_swap import ListingFactory, TownFactory, one_of, wish
from tests.swap.operations.test_listings import picture

from qixue.people.models import Resident
from qixue.swap.models import Block, Listing, Wish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member() -> Resident:
    """Somebody with a thing that others want and a search, who keeps apart from one person."""
    person: Resident = MemberFactory(name="王秀英", home_region=TownFactory())
    kettle = ListingFactory(programme=ProgrammeFactory(), owner=person)
    titles = ("台灯", "汤锅", "电饭锅")
    lamp, pot, cooker = (ListingFactory(programme=kettle.programme, title=title) for title in titles)
    wish(kettle, lamp)
    wish(lamp, kettle)
    one_of(person, offered=[kettle], wanted=[pot, cooker])
    Block.objects.create(owner=person, blocked=MemberFactory(), blocked_at=NOON)
    return person


def paths_of(person: Resident) -> list[str]:
    own, other = Listing.objects.get(owner=person), Listing.objects.get(title="台灯")
    return [
        reverse("public:swap", args=[own.programme.code]),
        reverse("public:listing", args=[other.pk]),
        *(reverse(f"me:{name}") for name in ("swap", "new_listing", "new_one_of")),
        *(reverse(f"me:{name}", args=[own.pk]) for name in ("edit_listing", "withdraw_listing", "kind_wishes")),
        *(reverse(f"me:{name}", args=[other.pk]) for name in ("wish", "report_listing", "block_owner")),
    ]


def test_swap_pages_can_be_used_by_everybody(
    member: Resident,
    open_browser: Callable[..., Reader],
    axe_violations: Callable[[Page], list[str]],
    language: str,
    elder: bool,
) -> None:
    reader = open_browser(language=language, elder=elder, size=PHONE)
    sign_in(reader, member.user)

    assert list(faults(reader, paths_of(member), axe_violations)) == []


@pytest.mark.parametrize(("elder", "least"), [(False, 44), (True, 60)])
def test_controls_of_swap_pages_are_large_enough_for_a_finger(
    member: Resident, open_browser: Callable[..., Reader], elder: bool, least: int
) -> None:
    reader = open_browser(elder=elder, size=PHONE)
    sign_in(reader, member.user)

    small = {path: small_targets(reader.visit(path), least) for path in paths_of(member)}

    assert {path: found for path, found in small.items() if found} == {}


def test_thing_is_listed_on_one_page_and_wished_for_on_the_next(
    member: Resident, open_browser: Callable[..., Reader]
) -> None:
    reader = open_browser(language="zh-hans", size=PHONE)
    sign_in(reader, member.user)

    page = reader.visit("/me/swap/new/")
    page.get_by_label("照片").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.get_by_label("物品名称").fill("落地风扇")
    page.get_by_label("类型").select_option("small_appliance")
    page.get_by_label("完好能用").check()
    page.get_by_label("交换：想换点别的").check()
    page.get_by_role("button", name="发布").click()
    expect(page).to_have_url(re.compile(r"/me/swap/\d+/kinds/$"))
    listing = Listing.objects.get(title="落地风扇")
    assert (listing.owner, listing.photos.get().file.size > 0) == (member, True)

    lamp = Listing.objects.get(title="台灯")
    page = reader.visit(reverse("public:listing", args=[lamp.pk]))
    page.get_by_role("link", name="我愿意用自己的东西换这件").click()
    page.get_by_label(re.compile("落地风扇")).check()
    page.get_by_role("button", name="保存意愿").click()
    expect(page).to_have_url(re.compile(rf"/swap/{lamp.pk}/$"))
    assert Wish.objects.filter(listing=listing, wanted=lamp).exists()
