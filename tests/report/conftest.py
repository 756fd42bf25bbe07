from collections.abc import Callable

import pytest
from tests.factories import NOON, EvidenceFactory, key
from tests.factories_afterwards import organiser_of
from tests.report.sealed_files import issued_by_two, programme_of_2016, two_coordinators
from tests.report.writing import week_to_write_about

from qixue.core.quantity import Qualifier
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import User
from qixue.programme.models import Programme, Session
from qixue.report.models import Seal
from qixue.report.summary import SummaryDraft, draft_summary


@pytest.fixture(scope="module")
def records_2016(empty_database: None) -> Programme:
    return programme_of_2016()


@pytest.fixture
def programme(records_2016: Programme, db: None) -> Programme:
    return Programme.objects.get(pk=records_2016.pk)


@pytest.fixture
def draft(programme: Programme) -> SummaryDraft:
    return draft_summary(programme, at=NOON)


@pytest.fixture
def coordinators(programme: Programme) -> list[User]:
    """Two people who may ask for the issue of the summary and issue it."""
    return two_coordinators(programme)


@pytest.fixture
def seal(programme: Programme, coordinators: list[User]) -> Seal:
    """The summary of 2016, issued by two people."""
    return issued_by_two(programme, coordinators)


@pytest.fixture
def count_ten() -> Callable[[Session], None]:
    """Enters a head count of ten."""

    def enter(session: Session) -> None:
        record_head_count(
            session,
            count=10,
            qualifier=Qualifier.EXACT,
            evidence=EvidenceFactory(),
            by=organiser_of(session.activity),
            at=NOON,
            client_uuid=key(),
        )

    return enter


@pytest.fixture
def people() -> tuple[Programme, User, User]:
    """A week whose summary can be written, and the two who write it."""
    return week_to_write_about()


@pytest.fixture
def week(people: tuple[Programme, User, User]) -> Programme:
    return people[0]


@pytest.fixture
def liang(people: tuple[Programme, User, User]) -> User:
    return people[1]


@pytest.fixture
def chen(people: tuple[Programme, User, User]) -> User:
    return people[2]
