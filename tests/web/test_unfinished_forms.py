"""A form with something to change or to check is a page of its own: going back to it asks nothing and loses nothing."""

import pytest
from django.test import Client
from tests.factories import MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import Registration, RegistrationTerms
from qixue.people.models import Resident, WebSession
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
NEW = "/me/household/new/"
WRONG = {"name": "王秀珍", "birth_year": "1851"}


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


def typed(client: Client, path: str) -> str:
    return page_of(client, path, status=422).xpath("//input[@name='name']/@value")[0]


def test_wrong_answers_wait_at_an_address_that_can_be_opened_again(member):
    client = signed_in(member)

    answer = client.post(NEW, WRONG)

    assert answer.status_code == 302
    assert [typed(client, answer.url) for _time in range(2)] == ["王秀珍", "王秀珍"]
    assert page_of(client, NEW).xpath("//input[@name='name']/@value") == []


def test_where_to_go_afterwards_is_not_forgotten(member):
    client = signed_in(member)
    answer = client.post("/me/profile/", {"name": "", "next": "/me/record/"})

    page = page_of(client, answer.url, status=422)

    assert page.xpath("//main//input[@name='next']/@value") == ["/me/record/"]


def test_refusal_of_the_operation_stands_beside_its_field(member):
    session = OpenSessionFactory()
    RegistrationTerms.objects.create(session=session, max_age=20)
    Resident.objects.filter(pk=member.pk).update(birth_year=1960)
    client, path = signed_in(member), f"/me/sessions/{session.pk}/register/"

    answer = client.post(path, {"party": key(), "people": [member.pk]})

    (error,) = page_of(client, answer.url, status=422).xpath("//*[@class='error']")
    assert words(error) == "本场面向20岁及以下，李嘉明已超龄。"
    assert not Registration.objects.exists()


def test_answers_go_when_the_form_was_right(member):
    client = signed_in(member)
    left = client.post(NEW, WRONG).url

    client.post(NEW, {**WRONG, "birth_year": "1951"})

    assert page_of(client, left).xpath("//input[@name='name']/@value") == []


def test_of_many_pages_the_latest_wait(member):
    paths = [f"/me/household/{ResidentFactory(guardian=member).pk}/" for _number in range(4)]
    client = signed_in(member)

    left = [client.post(path, WRONG).url for path in paths]

    assert [client.get(url).status_code for url in left] == [200, 422, 422, 422]


def test_answers_wait_for_one_page_and_one_browser(member):
    child = ResidentFactory(guardian=member)
    client = signed_in(member)
    query = client.post(NEW, WRONG).url.partition("?")[2]

    pages = [page_of(client, f"/me/household/{child.pk}/?{query}"), page_of(signed_in(member), f"{NEW}?{query}")]

    assert [page.xpath("//input[@name='name'][@value='王秀珍']") for page in pages] == [[], []]


def test_what_was_typed_is_stored_sealed(member):
    signed_in(member).post(NEW, WRONG)

    stored = [row.get_decoded() for row in WebSession.objects.all()]

    assert "typed" in stored[0]
    assert "王秀珍" not in str(stored)


def kept_size() -> int:
    return sum(len(row.session_data) for row in WebSession.objects.all())


def test_only_fields_of_the_form_are_kept(member):
    client = signed_in(member)
    client.post(NEW, WRONG)
    before = kept_size()

    client.post(NEW, {**WRONG, "essay": "x" * 10_000})

    assert kept_size() == pytest.approx(before, abs=100)


def test_more_than_a_person_types_is_shown_at_once_and_not_kept():
    client = Client()

    answer = client.post("/me/sign-in/", {"mobile": "1" * 20_000})

    assert answer.status_code == 422
    assert kept_size() == 0


def test_going_back_from_adding_a_child_keeps_the_answers(member):
    session: Session = OpenSessionFactory()
    client, path = signed_in(member), f"/me/sessions/{session.pk}/register/"
    left = client.post(path, {"party": (party := str(key())), "people": []}).url

    (link,) = page_of(client, left, status=422).xpath("//main//a[contains(@href, '/household/new/')]/@href")
    answer = client.post(link, {"name": "李一诺", "birth_year": "2000"})

    assert answer.url == left
    assert page_of(client, left, status=422).xpath("//input[@name='party']/@value") == [party]
