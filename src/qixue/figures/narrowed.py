"""Figures in any scope as everybody may read them: nothing of fewer than five people, nor what it would follow from."""

from collections.abc import Callable
from dataclasses import replace

from qixue.core.figures import Scope, shared
from qixue.figures.for_everybody import withheld_parts, without_value
from qixue.figures.queries import Figure, figure_in
from qixue.participation.equity_figures import parts
from qixue.places.models import Region
from qixue.programme.models import Brand, Programme

People = Callable[[Scope], int]  # of how many people a figure tells


def public_figure_in(scope: Scope, code: str) -> Figure | None:
    """`figure_in`, for everybody. What documents state is public already."""
    found = figure_in(scope, code)
    if found is None or found.definition.people is None or found.value.is_reported:
        return found
    return without_value(found) if is_withheld(scope, found.definition.people) else found


@shared
def is_withheld(scope: Scope, people: People) -> bool:
    """Whether too few people were in the scope, or in one beside it whose number would follow from this one."""
    above, beside = family_of(scope)
    if above is None:
        return False
    return is_withheld(above, people) or scope in withheld_scopes(beside, people)


@shared
def withheld_scopes(beside: tuple[Scope, ...], people: People) -> set[Scope]:
    return withheld_parts({scope: people(scope) for scope in beside})


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
