from decimal import Decimal

import pytest
from tests.factories import NOON, ActivityFactory, BrandFactory, ProgrammeFactory

from qixue.core.figures import FigureValue, Scope, registry
from qixue.core.quantity import KILOGRAM, PERCENT, THING, Qualifier, Quantity
from qixue.figures.queries import Figure
from qixue.programme.models import Activity, Brand, Programme
from qixue.report.drafting.brands import swap_runs
from qixue.report.drafting.material import Material, as_runs

pytestmark = pytest.mark.django_db
EXCHANGED = {
    "things_exchanged": Quantity(184, THING),
    "swap_country_share": Quantity(Decimal("31.5"), PERCENT),
    "kilograms_kept_in_use": Quantity(Decimal("412.4"), KILOGRAM, Qualifier.ABOUT, is_sum=True),
}


@pytest.fixture
def programme() -> Programme:
    programme = ProgrammeFactory(code="week")
    for code, kind in (
        ("hall", Activity.Kind.LECTURE),
        ("swap", Activity.Kind.BARTER),
        ("swap-2", Activity.Kind.BARTER),
    ):
        brand = BrandFactory(code=code)
        brand.programmes.add(programme)
        ActivityFactory(programme=programme, brand=brand, kind=kind)
    return programme


def swaps(programme: Programme, brand: str, numbers: dict[str, Quantity]) -> str:
    figures = [
        Figure(code, registry.definitions[code], Scope(programme.code), FigureValue(quantity))
        for code, quantity in numbers.items()
    ]
    material = Material(programme, figures, NOON)
    return "".join(run.text for run in as_runs(swap_runs(material, Brand.objects.get(code=brand))))


def test_brand_of_swaps_says_what_rounds_exchanged(programme: Programme) -> None:
    text = swaps(programme, "swap", EXCHANGED)

    assert text == "奇换集市交换物品184件，其中来自农村的占31.5%，使约410千克物品继续使用。"


def test_rounds_are_told_of_once_and_at_no_other_brand(programme: Programme) -> None:
    assert [swaps(programme, code, EXCHANGED) for code in ("hall", "swap-2")] == ["", ""]


def test_brand_whose_swaps_are_a_draft_is_passed_over(programme: Programme) -> None:
    programme.activities.filter(brand__code="swap").update(state=Activity.State.DRAFT)

    assert swaps(programme, "swap", EXCHANGED) == ""
    assert swaps(programme, "swap-2", EXCHANGED) != ""


def test_nothing_is_said_of_swaps_before_things_were_exchanged(programme: Programme) -> None:
    shares = {code: number for code, number in EXCHANGED.items() if code != "things_exchanged"}

    assert swaps(programme, "swap", shares) == ""


def test_brand_without_rounds_says_nothing_of_them(programme: Programme) -> None:
    assert swaps(programme, "swap", {}) == ""
