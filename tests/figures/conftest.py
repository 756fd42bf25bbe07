"""Weeks with a few records, and their figures."""

import pytest
from tests.factories import (
    ActivityFactory,
    ProgrammeFactory,
    SessionFactory,
)

from qixue.core.figures import FigureValue, Scope, registry
from qixue.core.quantity import Qualifier
from qixue.places.models import Population, Region
from qixue.programme.models import (
    Programme,
    ReportedCount,
    Session,
    SourceDocument,
)


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory()


def value(code: str, programme: Programme, **dimensions: str) -> FigureValue:
    return registry.definitions[code].value(Scope(programme.code, **dimensions))


def number(code: str, programme: Programme, **dimensions: str) -> object:
    quantity = value(code, programme, **dimensions).quantity
    return quantity.value if quantity else None


def held(programme: Programme, **changes: object) -> Session:
    activity = changes.pop("activity", None) or ActivityFactory(programme=programme)
    return SessionFactory(activity=activity, **changes)


def reported(programme: Programme, **changes: object) -> ReportedCount:
    document, _made = SourceDocument.objects.get_or_create(programme=programme, code="S", title="总结", genre="总结")
    values = {
        "document": document,
        "programme": programme,
        "code": f"R{ReportedCount.objects.count()}",
        "value": 80,
        "qualifier": Qualifier.AT_LEAST,
        "unit": "session",
        "measure": ReportedCount.Measure.SESSIONS,
        "quote": "讲座达80多场",
    }
    return ReportedCount.objects.create(**{**values, **changes})


def populate(
    programme: Programme, indicator: str, people: int, day: str = "2020-11-01", region: Region | None = None
) -> None:
    Population.objects.create(
        region=region or programme.region,
        indicator=indicator,
        reference_on=day,
        value=people,
        unit="persons",
        status="verified",
        source="第七次人口普查公报",
    )
