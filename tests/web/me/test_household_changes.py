"""The organiser's questions on the form, somebody else who comes instead, and the wait for the opening."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.web.browsing import page_in, signed_in
from tests.web.public.conftest import words

from qixue.participation.models import Registration, RegistrationTerms
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=2)


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


@pytest.fixture
def child(member: Resident) -> Resident:
    return ResidentFactory(guardian=member, name="李一诺")


def test_questions_are_asked_of_those_who_come(session, member, child):
    organiser = RoleAssignmentFactory(organisation=session.activity.organisation).user
    shoe = Asked("鞋码", "text", is_required=True, is_for_each=True)
    (question,) = set_questions(session, asked=[shoe], by=organiser, at=NOON)
    client, path = signed_in(member), f"/me/sessions/{session.pk}/register/"
    page_in(client.get(path))

    wrong = page_in(client.post(path, {"party": key(), "people": [child.pk]}, follow=True), 422)
    answers = {"party": key(), "people": [child.pk], f"question_{question.pk}_{child.pk}": "33"}
    page = page_in(client.get(client.post(path, answers).url))

    assert [words(error) for error in wrong.xpath("//*[@class='error']")] == ["请写下回答。"]
    assert words(wrong.xpath("//*[contains(@class, 'error-summary')]//li")[0]) == "李一诺：鞋码：请写下回答。"
    assert "鞋码 33" in words(page)


def test_somebody_else_of_the_household_comes(session, member, child):
    row = register(session, people=[member], party=key(), by=member.user, at=NOON)[0]
    client, address = signed_in(member), f"/me/registrations/{row.party}/"
    link = f"{address}transfer/"

    assert page_in(client.get(address)).xpath(f"//a[@href='{link}']")
    page_in(client.get(link))
    client.post(link, {"registration": row.pk, "person": child.pk})

    assert Registration.objects.active().get().resident == child
    assert "李嘉明 ✕ 已取消" in words(page_in(client.get(address)))


def test_whoever_comes_instead_and_does_not_fit_is_named_beside_the_choice(session, member, child):
    row = register(session, people=[member], party=key(), by=member.user, at=NOON)[0]
    RegistrationTerms.objects.create(session=session, min_age=60)
    Resident.objects.filter(pk=child.pk).update(birth_year=2000)

    path = f"/me/registrations/{row.party}/transfer/"
    page = page_in(signed_in(member).post(path, {"registration": row.pk, "person": child.pk}, follow=True), 422)

    assert page.xpath("//*[@id='id_person_error']")


def test_place_of_another_household_is_not_handed_over(session, member):
    row = register(session, people=[member], party=key(), by=member.user, at=NOON)[0]

    assert signed_in(MemberFactory()).get(f"/me/registrations/{row.party}/transfer/").status_code == 404


@pytest.mark.parametrize(("path", "status"), [("/sessions/{}/", 200), ("/me/sessions/{}/register/", 409)])
def test_page_counts_down_by_the_time_of_the_server(session, member, path, status):
    RegistrationTerms.objects.create(session=session, opens_at=NOON + datetime.timedelta(hours=3))

    page = page_in(signed_in(member).get(path.format(session.pk)), status)

    (timer,) = page.xpath("//*[@data-opens]")
    begins, server = (datetime.datetime.fromisoformat(timer.get(name)) for name in ("data-opens", "data-now"))
    assert begins - server == datetime.timedelta(hours=3)
    assert "11月4日（周三）15:00" in words(page)


def test_rule_about_missed_sessions_stands_before_the_button(session, client):
    RegistrationTerms.objects.create(session=session, no_show_limit=2)

    assert "满2场的" in words(page_in(client.get(f"/sessions/{session.pk}/")))


def test_somebody_else_who_is_sent_twice_comes_once(session, member, child):
    row = register(session, people=[member], party=key(), by=member.user, at=NOON)[0]
    client, address = signed_in(member), f"/me/registrations/{row.party}/"

    answers = [
        client.post(f"{address}transfer/", {"registration": row.pk, "person": child.pk}) for _sent_twice in range(2)
    ]

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, address)] * 2
    assert Registration.objects.active().get().resident == child


@pytest.mark.parametrize("is_alone", [True, False])
def test_seat_that_is_given_up_twice_is_given_up_once(session, member, child, is_alone):
    people = [member] if is_alone else [child, member]
    row = register(session, people=people, party=key(), by=member.user, at=NOON)[-1]
    client, address = signed_in(member), f"/me/registrations/{row.party}/"

    answers = [client.post(f"{address}cancel/", {"people": [row.pk]}) for _sent_twice in range(2)]

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, address)] * 2
    assert Registration.objects.active().count() == len(people) - 1
