"""What organisers ask at sign-up: the set of a session is written as a whole."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.models import Question
from qixue.participation.models.questions import LONGEST_ANSWER, MOST_OPTIONS, MOST_QUESTIONS
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.seats import locked_session
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import Session


@dataclass(frozen=True)
class Asked:
    """A question as it is written; `options` are those of a choice."""

    text: str
    kind: str
    options: tuple[str, ...] = ()
    is_required: bool = False
    is_for_each: bool = False

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...], bool]:
        """What answers depend on: a question that differs in one of these is another one."""
        return self.text, self.kind, self.options, self.is_for_each


@transaction.atomic
def set_questions(session: Session, *, asked: Sequence[Asked], by: User, at: datetime.datetime) -> list[Question]:
    """Ask these, in this order. What somebody answered stays: a question that is dropped or reworded is retired.

    Refused: not_in_charge, too_many_questions, question_twice, options_missing, too_many_options, option_too_long.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    check_questions(asked)
    session = locked_session(session)
    there = list(Question.objects.filter(session=session, retired_at=None).order_by("position"))
    kept = {identity_of(question): question for question in there}
    wanted = {each.identity for each in asked}
    for question in there:
        if identity_of(question) not in wanted:
            retire(question, at=at)
    park([question for question in there if identity_of(question) in wanted], at=at)
    written = [
        write(kept.get(each.identity) or Question(session=session), each, position)
        for position, each in enumerate(asked, start=1)
    ]
    record_audit("questions.set", session, by=by, at=at, details={"count": len(written)})
    return written


def check_questions(asked: Sequence[Asked]) -> None:
    if len(asked) > MOST_QUESTIONS:
        raise Refused(
            "too_many_questions",
            _("Please ask up to %(limit)s questions: fewer bring more people."),
            limit=MOST_QUESTIONS,
        )
    for number, each in enumerate(asked, start=1):
        if each.kind == Question.Kind.CHOICE and len(set(each.options)) < 2:
            sentence = _("Please give two answers or more to choose from, each on a line of its own.")
            raise Refused("options_missing", sentence, field=f"options_{number}")
        if len(each.options) > MOST_OPTIONS:
            sentence = _("Please offer up to %(limit)s answers.")
            raise Refused("too_many_options", sentence, field=f"options_{number}", limit=MOST_OPTIONS)
        if any(len(option) > LONGEST_ANSWER for option in each.options):
            sentence = _("An answer is too long. Please write up to %(limit)s characters on each line.")
            raise Refused("option_too_long", sentence, field=f"options_{number}", limit=LONGEST_ANSWER)
        if each.text in [other.text for other in asked[: number - 1]]:
            raise Refused("question_twice", _("This question stands here twice."), field=f"text_{number}")


def identity_of(question: Question) -> tuple[str, str, tuple[str, ...], bool]:
    return question.text, question.kind, tuple(question.options), question.is_for_each


def retire(question: Question, *, at: datetime.datetime) -> None:
    if question.answers.exists():
        question.retired_at = at
        question.save(update_fields=["retired_at"])
    else:
        question.delete()


def park(questions: Sequence[Question], *, at: datetime.datetime) -> None:
    """Out of the way for a moment, so that two can change places without standing on the same one."""
    Question.objects.filter(pk__in=[question.pk for question in questions]).update(retired_at=at)


def write(question: Question, each: Asked, position: int) -> Question:
    question.text, question.kind, question.options = each.text, each.kind, list(each.options)
    question.is_required, question.is_for_each = each.is_required, each.is_for_each
    question.position, question.retired_at = position, None
    question.save()
    return question
