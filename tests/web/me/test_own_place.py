"""Pages tell whoever is signed up for a session where they stand, and nobody else: the public one, and their own."""

import datetime

import pytest
from django.test import Client
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.letting_in import came_by_the_wall
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import CallingOff, Registration, RegistrationTerms
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.organiser import move_registrations
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import Resident
from qixue.programme.models import Session
from qixue.web.public import cache

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
OFFER = "//div[form[contains(@action, '/accept/')]]/p"


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


def sign_up(session: Session, member: Resident, *others: Resident) -> str:
    """Where the registration stands."""
    [row, *_others] = register(session, people=[member, *others], party=key(), by=member.user, at=NOON)
    return f"/me/registrations/{row.party}/"


def card_of(client: Client, session: Session) -> html.HtmlElement:
    [card] = page_of(client, f"/sessions/{session.pk}/").xpath("//section[contains(@class, 'act')]")
    return card


def said(card: html.HtmlElement) -> list[str]:
    return [words(line).replace(" ", "") for line in card.xpath(".//div[contains(@class, 'notice')]/p[strong]")]


def links(card: html.HtmlElement) -> dict[str, str]:
    return {words(link): link.get("href") for link in card.xpath(".//a[contains(@href, '/me/')]")}


def cards_on(page: html.HtmlElement) -> list[html.HtmlElement]:
    return list(page.xpath("//article[@class='session']"))


def tags_of(card: html.HtmlElement) -> list[str]:
    return [words(tag) for tag in card.xpath(".//span[contains(@class, 'tag')]")]


def test_whoever_has_a_seat_finds_the_ticket(member, session):
    address = sign_up(session, member)

    card = card_of(signed_in(member), session)

    assert said(card) == ["李嘉明：✓已报名"]
    assert links(card) == {
        "出示入场码": f"{address}tickets/",
        "为家里其他人报名": f"/me/sessions/{session.pk}/register/",
    }


def test_whoever_waits_reads_the_place_of_each(member, session):
    for _number in range(3):
        sign_up(session, MemberFactory())
    address = sign_up(session, member, ResidentFactory(guardian=member, name="李一诺"))

    card = card_of(signed_in(member), session)

    assert said(card) == ["李嘉明：…候补第2位", "李一诺：…候补第3位"]
    assert links(card)["查看报名"] == address


def test_seat_that_is_offered_leads_to_where_it_is_taken(member, session):
    RegistrationTerms.objects.create(session=session, offer_hours=6)
    strangers = [MemberFactory() for _number in range(2)]
    rows = [register(session, people=[each], party=key(), by=each.user, at=NOON)[0] for each in strangers]
    address = sign_up(session, member)
    cancel_registrations(session, keys=[rows[0].pk], by=strangers[0].user, at=NOON)

    card = card_of(signed_in(member), session)

    assert (said(card), links(card)["查看报名"]) == (["李嘉明：!有名额待确认"], address)


def test_once_sign_up_is_over_the_seat_still_stands_there(member, session):
    sign_up(session, member)
    RegistrationTerms.objects.create(session=session, closes_at=NOON)

    assert list(links(card_of(signed_in(member), session))) == ["出示入场码"]


def test_others_are_asked_to_sign_up_and_read_nothing_of_it(member, session):
    sign_up(session, member)

    visitor, other = Client(), signed_in(MemberFactory())
    cards = [card_of(client, session) for client in (visitor, other)]

    assert [said(card) for card in cards] == [[], []]
    assert [list(links(card)) for card in cards] == [["报名参加"], ["报名参加"]]


def test_copy_for_everybody_holds_nobody(member, session, monkeypatch):
    monkeypatch.setattr(cache, "KEPT_FOR", 60.0)
    sign_up(session, member)
    signed_in(member).get(f"/sessions/{session.pk}/")
    Client().get(f"/sessions/{session.pk}/")
    own = signed_in(member).get(f"/sessions/{session.pk}/").content.decode()

    kept = [page.content.decode() for address, page in cache.pages.items() if f"/sessions/{session.pk}/" in address]

    assert "李嘉明" in own
    assert len(kept) == 1
    assert "李嘉明" not in kept[0]


