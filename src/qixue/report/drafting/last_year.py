"""The year before beside this one, in words: its numbers are no figures of this year, and could not be sealed."""

from decimal import Decimal

from qixue.core.figures import Scope, registry
from qixue.core.quantity import Qualifier, Quantity
from qixue.programme.models import Programme
from qixue.report.drafting.material import Material
from qixue.report.phrases import clauses, enumeration, sentence

COMPARED = {
    "sessions_total": "活动场次",
    "attendance": "参与人次",
    "participants": "实名参与人数",
    "townships_covered": "覆盖的镇（街道）",
}


def year_before(programme: Programme) -> Programme | None:
    """The programme of the same organisation, place and kind a year earlier."""
    earlier = Programme.objects.published().filter(
        organisation=programme.organisation_id,
        region=programme.region_id,
        kind=programme.kind,
        year=programme.year - 1,
        is_synthetic=programme.is_synthetic,
    )
    return earlier.order_by("-ends_on", "pk").first()


def comparison_text(material: Material) -> str:
    """与上年相比，活动场次、参与人次增长。 Nothing before the end: half a week is not set against a whole one."""
    last = None if material.is_interim else year_before(material.programme)
    groups: dict[str, list[str]] = {}
    for code, name in COMPARED.items() if last else ():
        figure = material.amount(code)
        before = registry.definitions[code].value(Scope(last.code)).quantity if last else None
        if figure and figure.quantity and before and before.value and (word := course(before, figure.quantity)):
            groups.setdefault(word, []).append(name)
    changes = [f"{enumeration(names)}{word}" for word, names in groups.items()]
    return sentence(clauses(["与上年相比", *changes])) if changes else ""


def course(before: Quantity, after: Quantity) -> str:
    """增长, 下降 or 持平; nothing where a hedge leaves it open."""
    are_exact = before.qualifier is Qualifier.EXACT and after.qualifier is Qualifier.EXACT
    difference = Decimal(after.value) - Decimal(before.value)
    if are_exact and not difference:
        return "持平"
    if not are_exact and 10 * abs(difference) <= before.value:
        return ""
    return "增长" if difference > 0 else "下降"
