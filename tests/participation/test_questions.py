"""Questions at sign-up: set as a whole, answered before there is a seat, gone with the registration."""

from typing import Any

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key

from qixue.core.refusal import Refused
from qixue.participation.models import Answer, Question, Registration
from qixue.participation.operations.answers import EVERYBODY
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import register
from qixue.participation.queries.answers import said_by
from qixue.people.models import Resident, User
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

TRAVEL = Asked("怎么来？", "choice", options=("骑车", "坐车"), is_required=True)
LUNCH = Asked("在场吃午饭吗？", "yes_no", is_for_each=True)


@pytest.fixture
def session() -> Session:
    return OpenSessionFactory(seat_count=9)


@pytest.fixture
def organiser(session: Session) -> User:
    return RoleAssignmentFactory(organisation=session.activity.organisation).user


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明")


def ask(session: Session, organiser: User, *asked: Asked) -> list[Question]:
    return set_questions(session, asked=asked, by=organiser, at=NOON)


def sign_up(session: Session, member: Resident, *others: Resident, **more: Any) -> list[Registration]:
    return register(session, people=[member, *others], party=key(), by=member.user, at=NOON, **more)


def refused(act: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        act(*args, **kwargs)
    assert "%(" not in found.value.sentence
    return found.value.code, found.value.field


def test_answers_are_kept_for_all_and_for_each(session, organiser, member):
    travel, lunch = ask(session, organiser, TRAVEL, LUNCH)
    child = ResidentFactory(guardian=member, name="李一诺")
    answers = {(travel.pk, EVERYBODY): "骑车", (lunch.pk, member.pk): "yes", (lunch.pk, child.pk): "no"}

    rows = sign_up(session, member, child, answers=answers)

    said = [(each.question, each.whom, each.words) for each in said_by(rows)]
    assert said == [
        ("怎么来？", None, "骑车"),
        ("在场吃午饭吗？", member, "是"),
        ("在场吃午饭吗？", child, "否"),
    ]


def test_required_answer_is_asked_for_before_there_is_a_seat(session, organiser, member):
    (travel,) = ask(session, organiser, TRAVEL)

    assert refused(sign_up, session, member) == ("answer_missing", f"question_{travel.pk}")
    session.refresh_from_db()
    assert (session.taken_count, Registration.objects.count()) == (0, 0)


def test_required_answer_about_each_person_names_the_person(session, organiser, member):
    (shoe,) = ask(session, organiser, Asked("鞋码", "text", is_required=True, is_for_each=True))

    assert refused(sign_up, session, member) == ("answer_missing", f"question_{shoe.pk}_{member.pk}")


@pytest.mark.parametrize(
    ("asked", "text", "code"),
    [
        (TRAVEL, "飞来", "answer_not_offered"),
        (Asked("吃饭吗？", "yes_no"), "也许", "answer_not_offered"),
        (Asked("说明", "text"), "长" * 201, "answer_too_long"),
        (Asked("说明", "text"), "不可\x00见", "answer_not_offered"),
    ],
)
def test_answer_that_does_not_fit_is_refused(session, organiser, member, asked, text, code):
    (question,) = ask(session, organiser, asked)

    answers = {(question.pk, EVERYBODY): text}

    assert refused(sign_up, session, member, answers=answers) == (code, f"question_{question.pk}")


def test_whoever_signs_others_up_as_staff_need_not_answer(session, organiser):
    ask(session, organiser, TRAVEL)

    register(session, people=[ResidentFactory()], party=key(), by=organiser, at=NOON, source="staff")

    assert Answer.objects.count() == 0


def test_questions_change_places_and_keep_their_answers(session, organiser, member):
    travel, _lunch = ask(session, organiser, TRAVEL, LUNCH)
    sign_up(session, member, answers={(travel.pk, EVERYBODY): "骑车"})

    first, second = ask(session, organiser, LUNCH, TRAVEL)

    assert (first.text, second, second.answers.count()) == (LUNCH.text, travel, 1)


def test_question_with_answers_is_retired_and_one_without_goes(session, organiser, member):
    travel, _lunch = ask(session, organiser, TRAVEL, LUNCH)
    sign_up(session, member, answers={(travel.pk, EVERYBODY): "骑车"})

    ask(session, organiser, Asked("怎么来的？", "text"))

    travel.refresh_from_db()
    assert (travel.retired_at, travel.answers.count()) == (NOON, 1)
    assert sorted(Question.objects.values_list("text", flat=True)) == ["怎么来的？", "怎么来？"]


def test_answers_go_with_the_registration(session, organiser, member):
    (travel,) = ask(session, organiser, TRAVEL)
    (row,) = sign_up(session, member, answers={(travel.pk, EVERYBODY): "骑车"})

    row.delete()

    assert Answer.objects.count() == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([Asked(f"问题{number}", "text") for number in range(6)], ("too_many_questions", "")),
        ([Asked("怎么来？", "choice", options=("骑车",))], ("options_missing", "options_1")),
        ([Asked("怎么来？", "choice", options=tuple("甲乙丙丁戊己庚辛壬癸子"))], ("too_many_options", "options_1")),
        ([Asked("怎么来？", "choice", options=("骑车", "长" * 201))], ("option_too_long", "options_1")),
        ([Asked("说明", "text"), Asked("说明", "yes_no")], ("question_twice", "text_2")),
    ],
)
def test_questions_are_refused(session, organiser, asked, code):
    assert refused(ask, session, organiser, *asked) == code