def test_registration_of_a_session_called_off_is_none_before_the_household_is_told(member, session):
    address = sign_up(session, member)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    CallingOff.objects.create(session=session, reason="老师生病。")

    home, page = page_of(signed_in(member), "/me/"), page_of(signed_in(member), address)

    assert [words(heading) for heading in home.xpath("//main//h2")] == ["即将参加", "已结束或已取消"]
    assert words(home.xpath("//main//p[@class='tags']")[0]) == "✕ 本场取消"
    assert words(page.xpath("//main//p[@class='notice seal']")[0]) == "✕ 本场已取消。原因：老师生病。"
    assert "报名成功" not in words(page)
    assert not page.xpath("//a[contains(@href, '/cancel/') or contains(@href, '/tickets/')]")


@pytest.mark.parametrize("is_shared", [True, False])
def test_seat_that_was_given_up_in_another_tab_is_said_to_be(member, session, is_shared):
    others = [ResidentFactory(guardian=member)] if is_shared else []
    address, client = sign_up(session, member, *others), signed_in(member)
    answers = {"people": [Registration.objects.get(resident=member).pk]}
    client.post(f"{address}cancel/", answers, follow=True)

    again = client.post(f"{address}cancel/", answers, follow=True)

    assert [str(message) for message in again.context["messages"]] == ["这些名额此前已经让出。"]


@pytest.mark.parametrize(("hours", "can_leave"), [(1, True), (-1, False)])
def test_page_says_until_when_a_seat_can_be_given_up_and_offers_it_no_longer(hours, can_leave, member, session):
    address = sign_up(session, member, ResidentFactory(guardian=member, name="李小明"))
    Resident.objects.create(guardian=member, name="李奶奶")
    limit = NOON + datetime.timedelta(hours=hours)
    RegistrationTerms.objects.create(session=session, cancel_until=limit)

    page = page_of(signed_in(member), address)

    ways = {"不能来", "换家里人参加"}
    assert ways & links(page).keys() == (ways if can_leave else set())
    assert ("取消名额的期限是11月4日（周三）13:00。" in words(page)) is can_leave
    assert ("已过取消时间，不能来请致电承办单位。" in words(page)) is not can_leave


@pytest.fixture
def soon() -> Session:
    """People can come in, and it has not begun."""
    return OpenSessionFactory(starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR)


def let_in(session: Session, person: Resident) -> None:
    row = Registration.objects.get(session=session, resident=person)
    check_in(session, registration=row, by=organiser_of(session.activity), at=NOON, client_uuid=key())


def test_whoever_is_in_is_offered_no_way_to_leave(member, soon):
    address = sign_up(soon, member)
    Resident.objects.create(guardian=member, name="李奶奶")
    let_in(soon, member)
    client = signed_in(member)

    page = page_of(client, address)

    assert "李嘉明已经签到，名额不能再取消或转给家人。如果弄错了，请找承办单位说明。" in words(page)
    assert not {"不能来", "换家里人参加"} & links(page).keys()
    assert [client.get(f"{address}{way}/").url for way in ("cancel", "transfer")] == [address, address]


def in_line_for_a_seat(session: Session, member: Resident) -> tuple[str, Registration]:
    """Where the registration of a member who waits stands, and that of whoever has the only seat."""
    Session.objects.filter(pk=session.pk).update(seat_count=1)
    other = MemberFactory()
    [seated] = register(session, people=[other], party=key(), by=other.user, at=NOON)
    return sign_up(session, member), seated


def test_whoever_is_in_from_the_waiting_list_can_leave_it(member, soon):
    address, _seated = in_line_for_a_seat(soon, member)
    let_in(soon, member)

    page = page_of(signed_in(member), address)

    assert "不能来" in links(page)
    assert "已经签到" not in words(page)


