"""The learning record 学习档案 of one person: attendances, certificates, and what they say themselves."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from qixue.core.clock import SHANGHAI
from qixue.participation.learning_hours import learning_hours
from qixue.participation.models import Certificate, LearningAccount, LearningEntry, LedgerEntry
from qixue.participation.queries.attendance import Attended, attended_by, has_taken_place, taken_back_from
from qixue.participation.queries.certificates import certificates_of
from qixue.people.models import Resident
from qixue.programme.models import Session

Row = TypeVar("Row")


@dataclass(frozen=True)
class Year:
    """What one year adds up to. Hours are 学时 of 45 minutes; the person's own entries stand apart."""

    year: int
    session_count: int
    hours: Decimal
    certificate_count: int
    declared_hours: Decimal


@dataclass(frozen=True)
class LearningRecord:
    """Everything in the record of one person, the latest first."""

    person: Resident
    learner_no: str  # empty until the account is opened
    attended: Sequence[Attended]
    checked_in: Sequence[Attended]  # at sessions that are not over: there are no hours yet
    taken_back: Sequence[LedgerEntry]
    certificates: Sequence[Certificate]
    declared: Sequence[LearningEntry]

    @property
    def hours(self) -> Decimal:
        return hours_of(self.attended)

    @property
    def is_empty(self) -> bool:
        return not (self.attended or self.certificates or self.declared)

    @property
    def years(self) -> list[Year]:
        """The latest year first, without those in which nothing counts, because the person's own lines say no hours."""
        attended = by_year((year_of(row.session.starts_at or row.entry.recorded_at), row) for row in self.attended)
        certificates = by_year((year_of(row.issued_at), row) for row in self.certificates if not row.revoked_at)
        declared = by_year((row.ended_on.year, row) for row in self.declared)
        years = [
            Year(
                year,
                len(attended.get(year, [])),
                hours_of(attended.get(year, [])),
                len(certificates.get(year, [])),
                sum((row.learning_hours or Decimal(0) for row in declared.get(year, [])), Decimal("0.0")),
            )
            for year in sorted({*attended, *certificates, *declared}, reverse=True)
        ]
        return [year for year in years if year.session_count or year.certificate_count or year.declared_hours]


def hours_of(attended: Sequence[Attended]) -> Decimal:
    return learning_hours(sum(row.minutes or 0 for row in attended))


def year_of(moment: datetime.datetime) -> int:
    return moment.astimezone(SHANGHAI).year


def by_year(pairs: Iterable[tuple[int, Row]]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for year, row in pairs:
        grouped.setdefault(year, []).append(row)
    return grouped


def record_of(person: Resident, *, at: datetime.datetime) -> LearningRecord:
    visited = [row for row in attended_by(person) if row.session.state not in Session.OFF_STATES]
    account = LearningAccount.objects.filter(resident=person).first()
    declared = LearningEntry.objects.filter(resident=person).order_by("-ended_on", "-pk")
    return LearningRecord(
        person=person,
        learner_no=account.learner_no if account else "",
        attended=[row for row in visited if has_taken_place(row.session, at=at)],
        checked_in=[row for row in visited if not has_taken_place(row.session, at=at)],
        taken_back=taken_back_from(person),
        certificates=list(certificates_of([person])),
        declared=list(declared),
    )
