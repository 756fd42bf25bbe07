"""What the page says on which a seat is given up, and what follows: another sign-up, told of once."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, RegistrationFactory, ResidentFactory
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_of, signed_in
from tests.web.me.test_registrations import sign_up
from tests.web.public.conftest import words

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.registrations import keep_queues
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


@pytest.mark.parametrize(
    ("is_closed", "sentence"),
    [(False, "取消后不能恢复，但可以重新报名。"), (True, "取消后不能恢复，这一场现在也不能再报名。")],
)
def test_giving_up_promises_another_sign_up_only_where_there_is_one(is_closed, sentence):
    member, session = MemberFactory(), OpenSessionFactory()
    closed_at = NOON - datetime.timedelta(hours=1) if is_closed else None
    RegistrationTerms.objects.create(session=session, closes_at=closed_at)
    row = RegistrationFactory(session=session, resident=member)

    page = page_of(signed_in(member), f"/me/registrations/{row.party}/cancel/")

    said = page.xpath("normalize-space(//main//h1/following-sibling::p[2])")
    assert said == f"谢谢告知，名额可以让给别人。 {sentence}"


def test_given_up_seat_leads_to_signing_up_again(member, session):
    client = signed_in(member)
    address = sign_up(client, session, member)
    client.post(f"{address}cancel/", {"people": [Registration.objects.get().pk]})

    again = page_of(client, address).xpath("//main//a[text()='重新报名']/@href")
    Session.objects.update(state="cancelled")
    over = page_of(client, address)

    assert again == [f"/me/sessions/{session.pk}/register/"]
    assert over.xpath("//main//a[text()='重新报名']") == []
    assert over.xpath("//main//a[text()='其他场次']/@href")


def test_who_signs_up_again_is_told_of_once(member, session):
    child = ResidentFactory(guardian=member, name="李一诺")
    client = signed_in(member)
    first = sign_up(client, session, member, child)
    client.post(f"{first}cancel/", {"people": [Registration.objects.get(resident=child).pk]})
    [join] = page_of(client, first).xpath("//main//a[text()='给家里其他人报名']/@href")
    second = sign_up(client, session, child)

    cards = page_of(client, "/me/").xpath("//article[@class='session']")
    pages = [page_of(client, address) for address in (first, second)]

    assert join == f"/me/sessions/{session.pk}/register/"
    named = [words(card.xpath(".//p[@class='small'][last()]")[0]) for card in cards]
    assert sorted(named) == sorted(["李嘉明", "李一诺"])  # of one session, in the order of their keys
    assert [page.xpath("//main//div[@class='notice stack']//a/@href") for page in pages] == [[second], [first]]
    assert [page.xpath("//main//a[text()='给家里其他人报名' or text()='重新报名']") for page in pages] == [[], []]


def test_party_that_left_and_came_back_is_not_among_what_was_cancelled(member, session):
    client = signed_in(member)
    first = sign_up(client, session, member)
    client.post(f"{first}cancel/", {"people": [Registration.objects.get().pk]})
    second = sign_up(client, session, member)

    home, old = page_of(client, "/me/"), page_of(client, first)

    assert home.xpath("//article[@class='session']//h3/a/@href") == [second]
    assert old.xpath("//main//div[@class='notice stack']//a/@href") == [second]
    assert old.xpath("//main//a[text()='重新报名']") == []


def test_party_that_left_and_came_back_has_one_card_of_a_session_that_is_called_off(member, session):
    client = signed_in(member)
    first = sign_up(client, session, member)
    client.post(f"{first}cancel/", {"people": [Registration.objects.get().pk]})
    second = sign_up(client, session, member)

    shown = []
    call_off(session, reason="停电", by=organiser_of(session.activity), at=NOON)
    for _when in ("before they are told", "after"):
        shown.append(page_of(client, "/me/").xpath("//article[@class='session']//h3/a/@href"))
        keep_queues(at=NOON)

    assert shown == [[second], [second]]


def test_child_who_was_given_up_and_comes_instead_is_named_once(member, session):
    child = ResidentFactory(guardian=member, name="李一诺")
    client = signed_in(member)
    address = sign_up(client, session, member, child)
    client.post(f"{address}cancel/", {"people": [Registration.objects.get(resident=child).pk]})

    leaving = Registration.objects.active().get()
    handed = client.post(f"{address}transfer/", {"registration": leaving.pk, "person": child.pk})

    assert handed.url == address
    who = words(page_of(client, address).xpath("//dt[text()='谁来参加']/following-sibling::dd[1]")[0])
    card = words(page_of(client, "/me/").xpath("//article[@class='session']")[0])
    assert ("家里换人参加" in who, who.count("李一诺"), card.count("李一诺")) == (True, 1, 1)


@pytest.mark.parametrize("is_sent", [False, True])
def test_place_given_up_meanwhile_is_not_handed_over_and_says_so(session, member, is_sent):
    row = RegistrationFactory(session=session, resident=member, state=Registration.State.CANCELLED)
    brother = ResidentFactory(guardian=member)
    client, path = signed_in(member), f"/me/registrations/{row.party}/"

    sent = {"registration": row.pk, "person": brother.pk}
    response = client.post(f"{path}transfer/", sent) if is_sent else client.get(f"{path}transfer/")

    assert response.url == path
    assert "这些名额此前已经让出。" in words(page_of(client, path))
    assert Registration.objects.active().count() == 0
