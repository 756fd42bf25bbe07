import pytest
from tests.factories import NOON

from qixue.demo.records import load_records
from qixue.places.operations import load_regions
from qixue.programme.models import Programme
from qixue.report.summary import SummaryDraft, draft_summary


@pytest.fixture
def programme(db: None) -> Programme:
    load_regions(at=NOON)
    return load_records(at=NOON)


@pytest.fixture
def draft(programme: Programme) -> SummaryDraft:
    return draft_summary(programme, at=NOON)
