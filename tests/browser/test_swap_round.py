"""A swap round in real browsers: listed, wished for, entered, matched, compared, chosen, agreed to; one stays away, two
swap anyway.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE, Reader
from tests.browser.scene import person
from tests.browser.test_workspace import sign_in
from tests.factories import MemberFactory, OrganisationFactory, ProgrammeFactory, VenueFactory
from tests.factories_swap import TownFactory
from tests.factories_swap_rounds import DAY
from tests.swap.operations.test_listings import picture

from qixue.core.clock import SHANGHAI, now
from qixue.people.models import Role, User
from qixue.programme.models import Programme
from qixue.swap.models import Handover, Listing
from qixue.swap.operations.plans import keep_plans
from qixue.swap.operations.rounds import keep_rounds

pytestmark = pytest.mark.django_db(transaction=True)

OpenBrowser = Callable[..., Reader]
TITLE = "奇换集市"
KETTLE, FAN, LAMP = "电水壶", "落地风扇", "台灯"
STAYS_AWAY, SECOND, THIRD = "王秀英", "孙大山", "陈雅文"


@pytest.fixture
def programme() -> Programme:
    found = ProgrammeFactory(organisation=OrganisationFactory(code="library", name="市图书馆"))
    VenueFactory(name="市图书馆一楼", region=found.region)
    return found


@pytest.fixture
def organiser(programme: Programme) -> User:
    return person("organiser", "梁静宜", programme.organisation, Role.ORGANISER)


@pytest.fixture
def phones(programme: Programme, open_browser: OpenBrowser) -> dict[str, Page]:
    """Of three neighbours, each at their own things."""
    return {name: phone_of(open_browser, name) for name in (STAYS_AWAY, SECOND, THIRD)}


def phone_of(open_browser: OpenBrowser, name: str) -> Page:
    reader = open_browser(size=PHONE, language="en")
    sign_in(reader, MemberFactory(name=name, home_region=TownFactory()).user)
    return reader.visit("/me/swap/")


def list_thing(phone: Page, title: str, kind: str) -> Listing:
    """On one page, with a photo; what one would take for it is asked next, and can be said later."""
    phone.get_by_role("link", name="List a thing").click()
    phone.get_by_label("Photo").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    phone.get_by_label("What it is").fill(title)
    phone.get_by_label("Kind").select_option(label=kind)
    phone.get_by_label("Works well").check()
    phone.get_by_label("For a swap: I would like something for it").check()
    phone.get_by_role("button", name="List it").click()
    expect(phone.get_by_role("heading", name="Any thing of a kind")).to_be_visible()
    phone.get_by_role("link", name="My things", exact=True).click()
    expect(phone.get_by_role("link", name=title, exact=True)).to_be_visible()
    return Listing.objects.get(title=title)


def wish_for(phone: Page, title: str, own: str) -> None:
    """Found among all things; said on its page."""
    phone.get_by_role("link", name="Look at what others offer").click()
    phone.get_by_role("link", name=title).click()
    phone.get_by_role("link", name="I would give something for this").click()
    phone.get_by_label(own).check()
    phone.get_by_role("button", name="Keep my wish").click()
    expect(phone.get_by_text("Your wish is kept.")).to_be_visible()
    phone.goto(urlsplit(phone.url)._replace(path="/me/swap/").geturl())


def wish_for_kind(phone: Page, kind: str) -> None:
    phone.get_by_role("link", name="Any thing of a kind").click()
    phone.get_by_label(kind).check()
    phone.get_by_role("button", name="Keep my wish").click()
    expect(phone.get_by_text(f"any thing of the kind “{kind}”")).to_be_visible()


def wish_for_one_of(phone: Page, titles: tuple[str, ...], own: str) -> None:
    """Each of them pleases; one is enough."""
    for title in titles:
        wish_for(phone, title, own)
    phone.get_by_role("link", name="Look for one of several").click()
    phone.get_by_label("What you look for").fill("厨房用的")
    for title in (*titles, own):
        phone.get_by_label(title).check()
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("heading", name="厨房用的")).to_be_visible()


def offer_and_wish(phones: dict[str, Page]) -> dict[str, Listing]:
    """A ring of three, of whom the last would also swap with the second alone; each wishes in another way."""
    things = {
        STAYS_AWAY: list_thing(phones[STAYS_AWAY], KETTLE, "Small appliance"),
        SECOND: list_thing(phones[SECOND], FAN, "Small appliance"),
        THIRD: list_thing(phones[THIRD], LAMP, "Furniture"),
    }
    wish_for(phones[STAYS_AWAY], FAN, KETTLE)
    wish_for_kind(phones[SECOND], "Furniture")
    wish_for_one_of(phones[THIRD], (KETTLE, FAN), LAMP)
    return things


def open_round(desk: Page) -> None:
    desk.get_by_role("link", name="New round").click()
    at = now()
    desk.get_by_label("Title").fill(TITLE)
    desk.get_by_label("Swap fair: all come at the same hours").check()
    desk.get_by_label("Venue").select_option(label="市图书馆一楼")
    for label, days in (
        ("Things can be entered until", 1),
        ("Owners answer until", 2),
        ("Things are handed over from", 3),
        ("Things are handed over until", 4),
    ):
        desk.get_by_label(label).fill(f"{(at + days * DAY).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}")
    desk.get_by_label("Any number: most things are exchanged").check()
    desk.get_by_role("button", name="Open the round").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(TITLE)


def bring(phone: Page, title: str) -> None:
    phone.get_by_role("link", name="Swap rounds").click()
    phone.get_by_role("link", name=TITLE).click()
    phone.get_by_role("link", name="Bring something to this round").click()
    phone.get_by_label(title).check()
    phone.get_by_label("Yes, I bring it").check()
    phone.get_by_role("button", name="Put into the round").click()
    expect(phone.get_by_text("You said that you come")).to_be_visible()


def press(desk: Page, name: str) -> None:
    """A link to the page of an act, and its button."""
    desk.get_by_role("link", name=name, exact=True).click()
    desk.get_by_role("button", name=name, exact=True).click()


def press_early(desk: Page, name: str) -> None:
    """Before the time that was announced: what that means is asked once, and is nobody's mistake."""
    press(desk, name)
    expect(desk.get_by_role("status").get_by_text("It was announced that")).to_be_visible()
    expect(desk.get_by_role("alert")).to_have_count(0)
    desk.get_by_role("button", name=f"Yes: {name}", exact=True).click()


