"""A week with a summary that two coordinators write."""

import datetime
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from tests.factories import NOON, ActivityFactory, ProgrammeFactory, SessionFactory
from tests.report.sealed_files import two_coordinators

from qixue.core.refusal import Refused
from qixue.figures.models import NamedFigure
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.report.models import SummarySection
from qixue.report.outlining import begin_outline


def week_to_write_about() -> tuple[Programme, User, User]:
    """Over, with one session that is counted as a figure; 梁静宜 and 陈志远 write."""
    day = NOON.date() - datetime.timedelta(days=9)
    week = ProgrammeFactory(code="week", starts_on=day, ends_on=day)
    SessionFactory(activity=ActivityFactory(programme=week, code="tea"), number=1)
    NamedFigure.objects.create(programme=week, code="sessions_total", definition="sessions_total", position=1)
    one, other = two_coordinators(week)
    return week, one, other


def section_of(week: Programme, by: User, draft: str) -> SummarySection:
    """A section of the outline, which is begun where it is not yet."""
    begin_outline(week, by=by, at=NOON)
    return week.summary_sections.select_related("programme__organisation", "brand").get(draft=draft)


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """What happens inside is refused with this code."""
    with pytest.raises(Refused) as refusal:
        yield refusal
    assert refusal.value.code == code


def photo_bytes(colour: str = "red") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(output, "JPEG")
    return output.getvalue()
