"""Whoever would have to be at two sessions at once is told so before they sign up, and may go on."""

import pytest
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import Registration
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def child(member: Resident) -> Resident:
    return ResidentFactory(guardian=member, name="李一诺")


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory()


def other_session(*people: Resident, by: Resident, seats: int = 5) -> Session:
    """Of another activity, at the same time, with the people signed up."""
    other = OpenSessionFactory(activity__title="瑶绣入门", seat_count=seats)
    register(other, people=list(people), party=key(), by=by.user, at=NOON)
    return other


def form_of(session: Session) -> str:
    return f"/me/sessions/{session.pk}/register/"


def told(page: html.HtmlElement) -> list[str]:
    return [words(notice) for notice in page.xpath("//main//p[contains(@class, 'notice')]")]


def hidden(page: html.HtmlElement) -> dict[str, list[str]]:
    answers: dict[str, list[str]] = {"confirmed": ["on"]}
    for field in page.xpath("//main//form//input[@type='hidden'][@name!='csrfmiddlewaretoken']"):
        answers.setdefault(field.get("name"), []).append(field.get("value"))
    return answers


def test_overlap_is_named_before_anything_is_made(member, child, session):
    other_session(child, by=member)
    client = signed_in(member)

    page = page_of(client, form_of(session), party=str(key()), people=[member.pk, child.pk])

    [sentence] = told(page)
    assert sentence.startswith("李一诺")
    assert "瑶绣入门" in sentence
    assert "11月6日（周五）12:00-14:00" in sentence
    assert not Registration.objects.filter(session=session).exists()


def test_whoever_goes_on_is_signed_up_once(member, child, session):
    other_session(child, by=member)
    client = signed_in(member)
    asked = page_of(client, form_of(session), party=str(key()), people=[member.pk, child.pk])

    first, again = (client.post(form_of(session), hidden(asked)) for _time in range(2))

    assert first.url == again.url
    assert {row.resident for row in Registration.objects.filter(session=session)} == {member, child}
    assert "瑶绣入门" in told(page_of(client, first.url))[0]


def test_way_back_leads_to_the_form_as_it_was_filled_in(member, child, session):
    other_session(child, by=member)
    client = signed_in(member)
    asked = client.post(form_of(session), {"party": str(key()), "people": [child.pk]}, follow=True)
    [back] = html.fromstring(asked.content.decode()).xpath("//main//form//a/@href")

    page = page_of(client, f"{form_of(session)}{back}")

    assert page.xpath("//main//input[@name='people'][@checked]/@value") == [str(child.pk)]


def test_place_in_a_queue_is_named_as_one(member, session):
    stranger = MemberFactory()
    other = other_session(stranger, by=stranger, seats=1)
    register(other, people=[member], party=key(), by=member.user, at=NOON)

    page = page_of(signed_in(member), form_of(session), party=str(key()), people=[member.pk])

    assert "候补中" in told(page)[0]


def test_nobody_is_asked_where_nothing_overlaps(member, child, session):
    other_session(child, by=member)

    answer = signed_in(member).post(form_of(session), {"party": str(key()), "people": [member.pk]})

    assert answer.url.startswith("/me/registrations/")


def test_whoever_comes_instead_of_somebody_is_told_as_well(member, child, session):
    other_session(child, by=member)
    [row] = register(session, people=[member], party=key(), by=member.user, at=NOON)
    client, path = signed_in(member), f"/me/registrations/{row.party}/transfer/"

    asked = page_of(client, path, registration=row.pk, person=child.pk)
    client.post(path, hidden(asked))

    assert "瑶绣入门" in told(asked)[0]
    assert Registration.objects.active().get(session=session).resident == child
