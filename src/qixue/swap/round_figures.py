"""Figures about swaps: what changed hands in rounds, and what that kept in use."""

from collections import Counter
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.digests import digest
from qixue.core.figures import FEWEST, EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.quantity import KILOGRAM, PERCENT, PERSON, THING, Qualifier, Quantity, share_of
from qixue.participation.equity_figures import is_urban
from qixue.swap.figures import OF_SWAPS
from qixue.swap.kinds import TYPICAL_WEIGHTS, Kind
from qixue.swap.models import Handover, SwapRound
from qixue.swap.queries.listings import town_of

TOO_FEW = _("Fewer than 5 people: too few to be told.")
ESTIMATE = _("An estimate: nobody weighs things; each counts as one of its kind typically weighs.")
CONFIRMED = _("Confirmed at the hand-over")


def exchanged_in(scope: Scope) -> QuerySet[Handover]:
    """Things that somebody received in a round of the programme; `region` is where the thing was listed."""
    found = Handover.objects.filter(round__programme__code=scope.programme, state=Handover.State.DONE)
    found = found.exclude(way=Handover.Way.TO_TABLE)
    if scope.region:
        found = found.filter(listing__place__path__contains=f"{scope.region}/")
    return found.select_related("listing__place__parent", "round__organisation", "round__venue").order_by(
        "receiver_confirmed_at", "pk"
    )


def has_rounds(scope: Scope) -> bool:
    """Where there was no round a figure is missing, not zero."""
    return SwapRound.objects.filter(programme__code=scope.programme).exists()


def things_exchanged(scope: Scope) -> FigureValue:
    return FigureValue(Quantity(exchanged_in(scope).count(), THING) if has_rounds(scope) else None)


def people_served(scope: Scope) -> FigureValue:
    """Distinct people who received something, as far as they have not been erased since."""
    if not has_rounds(scope):
        return FigureValue(None)
    count = exchanged_in(scope).exclude(receiver=None).order_by().values("receiver").distinct().count()
    if 0 < count < FEWEST:
        return FigureValue(None, notes=(TOO_FEW,))
    return FigureValue(Quantity(count, PERSON))


def kilograms_kept(scope: Scope) -> FigureValue:
    if not has_rounds(scope):
        return FigureValue(None)
    kinds = Counter(exchanged_in(scope).order_by().values_list("listing__kind", flat=True))
    weight = sum((TYPICAL_WEIGHTS[Kind(kind)] * count for kind, count in kinds.items()), Decimal(0))
    return FigureValue(Quantity(weight, KILOGRAM, Qualifier.ABOUT, is_sum=True), notes=(ESTIMATE,))


def share_of_country(scope: Scope) -> FigureValue:
    places = [town_of(handover.listing.place) for handover in exchanged_in(scope)]
    if not places:
        return FigureValue(None)
    return FigureValue(share_of(sum(not is_urban(place) for place in places), len(places)))


def evidence(scope: Scope) -> list[EvidenceRow]:
    """One row for each thing, by its kind and town; who gave or received it is nobody's business."""
    return [evidence_row(handover) for handover in exchanged_in(scope)]


def evidence_row(handover: Handover) -> EvidenceRow:
    listing, at = handover.listing, handover.receiver_confirmed_at
    day = local_day(at).isoformat() if at else ""
    return EvidenceRow(
        id=f"handover:{handover.pk}",
        title=listing.get_kind_display(),
        quantity=Quantity(1, THING),
        occurred_on=day,
        place=town_of(listing.place).local_name,
        source=str(CONFIRMED),
        organisation=handover.round.organisation.local_name,
        digest=digest([handover.pk, listing.kind, listing.place.code, day]),
    )


def register() -> None:
    figures = (
        (
            "things_exchanged",
            _("Things exchanged"),
            THING,
            _("Things that somebody received in a swap round, confirmed by both; not what went to the common table."),
            things_exchanged,
        ),
        (
            "swap_people",
            _("People served by swaps"),
            PERSON,
            _(
                "Distinct people on record who received something in a swap round; whoever is erased is counted no"
                " more. Of fewer than 5 nothing is told."
            ),
            people_served,
        ),
        (
            "kilograms_kept_in_use",
            _("Kept in use by swaps"),
            KILOGRAM,
            _("Things exchanged, each counted with what one of its kind typically weighs: an estimate."),
            kilograms_kept,
        ),
        (
            "swap_country_share",
            _("Exchanged things from the country"),
            PERCENT,
            _("Things exchanged that were listed in a town of the country, divided by all things exchanged."),
            share_of_country,
        ),
    )
    for code, name, unit, rule, value in figures:
        is_of_people = code == "swap_people"  # of the whole only: two regions would tell how few there are in a third
        registry.register(
            FigureDefinition(
                code=code,
                name=name,
                unit=unit,
                rule=rule,
                dimensions=() if is_of_people else ("region",),
                value=value,
                recount=value,
                evidence=evidence,
                is_of_people_on_record=is_of_people,
                stands_on=OF_SWAPS,
            )
        )


register()
