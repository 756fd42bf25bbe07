"""What organisers ask at sign-up, and what a household answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from qixue.participation.models import Answer, Question, Registration
from qixue.people.models import Resident
from qixue.programme.models import Session


def asked_at(session: Session) -> list[Question]:
    """The questions for whoever signs up now, in their order."""
    return list(Question.objects.filter(session=session, retired_at=None).order_by("position"))


@dataclass(frozen=True)
class Said:
    """An answer with its question, and of whom it is; None where it was given once for all."""

    question: str
    whom: Resident | None
    words: str


def said_by(rows: Sequence[Registration]) -> list[Said]:
    """The answers of people who signed up together; what was asked for all stands once."""
    answers = Answer.objects.filter(registration__in=rows).select_related("question", "registration__resident")
    found: dict[tuple[int, int], Said] = {}
    for answer in answers.order_by("question__position", "registration", "pk"):
        question = answer.question
        whom = answer.registration.resident if question.is_for_each and len(rows) > 1 else None
        key = (question.pk, whom.pk if whom else 0)
        found.setdefault(key, Said(question.text, whom, answer.words))
    return list(found.values())
