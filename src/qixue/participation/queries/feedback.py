"""What people can say about which sessions, and what organisers read of it: numbers and words, never who."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qixue.core.figures import FEWEST
from qixue.participation.models import Feedback, LedgerEntry, Participant
from qixue.participation.queries.attendance import named_entries
from qixue.people.models import Resident
from qixue.programme.models import Activity, Session

Key = TypeVar("Key", int, str)
OPEN_FOR = datetime.timedelta(days=14)  # after the end of a session one can answer, and change the answer


@dataclass(frozen=True)
class Question:
    """A session that somebody of a household can still say something about."""

    session: Session
    person: Resident
    token: object
    answer: Feedback | None


def is_open(session: Session, *, at: datetime.datetime) -> bool:
    """Not of what was called off or put off, also with people in it."""
    end = session.ends_at or session.starts_at
    return session.state not in Session.OFF_STATES and end is not None and end <= at <= end + OPEN_FOR


def questions_of(household: Sequence[Resident], *, at: datetime.datetime) -> list[Question]:
    """The latest session first, people of one session in the household's order."""
    people = {person.pk: (place, person) for place, person in enumerate(household)}
    tokens = {row.token: row.resident_id for row in Participant.objects.filter(resident__in=household)}
    entries = named_entries().filter(person_token__in=tokens, session__starts_at__gte=at - OPEN_FOR - LONGEST)
    answers = {
        (row.session_id, row.person_token): row for row in Feedback.objects.filter(person_token__in=list(tokens))
    }
    found: dict[tuple[int, object], Question] = {}
    for entry in entries:
        session, token = entry.session, entry.person_token
        if session is not None and token is not None and is_open(session, at=at):
            person = people[tokens[token]][1]
            answer = answers.get((session.pk, token))
            found.setdefault((session.pk, token), Question(session, person, token, answer))
    return list(found.values())


def open_questions_of(household: Sequence[Resident], *, at: datetime.datetime) -> list[Question]:
    """Those that nobody has answered yet."""
    return [question for question in questions_of(household, at=at) if question.answer is None]


LONGEST = datetime.timedelta(days=31)  # of a session: exhibitions last for weeks


def counted_answers() -> QuerySet[Feedback]:
    """Answers of people whose attendance stands; whoever was taken off the list is no longer asked."""
    there = (
        LedgerEntry.objects.effective()
        .people()
        .filter(session=OuterRef("session"), person_token=OuterRef("person_token"))
    )
    return Feedback.objects.filter(Exists(there))


@dataclass(frozen=True)
class Cell:
    """How many gave one answer; None where it was given, but by too few to be shown, or by nobody."""

    value: str
    label: str
    count: int | None


@dataclass(frozen=True)
class Summary:
    """The answers about one session or activity. Nothing but `asked_count` is there below the fewest answers."""

    asked_count: int  # people who were there by name
    answer_count: int | None
    faces: tuple[Cell, ...] = ()
    reasons: tuple[Cell, ...] = ()
    sentences: tuple[str, ...] = field(default=())

    @property
    def share(self) -> int | None:
        """Per cent of those asked who answered."""
        return round(100 * self.answer_count / self.asked_count) if self.answer_count and self.asked_count else None


def summary_of(answers: QuerySet[Feedback], asked_count: int) -> Summary:
    """Each sentence once, in the order of their letters: their time would tell who was quick to answer."""
    total = answers.count()
    if total < FEWEST:
        return Summary(asked_count, None)
    faces = dict(answers.order_by().values_list("face").annotate(Count("pk")))
    reasons = dict(answers.exclude(reason="").order_by().values_list("reason").annotate(Count("pk")))
    sentences = answers.exclude(sentence="").order_by("sentence", "pk").values_list("sentence", flat=True)
    return Summary(
        asked_count,
        total,
        without_differences(cells(Feedback.Face.choices, faces), faces),
        cells(Feedback.Reason.choices, reasons),
        tuple(dict.fromkeys(sentences)),
    )


def cells(choices: Iterable[tuple[str, object]], counts: dict[str, int]) -> tuple[Cell, ...]:
    rows = [(str(value), str(label), counts.get(str(value), 0)) for value, label in choices]
    return tuple(Cell(value, label, count if count >= FEWEST else None) for value, label, count in rows)


def summary_of_activity(activity: Activity) -> Summary:
    asked = named_entries().filter(activity=activity).order_by().values("session_id", "person_token").distinct()
    return summary_of(counted_answers().filter(session__activity=activity), asked.count())


def without_differences(faces: tuple[Cell, ...], counts: dict[str, int]) -> tuple[Cell, ...]:
    """Every answer has a face, so what is hidden would follow from the others where it is few altogether."""
    told = tellable({cell.value: (counts.get(cell.value, 0),) for cell in faces})
    return tuple(cell if cell.value in told else replace(cell, count=None) for cell in faces)


def tellable(counts: Mapping[Key, tuple[int, ...]], among: Collection[Key] | None = None) -> set[Key]:
    """The keys of which each count may be told, of `among` only, beside the sums over all keys.

    None that is told is of fewer people than may be told, and neither are those together that are not told: where the
    rest would be of so few, the smallest goes too.
    """
    allowed = counts.keys() if among is None else among
    told = {key for key in allowed if not any(map(is_few, counts[key]))}
    while told and any(is_few(sum(of_all)) for of_all in zip(*without(counts, told), strict=True)):
        told.remove(min(told, key=lambda key: (sum(counts[key]), key)))
    return told


def without(counts: Mapping[Key, tuple[int, ...]], told: set[Key]) -> list[tuple[int, ...]]:
    return [parts for key, parts in counts.items() if key not in told]


def is_few(count: int) -> bool:
    return 0 < count < FEWEST


def tellable_shares(counts: Mapping[int, tuple[int, int]]) -> set[int]:
    """Keys of the sessions whose share of good answers may be told; `counts` are all answers and the good ones.

    A share beside the number of answers tells how many were good, and how many were not.
    """
    answered = tellable({key: (total,) for key, (total, _good) in counts.items()})
    return tellable({key: (good, total - good) for key, (total, good) in counts.items()}, answered)


@dataclass(frozen=True)
class SessionRow:
    """A session with its answers; counts and shares (per cent) are None where they would tell of too few."""

    session: Session
    asked_count: int
    answer_count: int | None
    good_share: int | None


def session_rows(activity: Activity) -> list[SessionRow]:
    """Sessions at which somebody was by name, the first one on top."""
    people = named_entries().filter(activity=activity).order_by().values_list("session_id")
    asked = dict(people.annotate(Count("person_token", distinct=True)))
    answers = counted_answers().filter(session__activity=activity).order_by().values_list("session_id")
    good = Count("pk", filter=Q(face=Feedback.Face.GOOD))
    counts = {session: (total, count) for session, total, count in answers.annotate(Count("pk"), good=good)}
    told, shares = tellable({key: (total,) for key, (total, _good) in counts.items()}), tellable_shares(counts)
    rows = []
    for session in activity.sessions.filter(pk__in=asked).select_related("venue").order_by("starts_at", "pk"):
        total, count = counts.get(session.pk, (0, 0))
        share = round(100 * count / total) if session.pk in shares else None
        rows.append(SessionRow(session, asked[session.pk], total if session.pk in told else None, share))
    return rows
