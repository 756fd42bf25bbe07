"""Figures in any scope as everybody may read them: nothing of fewer than five people, nor what it would follow from."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from qixue.core.figures import FigureValue, Scope, Theme, shared
from qixue.figures.for_everybody import withheld_parts
from qixue.figures.queries import Figure, figure_in
from qixue.participation.equity_figures import parts
from qixue.participation.figures import attendance_in
from qixue.participation.queries.cells import people_in as people_named
from qixue.places.models import Region
from qixue.programme.models import Brand, Programme

TOO_FEW = _("Too few people were here, or in a place or brand beside it, to tell a number to everybody.")


def public_figure_in(scope: Scope, code: str) -> Figure | None:
    """`figure_in`, for everybody. What documents state is public already."""
    found = figure_in(scope, code)
    is_about_people = found is not None and found.definition.theme is Theme.PEOPLE and not found.value.is_reported
    if found is None or not is_about_people or not is_withheld(scope):
        return found
    return replace(found, value=FigureValue(None, notes=(TOO_FEW,)), is_withheld=True)


@shared
def is_withheld(scope: Scope) -> bool:
    """Whether too few people were in the scope, or in one beside it whose number would follow from this one."""
    above, beside = family_of(scope)
    if above is None:
        return False
    return is_withheld(above) or scope in withheld_scopes(beside)


@shared
def withheld_scopes(beside: tuple[Scope, ...]) -> set[Scope]:
    return withheld_parts({scope: people_in(scope) for scope in beside})


@shared
def family_of(scope: Scope) -> tuple[Scope | None, tuple[Scope, ...]]:
    """The scope of which this one is a part, None for a whole programme, and all parts of that one of the same kind."""
    whole = Scope(scope.programme, organisation=scope.organisation)
    if scope.brand is not None:
        brands = Brand.objects.filter(programmes__code=scope.programme).values_list("code", flat=True)
        return whole, tuple(replace(whole, brand=brand) for brand in brands)
    if scope.region is None:
        return None, ()
    city = Programme.objects.values_list("region", flat=True).get(code=scope.programme)
    parent = Region.objects.select_related("parent").get(code=scope.region).parent
    above = whole if parent is None or parent.pk == city else replace(whole, region=parent.code)
    beside = tuple(replace(whole, region=region.code) for region in parts(above))
    return above, beside if scope in beside else (*beside, scope)


def people_in(scope: Scope) -> int:
    """The smallest number about people that there is: one who came five times is one all the same."""
    attendance = attendance_in(scope).quantity
    numbers = [int(attendance.value) if attendance else 0, len(people_named(scope))]
    return min((number for number in numbers if number), default=0)