def test_whoever_is_in_is_not_asked_to_accept_the_seat_that_is_offered(member, soon):
    RegistrationTerms.objects.create(session=soon, offer_hours=6)
    address, seated = in_line_for_a_seat(soon, member)
    cancel_registrations(soon, keys=[seated.pk], by=seated.registered_by, at=NOON)
    client = signed_in(member)

    asked = []
    for _when in ("before", "after"):
        asked.append(len(page_of(client, address).xpath("//form[contains(@action, '/accept/')]")))
        let_in(soon, member)

    assert asked == [1, 0]


def test_whoever_is_in_reads_so_on_the_card_and_is_not_asked_there_to_accept(member, soon):
    RegistrationTerms.objects.create(session=soon, offer_hours=6)
    _address, seated = in_line_for_a_seat(soon, member)
    cancel_registrations(soon, keys=[seated.pk], by=seated.registered_by, at=NOON)
    client = signed_in(member)

    asked, tags = [], []
    for _when in ("before", "after"):
        page = page_of(client, "/me/")
        asked.append(len(page.xpath("//form[contains(@action, '/accept/')]")))
        tags.append([words(tag) for tag in page.xpath("//article//*[contains(@class, 'tag ')]")])
        let_in(soon, member)

    assert asked == [1, 0]
    assert tags == [["! 有名额待确认"], ["✓ 已签到"]]


def test_whoever_was_moved_finds_the_way_to_the_other_session(member, soon):
    address = sign_up(soon, member)
    other = OpenSessionFactory(activity=soon.activity, starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR)
    organiser, row = organiser_of(soon.activity), Registration.objects.get()
    done = move_registrations(soon, keys=[row.pk], to=other, by=organiser, at=NOON)

    page = page_of(signed_in(member), address)

    [way] = page.xpath("//main//*[contains(@class, 'notice river')]//a/@href")
    assert way == f"/me/registrations/{done.rows[0].party}/"


def test_card_names_those_of_a_party_who_are_in(member, soon):
    sign_up(soon, member, ResidentFactory(guardian=member, name="李小明"))
    let_in(soon, member)

    [card] = page_of(signed_in(member), "/me/").xpath("//article[@class='session']")

    assert "✓ 报名成功" in words(card)
    assert "✓ 已签到：李嘉明" in words(card)


def test_form_names_who_is_signed_up_already_in_the_punctuation_of_its_language(member, soon):
    ResidentFactory(guardian=member)
    address, client = sign_up(soon, member), signed_in(member)
    client.cookies["qixue_language"] = "en"

    page = page_of(client, f"/me/sessions/{soon.pk}/register/")

    [link] = page.xpath(f"//main//a[@href='{address}']")
    assert link.text_content() == "李嘉明"
    assert "：" not in words(page.xpath("//main")[0])


def test_registration_of_a_session_that_is_postponed_says_so_beside_what_they_have(member, soon):
    address, client = sign_up(soon, member), signed_in(member)
    Session.objects.filter(pk=soon.pk).update(state="postponed")

    tags = []
    for _when in ("before", "after"):
        tags += [
            tags_of(cards_on(page_of(client, "/me/"))[0]),
            tags_of(page_of(client, address).xpath("//main/div")[0]),
        ]
        came_by_the_wall(soon, member)

    assert tags == [
        ["‖ 已延期", "✓ 报名成功"],
        ["‖ 已延期", "✓ 报名成功"],
        ["‖ 已延期", "✓ 已签到"],
        ["‖ 已延期", "✓ 报名成功"],
    ]


