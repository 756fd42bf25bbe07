"""What is marked in the text of people before it is issued."""

import pytest
from tests.factories import NOON, EvidenceFactory, UserFactory, key
from tests.report.writing import section_of, week_to_write_about

from qixue.core.quantity import Qualifier
from qixue.figures.models import NamedFigure
from qixue.participation.operations.ledger import record_head_count
from qixue.programme.models import Session
from qixue.report.editing import save_section
from qixue.report.models import SummarySection
from qixue.report.summary import draft_summary

pytestmark = pytest.mark.django_db


def remarks_on(text: str, *, people: int) -> list[tuple[str, str]]:
    """Code and quote of each remark on the text, where so many people came to the only session."""
    week, writer, _other = week_to_write_about()
    NamedFigure.objects.create(programme=week, code="attendance", definition="attendance", position=2, is_printed=False)
    record_head_count(
        Session.objects.get(),
        count=people,
        qualifier=Qualifier.EXACT,
        evidence=EvidenceFactory(),
        by=UserFactory(),
        at=NOON,
        client_uuid=key(),
    )
    section: SummarySection = section_of(week, writer, "problems")
    save_section(section, text, based_on=0, by=writer, at=NOON)
    remarks = draft_summary(week, at=NOON).remarks
    return [(remark.code, remark.quote) for remark in remarks if remark.code != "required_fact"]


@pytest.mark.parametrize(("people", "found"), [(3, [("small_number", "3人次")]), (5, [])])
def test_number_that_public_pages_withhold_is_marked(people: int, found: list[tuple[str, str]]) -> None:
    assert remarks_on("参与{{attendance}}。", people=people) == found


def test_moment_that_stays_beside_numbers_that_go_on_is_marked() -> None:
    found = remarks_on("截至11月23日21时05分，参与{{attendance}}。", people=9)

    assert found == [("moment_written_down", "截至11月23日21时05分")]
