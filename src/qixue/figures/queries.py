"""Figures as pages, the API, exports and reports show them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import override

from qixue.core.digests import digest, merkle_root
from qixue.core.figures import EvidenceRow, FigureDefinition, FigureValue, Scope, registry
from qixue.core.language import is_chinese
from qixue.core.quantity import Quantity
from qixue.figures.models import NamedFigure
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Activity, Brand, Programme, Series, SourceIssue


@dataclass(frozen=True)
class Figure:
    """A named figure with its value: what a page or a sentence shows."""

    code: str
    definition: FigureDefinition
    scope: Scope
    value: FigureValue
    issues: tuple[SourceIssue, ...] = ()
    is_printed: bool = True

    @property
    def quantity(self) -> Quantity | None:
        return self.value.quantity

    @property
    def name(self) -> str:
        """The name in the viewer's language, narrowed by its dimensions: "Attendances (凤城讲堂)"."""
        name, labels = str(self.definition.name), dimension_labels(self.scope)
        if not labels:
            return name
        return f"{name}（{'，'.join(labels)}）" if is_chinese() else f"{name} ({', '.join(labels)})"

    def evidence(self) -> Sequence[EvidenceRow]:
        return self.definition.evidence(self.scope)


def dimension_labels(scope: Scope) -> list[str]:
    """What narrows the figure, in the viewer's language and a fixed order."""
    labels = []
    for model, code in ((Brand, scope.brand), (Series, scope.series), (Organisation, scope.organisation)):
        if code and (record := model.objects.filter(code=code).first()):
            labels.append(record.local_name)
    if scope.region and (region := Region.objects.filter(code=scope.region).first()):
        labels.append(region.local_name)
    if scope.kind:
        labels.append(str(Activity.Kind(scope.kind).label))
    return labels


def figures_of(programme: Programme) -> list[Figure]:
    """All named figures of a programme with their values, in the programme's order."""
    named = NamedFigure.objects.filter(programme=programme).order_by("position", "code")
    issues = issues_by_record(programme)
    return [computed(item, programme.code, issues) for item in named]


def figure_of(programme: Programme, code: str) -> Figure | None:
    """One named figure with its value, or None when the programme has no figure of this name."""
    named = NamedFigure.objects.filter(programme=programme, code=code).first()
    return computed(named, programme.code, issues_by_record(programme)) if named else None


def computed(named: NamedFigure, programme_code: str, issues: dict[str, list[SourceIssue]]) -> Figure:
    """Raises KeyError for a figure whose definition no installed app offers."""
    definition = registry.definitions[named.definition]
    scope = named.scope(programme_code)
    return Figure(
        code=named.code,
        definition=definition,
        scope=scope,
        value=definition.value(scope),
        issues=tuple(issues.get(named.code, ())),
        is_printed=named.is_printed,
    )


def issues_by_record(programme: Programme) -> dict[str, list[SourceIssue]]:
    """What is known to be wrong with the sources, by the code of the record it concerns."""
    found: dict[str, list[SourceIssue]] = {}
    for issue in SourceIssue.objects.filter(document__programme=programme).order_by("code", "pk"):
        found.setdefault(issue.record_code, []).append(issue)
    return found


def recounted(figure: Figure) -> Figure:
    """The figure computed from its records, without rollups."""
    return replace(figure, value=figure.definition.recount(figure.scope))


def payload(figure: Figure, *, at: datetime.datetime) -> dict[str, Any]:
    """A figure as JSON with the ids of its evidence and the digest over it."""
    rows = figure.evidence()
    proof = {"evidence": [row.id for row in rows], "evidence_digest": evidence_digest(rows)}
    return {**statement(figure, at=at), **proof}


def statement(figure: Figure, *, at: datetime.datetime) -> dict[str, Any]:
    """A figure as JSON without its evidence: both languages, hedge, bounds, period, source wording, issues."""
    quantity, value = figure.quantity, figure.value
    return {
        "code": figure.code,
        "definition": figure.definition.code,
        "rule_version": figure.definition.rule_version,
        "dimensions": figure.scope.dimensions(),
        "name": in_both_languages(lambda: figure.name),
        "rule": in_both_languages(lambda: str(figure.definition.rule)),
        "unit": {"code": figure.definition.unit.code, "zh": figure.definition.unit.zh, "en": figure.definition.unit.en},
        "value": number(quantity.value) if quantity else None,
        "qualifier": quantity.qualifier.value if quantity else None,
        "lower_exclusive": number(quantity.lower_exclusive) if quantity else None,
        "upper_exclusive_by_usage": number(quantity.upper_exclusive_by_usage) if quantity else None,
        "text": {"zh": quantity.text("zh"), "en": quantity.text("en")} if quantity else None,
        "period": {"from": value.period.start, "to": value.period.end or None, "quote": value.period.quote},
        "as_of": None if value.is_reported else at.isoformat(),
        "status": "draft",
        "is_printed": figure.is_printed,
        "quotes": list(value.quotes),
        "notes": in_both_languages(lambda: [str(note) for note in value.notes]),
        "issues": [
            {"quote": issue.quote, "zh": issue.explanation, "en": issue.explanation_en} for issue in figure.issues
        ],
        "left_out": list(value.left_out),
    }


def evidence_digest(rows: Sequence[EvidenceRow]) -> str:
    """Merkle root over the records behind a figure; it changes when any of them does."""
    return merkle_root([row.digest or digest([row.id, str(row.quantity)]) for row in rows])


def figure_digest(figure: Figure, rows: Sequence[EvidenceRow]) -> str:
    """One digest over the figure's value, hedge and evidence; it changes when any of them does."""
    quantity = figure.quantity
    value = [str(quantity.value), quantity.qualifier.value] if quantity else []
    return digest([figure.code, value, evidence_digest(rows)])


def in_both_languages(make: Any) -> dict[str, Any]:
    texts = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            texts[key] = make()
    return texts


def number(value: Any) -> Any:
    """Whole numbers stay whole; decimals travel as text, so that no digit is lost."""
    return value if value is None or isinstance(value, int) else str(value)


def recount_differences(programme: Programme) -> list[tuple[Figure, Figure]]:
    """Pairs (from rollups, from records) of the figures on which the two do not agree; empty when all is well."""
    pairs = [(figure, recounted(figure)) for figure in figures_of(programme)]
    return [(shown, counted) for shown, counted in pairs if shown.quantity != counted.quantity]


def figures_named(programme: Programme, codes: Sequence[str]) -> list[Figure]:
    """Only these named figures, in the order of the codes; those that the programme does not have are left out."""
    named = {item.code: item for item in NamedFigure.objects.filter(programme=programme, code__in=codes)}
    return [computed(named[code], programme.code, {}) for code in codes if code in named]
