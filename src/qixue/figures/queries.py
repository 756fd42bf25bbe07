"""Figures as pages, the API, exports and reports show them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import override

from qixue.core.digests import digest
from qixue.core.figures import (
    EvidenceRow,
    FigureDefinition,
    FigureValue,
    Scope,
    combined,
    registry,
    shared,
    shared_reads,
)
from qixue.core.kept import unchanged
from qixue.core.language import is_chinese
from qixue.core.quantity import Quantity, Unit
from qixue.figures.models import NamedFigure
from qixue.figures.records import FoldedRecords, SingleRecords, folded_by
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
    is_withheld: bool = False  # it has a value, which not everybody may know

    @property
    def quantity(self) -> Quantity | None:
        return self.value.quantity

    @property
    def name(self) -> str:
        return name_of(self.definition, self.scope)

    def evidence(self) -> Sequence[EvidenceRow]:
        return self.definition.evidence(self.scope)

    def single_records(self) -> SingleRecords:
        return SingleRecords(self.evidence())

    def folded_records(self) -> FoldedRecords:
        """What a seal and its files name: their number does not grow with how many came to each session."""
        records = self.definition.session_records
        return folded_by(records.folded if records else self.definition.evidence, self.scope, is_chinese())

    @property
    def is_read_by_session(self) -> bool:
        """Whether a row of `evidence_for_reading` stands for all records of a session."""
        return self.definition.by_session is not None

    def evidence_for_reading(self) -> list[EvidenceRow]:
        """The records behind the figure, one row per session, without what staff noted: a note may name people."""
        by_session = self.definition.by_session or self.definition.evidence
        return [without_note(row) for row in by_session(self.scope)]

    def evidence_of_session(self, session_id: int) -> list[EvidenceRow]:
        """The single records of one session behind the figure; none where the session is not in its scope."""
        records = self.definition.session_records
        rows = records.of_session(self.scope, session_id) if records else self.evidence()
        return [without_note(row) for row in rows if row.session_id == session_id]


def without_note(row: EvidenceRow) -> EvidenceRow:
    """Documents may be quoted; what staff wrote beside a session stays with those who keep its records."""
    return replace(row, quote="") if row.session_id else row


def common_unit(rows: Sequence[EvidenceRow]) -> Unit | None:
    """The unit that all the rows count in, for the head of a table; None where they differ or say nothing."""
    units = {row.quantity.unit for row in rows if row.quantity}
    return units.pop() if len(units) == 1 else None


@dataclass(frozen=True)
class RecordKind:
    """Records of one session that were made in the same way, as a number without persons."""

    kind: str
    source: str
    record_count: int
    quantity: Quantity | None


def kinds_of_records(rows: Sequence[EvidenceRow]) -> list[RecordKind]:
    """How many records there are of each kind and source, in the order in which they are met."""
    unit = common_unit(rows)
    groups: dict[tuple[str, str], list[EvidenceRow]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.source), []).append(row)
    return [RecordKind(*key, len(found), sum_of_rows(found, unit) if unit else None) for key, found in groups.items()]


def sum_of_rows(rows: Sequence[EvidenceRow], unit: Unit) -> Quantity | None:
    return combined([(row.id, row.quantity) for row in rows if row.quantity], unit)[0]


def name_of(definition: FigureDefinition, scope: Scope) -> str:
    """The name in the viewer's language, narrowed by its dimensions: "Attendances (凤城讲堂)"."""
    name, labels = str(definition.name), dimension_labels(scope)
    if not labels:
        return name
    return f"{name}（{'，'.join(labels)}）" if is_chinese() else f"{name} ({', '.join(labels)})"


def dimension_labels(scope: Scope) -> list[str]:
    """What narrows the figure, in the viewer's language and a fixed order."""
    labels = []
    for model, code in (
        (Brand, scope.brand),
        (Series, scope.series),
        (Organisation, scope.organisation),
        (Region, scope.region),
    ):
        if code and (record := record_with_code(model, code)):
            labels.append(record.local_name)
    if scope.kind:
        labels.append(str(Activity.Kind(scope.kind).label))
    return labels


@shared
def record_with_code(
    model: type[Brand | Series | Organisation | Region], code: str
) -> Brand | Series | Organisation | Region | None:
    return model._default_manager.filter(code=code).first()


def figures_of(programme: Programme, *, with_internal: bool = False) -> list[Figure]:
    """All named figures of a programme with their values, in its order; internal ones only where staff alone read."""
    named = shown(NamedFigure.objects.filter(programme=programme), with_internal).order_by("position", "code")
    issues = issues_by_record(programme)
    with shared_reads():
        return [computed(item, programme.code, issues) for item in named]


def lasting_figures_of(programme: Programme) -> list[Figure]:
    """`figures_of`, without those that an erasure changes: what a document may state."""
    return [figure for figure in figures_of(programme) if not figure.definition.is_of_people_on_record]


def unnamed_figures_on_record(programme: Programme) -> list[Figure]:
    """Those that an erasure changes, have a value and no name: pages list them, no document states them."""
    named = set(programme.named_figures.values_list("definition", flat=True))
    codes = [each.code for each in registry.all() if each.is_of_people_on_record and each.code not in named]
    with shared_reads():
        found = [figure_in(Scope(programme.code), code) for code in codes]
    return [figure for figure in found if figure and figure.quantity]


