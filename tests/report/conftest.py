from collections.abc import Callable

import pytest
from tests.factories import NOON, EvidenceFactory, UserFactory, key

from qixue.core.quantity import Qualifier
from qixue.demo.records import load_records
from qixue.participation.operations.ledger import record_head_count
from qixue.places.operations import load_regions
from qixue.programme.models import Programme, Session
from qixue.report.summary import SummaryDraft, draft_summary


@pytest.fixture
def programme(db: None) -> Programme:
    load_regions(at=NOON)
    return load_records(at=NOON)


@pytest.fixture
def draft(programme: Programme) -> SummaryDraft:
    return draft_summary(programme, at=NOON)


@pytest.fixture
def count_ten() -> Callable[[Session], None]:
    """Enters a head count of ten."""

    def enter(session: Session) -> None:
        record_head_count(
            session,
            count=10,
            qualifier=Qualifier.EXACT,
            evidence=EvidenceFactory(),
            by=UserFactory(),
            at=NOON,
            client_uuid=key(),
        )

    return enter
