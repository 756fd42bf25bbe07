"""Asking and answering how it was: who may, for how long, what organisers read of it, and the figures."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, ResidentFactory, SessionFactory, key
from tests.factories_afterwards import DAY, attend, course, organiser_of, sessions_of

from qixue.core.figures import Scope, registry
from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.participation.models import Feedback, FeedbackInvitation, LedgerEntry, Participant
from qixue.participation.operations.feedback import Answer, give_feedback, invite_to_feedback
from qixue.participation.operations.ledger import void_entry
from qixue.participation.queries.feedback import questions_of, session_rows, summary_of_activity
from qixue.people.models import Notification, Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
GOOD = Answer("good", "content", "讲得好")


@pytest.fixture
def session() -> Session:
    """It ended an hour before noon."""
    return SessionFactory()


def visitor(session: Session, **values: object) -> Resident:
    person: Resident = MemberFactory(**values)
    attend(session, person)
    return person


def say(
    session: Session, person: Resident, face: str = "good", *, at: datetime.datetime = NOON, **more: str
) -> Feedback:
    by = person.user or person.guardian.user
    return give_feedback(session, person=person, answer=Answer(face, **more), by=by, at=at)


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def answered(session: Session, faces: str, **more: str) -> list[Resident]:
    """One visitor for each letter: g good, f so-so, b not good, - no answer."""
    words = {"g": "good", "f": "fair", "b": "bad"}
    people = [visitor(session) for _face in faces]
    for person, face in zip(people, faces, strict=True):
        if face in words:
            say(session, person, words[face], **more)
    return people


# Answering


def test_answer_is_kept_without_the_person(session):
    person = visitor(session)

    row = say(session, person, "good", reason="content", sentence="讲得好")

    assert (row.face, row.reason, row.sentence) == ("good", "content", "讲得好")
    assert row.person_token == person.participants.get().token
    assert AuditEntry.objects.get(action="feedback.given").actor_id is None


def test_answer_again_replaces_the_first(session):
    person = visitor(session)
    say(session, person, "good")

    say(session, person, "bad", at=NOON + DAY)

    row = Feedback.objects.get()
    assert (row.face, row.given_at, row.changed_at) == ("bad", NOON, NOON + DAY)


def test_guardian_answers_for_a_child(session):
    child = ResidentFactory(guardian=MemberFactory())
    attend(session, child)

    assert say(session, child).face == "good"


def test_nobody_answers_for_others(session):
    person = visitor(session)

    assert refusal(give_feedback, session, person=person, answer=GOOD, by=MemberFactory().user, at=NOON) == "not_yours"


def test_only_whoever_was_there_answers(session):
    assert refusal(say, session, MemberFactory()) == "was_not_there"


def test_attendance_that_was_taken_back_is_not_asked_about(session):
    person = visitor(session)
    void_entry(LedgerEntry.objects.get(), reason="误扫", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert refusal(say, session, person) == "was_not_there"


@pytest.mark.parametrize("moment", [-2 * HOUR, 14 * DAY])
def test_before_the_end_and_after_two_weeks_it_is_over(session, moment):
    assert refusal(say, session, visitor(session), at=NOON + moment) == "feedback_over"


def test_without_a_face_nothing_is_kept(session):
    assert refusal(say, session, visitor(session), "") == "face_missing"


def test_too_long_a_sentence_is_refused(session):
    assert refusal(say, session, visitor(session), sentence="好" * 201) == "sentence_too_long"


def test_questions_are_those_of_the_household(session):
    parent = visitor(session)
    child = ResidentFactory(guardian=parent)
    attend(session, child)
    visitor(session)
    say(session, parent)

    questions = questions_of([parent, child], at=NOON)

    assert {question.person.pk: question.answer is not None for question in questions} == {
        parent.pk: True,
        child.pk: False,
    }


def test_questions_end_after_two_weeks(session):
    assert questions_of([visitor(session)], at=NOON + 14 * DAY) == []


@pytest.mark.parametrize("state", [Session.State.CANCELLED, Session.State.POSTPONED])
def test_what_did_not_take_place_is_not_asked_about_whoever_was_let_in(session, state):
    person = visitor(session)
    Session.objects.filter(pk=session.pk).update(state=state)
    session.refresh_from_db()

    assert invite_to_feedback(at=NOON + HOUR) == 0
    assert questions_of([person], at=NOON) == []
    assert refusal(say, session, person) == "feedback_over"


# Inviting


def test_whoever_was_there_is_asked_once_some_hours_later(session):
    person = visitor(session)

    counts = [invite_to_feedback(at=NOON + hours * HOUR) for hours in (0, 1, 2)]

    assert counts == [0, 1, 0]
    told = Notification.objects.get(user=person.user)
    assert (told.kind, told.link) == ("feedback_invited", "/me/feedback/")


def test_a_household_gets_one_notice(session):
    parent = visitor(session, name="李嘉明")
    attend(session, ResidentFactory(guardian=parent, name="李一诺"))

    assert invite_to_feedback(at=NOON + HOUR) == 2
    assert Notification.objects.get().params["names"] == "李嘉明、李一诺"


def test_nobody_is_asked_at_night(session):
    visitor(session)

    assert [invite_to_feedback(at=NOON.replace(hour=hour)) for hour in (21, 23)] == [0, 0]
    assert invite_to_feedback(at=NOON.replace(hour=8) + DAY) == 1


def test_check_in_that_arrives_late_is_asked_about_and_a_very_late_one_is_not(session):
    visitor(session)
    invite_to_feedback(at=NOON + HOUR)
    visitor(session)

    assert invite_to_feedback(at=NOON + DAY) == 1
    visitor(session)
    assert invite_to_feedback(at=NOON + 4 * DAY) == 0


def test_people_without_an_account_are_not_asked_again_and_again(session):
    attend(session, ResidentFactory())

    assert [invite_to_feedback(at=NOON + hours * HOUR) for hours in (1, 2)] == [1, 0]
    assert (FeedbackInvitation.objects.count(), Notification.objects.count()) == (1, 0)


# What organisers read


def test_four_answers_show_nothing(session):
    answered(session, "gggb-", sentence="请看不见我")

    summary = summary_of_activity(session.activity)

    assert (summary.asked_count, summary.answer_count, summary.faces, summary.sentences) == (5, None, (), ())
    assert [(row.answer_count, row.good_share) for row in session_rows(session.activity)] == [(None, None)]


def test_small_numbers_within_a_large_one_stay_hidden(session):
    answered(session, "ggggggfffbb-")

    summary = summary_of_activity(session.activity)

    assert (summary.answer_count, summary.share) == (11, 92)
    assert [(cell.value, cell.count) for cell in summary.faces] == [("good", 6), ("fair", None), ("bad", None)]


def test_a_hidden_number_does_not_follow_from_the_others(session):
    answered(session, "gggggggffffffb")

    summary = summary_of_activity(session.activity)

    assert summary.answer_count == 14
    assert [(cell.value, cell.count) for cell in summary.faces] == [("good", 7), ("fair", None), ("bad", None)]


def test_few_who_were_not_content_do_not_follow_from_those_who_were(session):
    answered(session, "gggggggffb")

    summary = summary_of_activity(session.activity)

    assert (summary.answer_count, [cell.count for cell in summary.faces]) == (10, [None, None, None])


def test_sentences_stand_in_the_order_of_their_letters(session):
    people = answered(session, "-----")
    for person, sentence in zip(people, "edcbb", strict=True):
        say(session, person, sentence=sentence)

    assert summary_of_activity(session.activity).sentences == ("b", "c", "d", "e")


def lines_of(*faces: str) -> list[tuple[int | None, int | None]]:
    """How many answered and the share of good ones, of sessions of one activity with these answers."""
    activity = course(sessions=len(faces))
    for session, given in zip(sessions_of(activity), faces, strict=True):
        answered(session, given)
    return [(row.answer_count, row.good_share) for row in session_rows(activity)]


def test_each_session_has_its_own_line():
    activity = course(sessions=2)
    first, second = sessions_of(activity)
    answered(first, "gggggfffbb-")
    answered(second, "ggggg")

    rows = session_rows(activity)

    assert [(row.session, row.asked_count, row.answer_count, row.good_share) for row in rows] == [
        (first, 11, 10, 50),
        (second, 5, 5, 100),
    ]


@pytest.mark.parametrize("faces", ["ggggfb", "gggggb", "ggggbbbbb"])
def test_a_share_that_tells_of_few_is_hidden_beside_its_number_of_answers(faces):
    assert lines_of(faces) == [(len(faces), None)]


def test_few_answers_of_one_session_do_not_follow_from_those_of_the_others():
    assert lines_of("ggggg", "gggggg", "gg") == [(None, None), (6, 100), (None, None)]


def test_few_who_were_not_content_do_not_follow_from_the_other_sessions():
    lines = lines_of("ggggg", "gggggbbbbb", "gggggb")

    assert lines == [(5, None), (10, None), (6, None)]


# Figures


def figure(code: str, session: Session) -> object:
    quantity = registry.definitions[code].value(Scope(session.activity.programme.code)).quantity
    return float(quantity.value) if quantity else None


def test_figures_of_ten_people(session):
    answered(session, "gggggffffb--")

    assert (figure("satisfaction", session), figure("feedback_rate", session)) == (50.0, 83.3)


@pytest.mark.parametrize("faces", ["ggggb", "gbbbb", "gggggb", "gggggffbb", "ggggfbbbbb"])
def test_figure_does_not_tell_how_few_were_content_or_were_not(session, faces):
    """Beside the number of answers a share tells both; the page of the organiser hides them too."""
    answered(session, faces)

    definition = registry.definitions["satisfaction"]
    (row,) = definition.evidence(Scope(session.activity.programme.code))
    value = definition.value(Scope(session.activity.programme.code))
    assert (value.quantity, row.quantity, session_rows(session.activity)[0].good_share) == (None, None, None)
    assert str(value.notes[0]).startswith("不予给出")


def test_figures_of_four_answers_are_not_stated(session):
    answered(session, "gggg------")

    definition = registry.definitions["satisfaction"]
    (row,) = definition.evidence(Scope(session.activity.programme.code))
    assert (figure("satisfaction", session), figure("feedback_rate", session), row.quantity) == (None, None, None)
    assert definition.value(Scope(session.activity.programme.code)).notes != ()


def test_figures_stay_when_somebody_is_erased(session):
    answered(session, "gggggbbbbb")
    before = figure("satisfaction", session)

    Participant.objects.first().delete()

    assert figure("satisfaction", session) == before == 50.0


def test_answer_of_whoever_was_not_there_after_all_does_not_count(session):
    answered(session, "gggggb")
    entry = LedgerEntry.objects.order_by("-sequence").first()

    void_entry(entry, reason="误扫", by=organiser_of(session.activity), at=NOON, client_uuid=key())

    assert figure("satisfaction", session) == 100.0
