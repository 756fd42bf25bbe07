"""How was it: three taps in the browser, for oneself and one's children; others see nothing of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from lxml import html
from tests.factories import NOON, MemberFactory, ResidentFactory, SessionFactory
from tests.factories_afterwards import DAY, attend
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words
from time_machine import travel

from qixue.participation.models import Feedback
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return SessionFactory()


@pytest.fixture
def member(session: Session) -> Resident:
    person: Resident = MemberFactory(name="李嘉明")
    attend(session, person)
    return person


def taps(found: html.HtmlElement) -> list[str]:
    return found.xpath("//a[contains(@class, 'face-choice')]/@href")


def checked(found: html.HtmlElement, name: str = "face") -> list[str]:
    return found.xpath(f"//input[@name='{name}'][@checked]/@value")


def test_three_taps_from_the_first_page(member):
    client = signed_in(member)

    first = taps(page_of(client, "/me/"))[0]  # one: the face
    form = page_of(client, first)
    reason = form.xpath("//input[@name='reason']/@value")[0]  # two: what it was about
    (face,) = checked(form)
    answer = client.post(first, {"face": face, "reason": reason})  # three: send

    assert (answer.status_code, answer.url) == (302, "/me/feedback/")
    assert Feedback.objects.values_list("face", "reason", "sentence").get() == ("good", "content", "")
    assert taps(page_of(client, "/me/")) == []


def test_first_page_asks_once_what_one_can_still_say(member):
    client = signed_in(member)

    with CaptureQueriesContext(connection) as queries:
        page_of(client, "/me/")

    assert sum('FROM "participation_feedback"' in query["sql"] for query in queries) == 1


def test_what_waits_for_the_person_stands_before_what_is_to_come(member):
    page = page_of(signed_in(member), "/me/")

    assert [words(heading) for heading in page.xpath("//main//section/header/h2")][:2] == ["您觉得怎么样？", "即将参加"]


def test_each_face_has_a_word_and_a_picture(member):
    links = page_of(signed_in(member), "/me/feedback/").xpath("//a[contains(@class, 'face-choice')]")

    assert [words(link) for link in links] == ["好", "一般", "不好"]
    assert [len(link.xpath(".//img[@alt='']")) for link in links] == [1, 1, 1]


def test_nothing_is_chosen_before_a_face_was_tapped(member, session):
    found = page_of(signed_in(member), f"/me/feedback/{session.pk}/{member.pk}/")

    assert (checked(found), checked(found, "reason")) == ([], [])


def test_after_a_face_was_tapped_only_the_face_is_chosen(member, session):
    found = page_of(signed_in(member), f"/me/feedback/{session.pk}/{member.pk}/?face=fair")

    assert (checked(found), checked(found, "reason")) == (["fair"], [])


@pytest.mark.parametrize("reason", [{}, {"reason": "nothing"}])
def test_nothing_in_particular_is_like_no_answer(member, session, reason):
    signed_in(member).post(f"/me/feedback/{session.pk}/{member.pk}/", {"face": "good", **reason})

    assert Feedback.objects.get().reason == ""


def test_without_a_face_it_is_asked_for(member, session):
    with override("zh-hans"):
        neutral = gettext("Please choose one.")

    found = page_of(signed_in(member), f"/me/feedback/{session.pk}/{member.pk}/", status=422, reason="pace")

    assert words(found.xpath("//*[@class='error']")[0]) == neutral  # the label is a question
    assert checked(found, "reason") == ["pace"]


def test_answer_can_be_changed(member, session):
    client, path = signed_in(member), f"/me/feedback/{session.pk}/{member.pk}/"
    client.post(path, {"face": "good", "sentence": "很好"})

    found = page_of(client, path)

    assert (checked(found), found.xpath("//textarea")[0].text.strip()) == (["good"], "很好")
    client.post(path, {"face": "bad"})
    assert Feedback.objects.get().face == "bad"
    assert "不好" in words(page_of(client, "/me/feedback/").xpath("//section[.//h2='已评价']")[0])


def test_parent_answers_for_a_child(member, session):
    child = ResidentFactory(guardian=member, name="李一诺")
    attend(session, child)

    assert len(taps(page_of(signed_in(member), "/me/feedback/"))) == 6


def test_question_of_somebody_else_looks_like_none(member, session):
    stranger = signed_in(MemberFactory())

    answers = [
        (stranger.get(path).status_code, stranger.post(path, {"face": "bad"}).status_code)
        for path in (f"/me/feedback/{session.pk}/{member.pk}/", "/me/feedback/999999/1/")
    ]

    assert (answers, Feedback.objects.count()) == ([(404, 404), (404, 404)], 0)


def test_after_two_weeks_nobody_is_asked(member):
    with travel(NOON + 15 * DAY, tick=False):
        assert taps(page_of(signed_in(member), "/me/feedback/")) == []
