"""Figures about recognitions: who was honoured after a public notice."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.changes import Subject
from qixue.core.digests import digest
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.quantity import PERSON, PIECE, Quantity, Unit
from qixue.programme.models import Nomination, RecognitionCall
from qixue.programme.queries import organisation_condition

Kind = RecognitionCall.Kind
RESULT = _("Result after public notice")


def awarded_in(scope: Scope, kind: Kind) -> QuerySet[Nomination]:
    found = Nomination.objects.filter(
        call__programme__code=scope.programme, call__kind=kind, state=Nomination.State.AWARDED
    )
    if scope.brand:
        found = found.filter(brand__code=scope.brand)
    if scope.organisation:
        found = found.filter(organisation_condition(scope.organisation, "organisation__"))
    return found.select_related("award", "organisation").order_by("award__awarded_on", "pk")


def value_of(scope: Scope, kind: Kind, unit: Unit) -> FigureValue:
    """Missing, not zero, where no call of the kind was ever opened."""
    count = awarded_in(scope, kind).count()
    was_called = RecognitionCall.objects.filter(programme__code=scope.programme, kind=kind).exists()
    return FigureValue(Quantity(count, unit) if was_called else None)


def rows_of(scope: Scope, kind: Kind, unit: Unit) -> list[EvidenceRow]:
    """One row per award; the name stands on it as long as the nominee agrees to that."""
    return [
        EvidenceRow(
            id=f"nomination:{nomination.pk}",
            title=f"{nomination.award.title}（{nomination.award.get_level_display()}）",
            quantity=Quantity(1, unit),
            occurred_on=nomination.award.awarded_on,
            source=str(RESULT),
            quote=nomination.award.recipient,
            organisation=nomination.organisation.local_name,
            digest=digest([nomination.pk, nomination.call_id, nomination.award.level, nomination.award.awarded_on]),
        )
        for nomination in awarded_in(scope, kind)
        if nomination.award
    ]


def define(code: str, name: object, unit: Unit, rule: object, kind: Kind) -> None:
    registry.register(
        FigureDefinition(
            code=code,
            name=name,
            unit=unit,
            rule=rule,
            dimensions=("brand", "organisation"),
            value=lambda scope: value_of(scope, kind, unit),
            recount=lambda scope: value_of(scope, kind, unit),
            evidence=lambda scope: rows_of(scope, kind, unit),
            stands_on=(Subject.RECORDS,),
        )
    )


define(
    "learning_stars",
    _("Learning stars of the people"),
    PERSON,
    _("People honoured in calls of the programme after a public notice, by award; nobody twice at one level."),
    Kind.LEARNING_STAR,
)
define(
    "brand_projects",
    _("Lifelong learning brand projects"),
    PIECE,
    _("Projects honoured in calls of the programme after a public notice, by award; none twice at one level."),
    Kind.BRAND_PROJECT,
)
