"""Answers to the organiser's questions: checked before anybody has a seat, kept with each registration."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import plain_text_validator
from qixue.core.refusal import Refused
from qixue.participation.models import Answer, Question, Registration
from qixue.participation.models.questions import LONGEST_ANSWER, YES_OR_NO
from qixue.people.models import Resident
from qixue.programme.models import Session

EVERYBODY = 0  # in the place of a person: the answer is for all who sign up together
Answers = Mapping[tuple[int, int], str]  # by key of the question and key of the person, or EVERYBODY


def checked_answers(session: Session, people: Sequence[Resident], answers: Answers, *, is_staff: bool) -> Answers:
    """What each person answered, by question and person; without what nobody was asked.

    Refused: answer_missing, answer_not_offered, answer_too_long, each with the question as field.
    """
    said: dict[tuple[int, int], str] = {}
    for question, person, text in answered(session, people, answers):
        if text:
            check_answer(question, whom_it_is_of(question, person), text)
            said[question.pk, person.pk] = text
        elif question.is_required and not is_staff:
            raise missing_answer(question, person)
    return said


def answered(
    session: Session, people: Sequence[Resident], answers: Answers
) -> Iterator[tuple[Question, Resident, str]]:
    """What each person answers to each question that is asked now, as it was sent; an empty text where nothing was."""
    asked = Question.objects.filter(session=session, retired_at=None).order_by("position")
    for question, person in itertools.product(asked, people):
        yield question, person, answers.get((question.pk, whom_it_is_of(question, person)), "").strip()


def whom_it_is_of(question: Question, person: Resident) -> int:
    return person.pk if question.is_for_each else EVERYBODY


def are_as_first(first: Sequence[Registration], session: Session, people: Sequence[Resident], answers: Answers) -> bool:
    """Whether the answers are those that were kept with the registrations, as far as the questions are still asked."""
    rows = Answer.objects.filter(registration__in=first, question__session=session, question__retired_at=None)
    kept = {(row[0], row[1]): row[2] for row in rows.values_list("question", "registration__resident", "text")}
    sent = {(question.pk, person.pk): text for question, person, text in answered(session, people, answers) if text}
    return sent == kept


def missing_answer(question: Question, person: Resident) -> Refused:
    whom = whom_it_is_of(question, person)
    sentence = _("Please answer for %(name)s: %(question)s") if whom else _("Please answer: %(question)s")
    field = field_of(question, whom)
    return Refused("answer_missing", sentence, field=field, name=person.name, question=question.text)


def field_of(question: Question, whom: int) -> str:
    """The name of the field that asks it."""
    return f"question_{question.pk}_{whom}" if whom else f"question_{question.pk}"


def check_answer(question: Question, whom: int, text: str) -> None:
    field, name = field_of(question, whom), question.text
    if question.kind == Question.Kind.TEXT:
        try:
            plain_text_validator(text)
        except ValidationError as error:
            raise Refused("answer_not_offered", error.message, field=field) from error
        if len(text) > LONGEST_ANSWER:
            sentence = _("Please answer in up to %(limit)s characters: %(question)s")
            raise Refused("answer_too_long", sentence, field=field, limit=LONGEST_ANSWER, question=name)
    elif text not in (question.options if question.kind == Question.Kind.CHOICE else list(YES_OR_NO)):
        sentence = _("Please choose one of the answers that are offered: %(question)s")
        raise Refused("answer_not_offered", sentence, field=field, question=name)


def keep_answers(made: Sequence[Registration], said: Answers) -> None:
    by_person = {row.resident_id: row for row in made}
    Answer.objects.bulk_create(
        Answer(registration=by_person[person], question_id=question, text=text)
        for (question, person), text in said.items()
    )


def carry_over(old: Registration, new: Registration, *, only_for_all: bool = False) -> None:
    """Give the answers of one registration to the one that takes its place.

    At another session an answer goes to the question of the same words there; one that is not asked there stays with
    the question it was given to. `only_for_all` leaves out what was asked about the person.
    """
    there = Question.objects.filter(session=new.session, retired_at=None)
    same = {(question.text, question.kind): question for question in there}
    known = set(new.answers.values_list("question_id", flat=True))
    for answer in old.answers.select_related("question").order_by("pk"):
        question = same.get((answer.question.text, answer.question.kind), answer.question)
        if question.pk in known or (only_for_all and answer.question.is_for_each):
            continue
        Answer.objects.create(registration=new, question=question, text=answer.text)
        known.add(question.pk)
