"""Whom the forms of signing up and of handing over offer, and what they say of the others."""

from urllib.parse import unquote

import pytest
from lxml import html
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.factories_afterwards import organiser_of
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.people.operations.residents import ResidentDetails, add_dependent, withdraw_consent
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=5)


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def unagreed(member: Resident) -> Resident:
    """A child for whom the consent was taken back."""
    details = ResidentDetails(name="李小满", birth_year=2018, home_region=None, has_consent=True)
    child, _is_new = add_dependent(member, details=details, by=member.user, at=NOON)
    withdraw_consent(child, by=member.user, at=NOON)
    return child


def sign_up_path(session: Session) -> str:
    return f"/me/sessions/{session.pk}/register/"


def offered(page: html.HtmlElement, name: str = "people") -> list[str]:
    return page.xpath(f"//input[@name='{name}']/@value")


def notices(page: html.HtmlElement) -> list[str]:
    return [words(notice) for notice in page.xpath("//main//p[contains(@class, 'notice ochre')]")]


def test_page_after_a_refusal_offers_nobody_who_is_signed_up(session, member):
    brother, sister = (ResidentFactory(guardian=member, name=name) for name in ("李一诺", "李子轩"))
    shoe = Asked("鞋码", "text", is_required=True, is_for_each=True)
    (question,) = set_questions(session, asked=[shoe], by=organiser_of(session.activity), at=NOON)
    answers = {(question.pk, brother.pk): "33"}
    register(session, people=[brother], party=key(), by=member.user, at=NOON, answers=answers)
    sent = {"party": key(), "people": [member.pk], f"question_{question.pk}_{member.pk}": ""}

    page = page_of(signed_in(member), sign_up_path(session), status=422, **sent)

    assert offered(page) == [str(member.pk), str(sister.pk)]
    shown = page.xpath("//main//input[@type='text']/@name")
    assert shown == [f"question_{question.pk}_{person.pk}" for person in (member, sister)]


def test_somebody_signed_up_in_another_tab_is_refused_and_offered_no_more(session, member):
    brother = ResidentFactory(guardian=member, name="李一诺")
    register(session, people=[brother], party=key(), by=member.user, at=NOON)

    page = page_of(signed_in(member), sign_up_path(session), status=422, party=key(), people=[brother.pk])
    alone = page_of(signed_in(member), sign_up_path(session))

    assert [words(error) for error in page.xpath("//*[@class='error']")] == ["李一诺已报名本场。"]
    assert offered(page) == [str(member.pk)]
    assert alone.xpath("//input[@name='people'][@checked]/@value") == [str(member.pk)]


def test_page_with_nobody_left_says_what_was_refused_without_a_form(session, member):
    register(session, people=[member], party=key(), by=member.user, at=NOON)

    page = page_of(signed_in(member), sign_up_path(session), status=422, party=key(), people=[member.pk])

    (refused,) = page.xpath("//*[contains(@class, 'error-summary')]//li")
    assert words(refused) == "李嘉明已报名本场。"
    assert refused.xpath("a") == offered(page) == []


def test_child_without_consent_is_not_offered_and_the_page_says_why(session, member, unagreed):
    page = page_of(signed_in(member), sign_up_path(session))

    assert offered(page) == [str(member.pk)]
    assert notices(page) == ["目前没有监护人同意李小满参加，不能给这个孩子报名。 去看看并同意"]
    (way,) = page.xpath("//main//p[contains(@class, 'ochre')]/a/@href")
    assert unquote(way) == f"/me/household/{unagreed.pk}/?next={sign_up_path(session)}"


def test_child_without_consent_is_refused_by_what_is_missing(session, member, unagreed):
    sent = {"party": key(), "people": [unagreed.pk]}

    page = page_of(signed_in(member), sign_up_path(session), status=422, **sent)

    (error,) = page.xpath("//*[@class='error']")
    assert "今年才满的也算），目前没有监护人同意" in words(error)


def test_place_is_not_handed_over_to_a_child_without_consent(session, member, unagreed):
    row = register(session, people=[member], party=key(), by=member.user, at=NOON)[0]
    path = f"/me/registrations/{row.party}/transfer/"

    alone = page_of(signed_in(member), path)
    brother = ResidentFactory(guardian=member, name="李一诺")
    page = page_of(signed_in(member), path)

    assert (offered(alone, "person"), offered(page, "person")) == ([], [str(brother.pk)])
    assert notices(alone) == notices(page) == ["目前没有监护人同意李小满参加，不能给这个孩子报名。 去看看并同意"]
    assert "都已报名" not in words(alone)


@pytest.mark.parametrize(
    ("seats", "limit", "hint"),
    [(5, 1, ["最多可以选1人。"]), (2, 4, ["最多可以选2人。"]), (5, 4, [])],
)
def test_form_says_before_how_many_can_be_chosen(member, seats, limit, hint):
    session = OpenSessionFactory(seat_count=seats)
    RegistrationTerms.objects.create(session=session, place_limit=limit)
    ResidentFactory.create_batch(2, guardian=member)

    page = page_of(signed_in(member), sign_up_path(session))

    assert [words(found) for found in page.xpath("//main//span[@class='hint']")] == hint


def test_whoever_signed_up_as_many_as_can_be_reads_so(session, member):
    RegistrationTerms.objects.create(session=session, place_limit=1)
    register(session, people=[member], party=key(), by=member.user, at=NOON)
    ResidentFactory(guardian=member)
    client = signed_in(member)

    page = page_of(client, sign_up_path(session))
    client.cookies["qixue_language"] = "en"
    in_english = page_of(client, sign_up_path(session))

    assert Registration.objects.count() == 1
    assert "这里每人最多可为1人报名，您已报满。" in words(page)
    assert "One person can sign up 1 person here, and you have done so." in words(in_english)
    assert offered(page) == []
