import pytest
from tests.factories import ActivityFactory, BrandFactory, ProgrammeFactory

from qixue.core.figures import registry
from qixue.figures.models import NamedFigure
from qixue.figures.operations import name_standard_figures

pytestmark = pytest.mark.django_db


def test_programme_gets_every_definition_once_and_later_what_has_come_since() -> None:
    programme = ProgrammeFactory()
    NamedFigure.objects.create(programme=programme, code="attendance", definition="attendance", position=7)

    name_standard_figures(programme)
    first = set(programme.named_figures.values_list("code", flat=True))
    brand = BrandFactory(code="hall")
    brand.programmes.add(programme)
    ActivityFactory(programme=programme, brand=brand, kind="lecture")
    added = {named.code for named in name_standard_figures(programme)}

    on_record = {code for code, definition in registry.definitions.items() if definition.is_of_people_on_record}
    assert set(registry.definitions) - first == on_record
    assert first & on_record == set()
    assert programme.named_figures.get(code="attendance").position == 7
    assert added == {"attendance.hall", "attendance.lecture", "sessions_total.hall", "sessions_total.hall.lecture"}
    assert name_standard_figures(programme) == []