def shown(named: QuerySet[NamedFigure], with_internal: bool) -> QuerySet[NamedFigure]:
    internal = [code for code, definition in registry.definitions.items() if definition.is_internal]
    return named if with_internal else named.exclude(definition__in=internal)


def figure_of(programme: Programme, code: str, *, with_internal: bool = False) -> Figure | None:
    """One named figure with its value, or None when the programme has no figure of this name."""
    named = shown(NamedFigure.objects.filter(programme=programme, code=code), with_internal).first()
    return computed(named, programme.code, issues_by_record(programme)) if named else None


def figure_in(scope: Scope, code: str, *, with_internal: bool = False) -> Figure | None:
    """A figure in any scope, whether the programme has a name for it or not.

    None for a definition that is not there, that is for staff only, or that cannot be narrowed so.
    """
    definition = registry.get(code)
    if definition is None or (definition.is_internal and not with_internal):
        return None
    if not scope.dimensions().keys() <= set(definition.dimensions):
        return None
    return Figure(code, definition, scope, value_in(scope, definition))


def value_in(scope: Scope, definition: FigureDefinition) -> FigureValue:
    """As it stands now; worked out anew only where something has changed on which it stands."""
    return unchanged(definition.stands_on, definition.value, scope)


def named_for_part(programme: Programme, organisation: str) -> list[NamedFigure]:
    """The named figures of the whole programme that can be divided, as those of the tree below an organisation."""
    whole = {"brand_code": "", "series_code": "", "organisation_code": "", "region_code": "", "kind": ""}
    named = NamedFigure.objects.filter(programme=programme, **whole).order_by("position", "code")
    divisible = [item for item in named if "organisation" in registry.definitions[item.definition].dimensions]
    for item in divisible:
        item.organisation_code = organisation
    return divisible


def figures_of_part(programme: Programme, organisation: str) -> list[Figure]:
    """A part's figures. What is known to be wrong with the sources speaks of the whole and stays with it."""
    with shared_reads():
        return [computed(item, programme.code, {}) for item in named_for_part(programme, organisation)]


def figure_of_part(programme: Programme, code: str, organisation: str) -> Figure | None:
    """One of `figures_of_part`, or None where the part has no figure of this name."""
    named = [item for item in named_for_part(programme, organisation) if item.code == code]
    return computed(named[0], programme.code, {}) if named else None


def computed(named: NamedFigure, programme_code: str, issues: dict[str, list[SourceIssue]]) -> Figure:
    """Raises KeyError for a figure whose definition no installed app offers."""
    definition = registry.definitions[named.definition]
    scope = named.scope(programme_code)
    return Figure(
        code=named.code,
        definition=definition,
        scope=scope,
        value=value_in(scope, definition),
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


def payload(figure: Figure, *, at: datetime.datetime, rows: Sequence[EvidenceRow] | None = None) -> dict[str, Any]:
    """A figure as JSON with the ids of its evidence and the digest over it; `rows` where not all of it is told."""
    rows = figure.evidence() if rows is None else rows
    proof = {"evidence": [row.id for row in rows], "evidence_digest": SingleRecords(rows).root}
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
        "is_withheld": figure.is_withheld,
        "quotes": list(value.quotes),
        "notes": in_both_languages(lambda: [str(note) for note in value.notes]),
        "issues": [
            {"quote": issue.quote, "zh": issue.explanation, "en": issue.explanation_en} for issue in figure.issues
        ],
        "left_out": list(value.left_out),
    }


def figure_digest(figure: Figure, root: str) -> str:
    """One digest over the figure's value, hedge and the root of its records; it changes when any of them does."""
    quantity = figure.quantity
    value = [str(quantity.value), quantity.qualifier.value] if quantity else []
    return digest([figure.code, value, root])


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
    pairs = [(figure, recounted(figure)) for figure in figures_of(programme, with_internal=True)]
    return [(shown, counted) for shown, counted in pairs if shown.quantity != counted.quantity]


def figures_named(programme: Programme, codes: Sequence[str]) -> list[Figure]:
    """Only these named figures, in the order of the codes; those that the programme does not have are left out."""
    chosen = shown(NamedFigure.objects.filter(programme=programme, code__in=codes), with_internal=False)
    named = {item.code: item for item in chosen}
    with shared_reads():
        return [computed(named[code], programme.code, {}) for code in codes if code in named]


def figures_of_tree(programme: Programme, definitions: Sequence[str], organisation: Organisation) -> dict[str, Figure]:
    """Figures by the code of their definition, as those of the tree below an organisation or of the whole programme.

    Raises KeyError for a definition that no installed app offers.
    """
    is_whole = programme.organisation.path.startswith(organisation.path)
    scope = Scope(programme.code, organisation=None if is_whole else organisation.code)
    with shared_reads():
        chosen = {code: registry.definitions[code] for code in definitions}
        return {code: Figure(code, each, scope, value_in(scope, each)) for code, each in chosen.items()}