def test_whoever_gave_up_the_seat_and_came_has_one_card_that_says_so(member, soon):
    """Twice given up, once with a child who comes: in before the start, they are neither absent nor there already."""
    child = ResidentFactory(guardian=member, name="李小明")
    for people in ([member, child], [member]):
        address = sign_up(soon, *people)
        row = Registration.objects.active().get(resident=member)
        cancel_registrations(soon, keys=[row.pk], by=member.user, at=NOON)
    came_by_the_wall(soon, member)
    client = signed_in(member)

    before, page = page_of(client, "/me/"), words(page_of(client, address))
    Session.objects.filter(pk=soon.pk).update(starts_at=NOON - 2 * HOUR, ends_at=NOON - HOUR)
    after = page_of(client, "/me/")

    assert sorted((tags_of(card), words(card).count("李嘉明")) for card in cards_on(before)) == [
        (["✓ 已签到"], 1),
        (["✓ 报名成功"], 0),
    ]
    assert "李嘉明 ✓ 已签到" in page
    assert sorted((tags_of(card), words(card).count("李嘉明")) for card in cards_on(after)) == [
        (["✓ 您来过"], 1),
        (["这次没有到"], 0),
    ]


def test_page_of_a_seat_that_was_given_up_says_nothing_of_the_one_taken_later(member, soon):
    first = sign_up(soon, member)
    cancel_registrations(soon, keys=[Registration.objects.get(resident=member).pk], by=member.user, at=NOON)
    sign_up(soon, member)
    came_by_the_wall(soon, member)

    assert "✓ 已签到" not in words(page_of(signed_in(member), first).find(".//main//dl"))


def test_whoever_gave_up_the_seat_beside_others_and_came_is_named_as_in(member, soon):
    sign_up(soon, member, ResidentFactory(guardian=member, name="李小明"))
    cancel_registrations(soon, keys=[Registration.objects.get(resident=member).pk], by=member.user, at=NOON)
    came_by_the_wall(soon, member)

    [card] = cards_on(page_of(signed_in(member), "/me/"))

    assert tags_of(card) == ["✓ 报名成功"]
    assert "李嘉明、 李小明 ✓ 已签到：李嘉明" in words(card)


def test_of_a_party_with_somebody_in_the_seats_of_the_others_wait_for_an_answer(member, soon):
    RegistrationTerms.objects.create(session=soon, offer_hours=6)
    Session.objects.filter(pk=soon.pk).update(seat_count=2)
    strangers = [MemberFactory() for _number in range(2)]
    rows = [register(soon, people=[each], party=key(), by=each.user, at=NOON)[0] for each in strangers]
    address = sign_up(soon, member, ResidentFactory(guardian=member, name="李一诺"))
    for row in rows:
        cancel_registrations(soon, keys=[row.pk], by=row.registered_by, at=NOON)
    client = signed_in(member)

    asked = []
    for _when in ("before", "after"):
        asked.append([words(page_of(client, path).xpath(OFFER)[0]) for path in (address, "/me/")])
        let_in(soon, member)

    assert [[each.split("，")[0] for each in pages] for pages in asked] == [
        ["为您保留2个名额"] * 2,
        ["为您保留1个名额"] * 2,
    ]


def test_of_a_party_those_who_are_not_in_yet_can_leave(member, soon):
    address = sign_up(soon, member, ResidentFactory(guardian=member, name="李小明"))
    Resident.objects.create(guardian=member, name="李奶奶")
    let_in(soon, member)
    client = signed_in(member)

    assert {"不能来", "换家里人参加"} <= links(page_of(client, address)).keys()
    for way, field in (("cancel", "people"), ("transfer", "registration")):
        shown = page_of(client, f"{address}{way}/").xpath(f"//label[.//input[@name='{field}']]")
        assert [words(each) for each in shown] == ["李小明"]


def test_place_given_up_in_a_second_tab_after_coming_in_is_refused_with_the_reason(member, soon):
    address = sign_up(soon, member, ResidentFactory(guardian=member, name="李小明"))
    let_in(soon, member)
    row = Registration.objects.get(resident=member)

    page = html.fromstring(signed_in(member).post(f"{address}cancel/", {"people": [row.pk]}, follow=True).content)

    assert "李嘉明已经签到，名额不能再取消或转给家人。" in words(page)