def test_a_round_from_its_opening_to_the_last_hand_over(
    open_browser: OpenBrowser, organiser: User, phones: dict[str, Page]
) -> None:
    things = offer_and_wish(phones)
    reader = open_browser(language="en")
    sign_in(reader, organiser)
    desk = reader.visit("/workspace/swap-rounds/")
    open_round(desk)
    for name, thing in things.items():
        bring(phones[name], thing.title)

    desk.reload()
    press_early(desk, "Take in nothing more")
    press_early(desk, "Match the things")
    keep_plans(at=now())  # as the worker does
    desk.reload()
    expect(desk.get_by_text("3 people get something; 3 things change hands.")).to_have_count(2)
    desk.get_by_role("link", name="Choose: Most people").click()
    desk.get_by_role("button", name="Choose this plan").click()
    keep_rounds(at=now())

    for phone in phones.values():
        phone.reload()
        phone.get_by_role("button", name="I agree to this exchange").click()
        expect(phone.get_by_text("You agreed")).to_be_visible()
    press_early(desk, "Begin to hand over")
    for name in (SECOND, THIRD):
        phones[name].reload()
        phones[name].get_by_role("button", name="I am here, with the thing").click()
        expect(phones[name].get_by_text("2 of 3" if name == THIRD else "1 of 3")).to_be_visible()

    desk.get_by_role("link", name="To the desk").click()
    desk.get_by_label("Name, code, number of the exchange or thing").fill(STAYS_AWAY)
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("link", name=f"Did not come: {STAYS_AWAY}").click()
    desk.get_by_role("button", name="Did not come: match the others anew").click()
    expect(desk.get_by_text("Found at once instead: exchange")).to_be_visible()

    for name in (SECOND, THIRD):  # who was here still is
        phones[name].reload()
    hand_over_by_scanning(giver=phones[SECOND], receiver=phones[THIRD], thing=things[SECOND])
    hand_over_by_typing(giver=phones[THIRD], receiver=phones[SECOND])
    desk.goto(f"{reader.site}/workspace/swap-rounds/")
    desk.get_by_role("link", name=TITLE).click()
    press(desk, "Close the round")
    expect(desk.get_by_text("2 things", exact=True)).to_be_visible()
    states = {name: Listing.objects.get(pk=thing.pk).state for name, thing in things.items()}
    assert states == {STAYS_AWAY: "listed", SECOND: "exchanged", THIRD: "exchanged"}


def hand_over_by_scanning(*, giver: Page, receiver: Page, thing: Listing) -> None:
    """The camera of the giver opens the address that the code holds."""
    receiver.reload()
    receiver.get_by_role("link", name="Show my code").click()
    expect(receiver.get_by_role("img", name="Code for the hand-over as a QR code")).to_be_visible()
    handover = Handover.objects.get(listing=thing, state="planned")
    here = urlsplit(giver.url)
    giver.goto(f"{here.scheme}://{here.netloc}/me/swap/handovers/{handover.pk}/give/?code={handover.code}")
    giver.get_by_role("button", name="I have handed it over").click()
    expect(giver.get_by_text("Handed over. Thank you!")).to_be_visible()
    receiver.reload()
    expect(receiver.get_by_text("It is yours. Enjoy it!")).to_be_visible()
    receiver.get_by_role("link", name="Go back").click()


def hand_over_by_typing(*, giver: Page, receiver: Page) -> None:
    receiver.reload()
    receiver.get_by_role("link", name="Show my code").click()
    digits = re.sub(r"\D", "", receiver.locator(".digits").inner_text())
    giver.reload()
    giver.get_by_role("link", name="Type their code").click()
    giver.get_by_label("The six digits on the other person's phone").fill(digits)
    giver.get_by_role("button", name="I have handed it over").click()
    expect(giver.get_by_text("Handed over. Thank you!")).to_be_visible()
