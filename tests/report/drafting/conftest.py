"""A week of two counties with a brand, over and counted, and the pieces of its summary."""

from collections.abc import Callable

import pytest
from django.utils.translation import override
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    ProgrammeFactory,
    RegionFactory,
    SessionFactory,
    VenueFactory,
)

from qixue.figures.operations import name_standard_figures
from qixue.figures.queries import figures_of
from qixue.places.models import Region
from qixue.programme.models import Passage, Programme, Session, SourceDocument
from qixue.report.chart_pictures import has_fonts
from qixue.report.drafting.material import Material
from qixue.report.installed import installed_fonts
from qixue.report.official_document import Block, Paragraph, runs_of


@pytest.fixture
def programme(count_ten: Callable[[Session], None]) -> Programme:
    """Of two brands one has two sessions in town, the other one in the country; ten people came to each."""
    programme = ProgrammeFactory(code="week", year=2026)
    for code, name, place, kind in (
        ("hall", "凤城讲堂", "441802", "lecture"),
        ("field", "田间课堂", "441826", "training"),
    ):
        brand = BrandFactory(code=code, name=name)
        brand.programmes.add(programme)
        county = RegionFactory(code=place, name=f"{name[:2]}县", level=Region.Level.COUNTY, parent=programme.region)
        activity = ActivityFactory(programme=programme, brand=brand, kind=kind)
        for number in (1, 2) if kind == "lecture" else (1,):
            count_ten(SessionFactory(activity=activity, number=number, venue=VenueFactory(region=county)))
    name_standard_figures(programme)
    return programme


@pytest.fixture
def say(programme: Programme) -> Callable[[str, str], None]:
    """A passage on a topic, as a document of the programme has it."""
    document = SourceDocument.objects.create(programme=programme, code="DOC", title="总结")

    def add(topic: str, quote: str) -> None:
        Passage.objects.create(
            document=document, topic=topic, code=f"P{Passage.objects.count()}", position=1, quote=quote
        )

    return add


def material_of(programme: Programme) -> Material:
    with override("zh-hans"):
        return Material(programme, figures_of(programme), NOON)


def text_of(blocks: list[Block]) -> str:
    """The paragraphs alone, one a line."""
    return "\n".join("".join(run.text for run in runs_of(block)) for block in blocks if isinstance(block, Paragraph))


@pytest.fixture
def fonts() -> None:
    """Charts are drawn only where there are Chinese fonts."""
    if not has_fonts(installed_fonts()):
        pytest.skip("No Chinese font on this machine; bin/fonts fetches them.")
