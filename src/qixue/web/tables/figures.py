"""Figures, the records behind them, charts, and what the checks of the data have found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.charts import Bar, Chart
from qixue.core.figures import EvidenceRow
from qixue.core.quantity import Quantity
from qixue.figures.queries import Figure, RecordKind, common_unit
from qixue.participation.queries import Coverage
from qixue.participation.queries.quality import Check, Finding, Found
from qixue.report.tables import Column, Table, table_of
from qixue.web.tables.quantities import quantity_columns


def figures_table(figures: Iterable[Figure]) -> Table:
    """Each with its rule; the codes are those by which documents and the API name them."""
    columns: list[Column[Figure]] = [
        Column(_("Figure"), lambda figure: figure.name, 36),
        *quantity_columns(_("Value"), lambda figure: figure.quantity, is_withheld=lambda figure: figure.is_withheld),
        Column(_("Counting rule"), lambda figure: str(figure.definition.rule), 60),
        Column(_("Code of this figure"), lambda figure: figure.code),
    ]
    return table_of(pgettext("navigation", "Figures"), figures, columns)


def evidence_table(figure: Figure, rows: Sequence[EvidenceRow]) -> Table:
    """The records behind a figure as its page lists them: a session stands for its records and names none of them."""

    def unless_session(row: EvidenceRow, text: str) -> str:
        return "" if figure.is_read_by_session and row.session_id else text

    columns: list[Column[EvidenceRow]] = [
        Column(_("What"), lambda row: row.title, 40),
        Column(_("Organisation"), lambda row: row.organisation, 28),
        *evidence_quantities(rows),
        Column(_("When"), lambda row: row.occurred_on, 14),
        Column(_("Where"), lambda row: row.place, 28),
        Column(_("Records"), lambda row: row.record_count or pgettext("a number", "withheld"), 10),
        Column(_("Source"), lambda row: unless_session(row, row.source)),
        Column(_("Words of the source"), lambda row: row.quote, 40),
        Column(_("Record"), lambda row: unless_session(row, row.id), 24),
        Column(_("Digest"), lambda row: unless_session(row, row.digest), 68),
    ]
    return table_of(figure.name, rows, columns)


def evidence_quantities(rows: Sequence[EvidenceRow]) -> list[Column[EvidenceRow]]:
    return quantity_columns(
        _("How many"), lambda row: row.quantity, unit=common_unit(rows), is_withheld=lambda row: row.is_withheld
    )


def entries_table(figure: Figure, rows: Sequence[EvidenceRow]) -> Table:
    """The single records of one session; the ledger knows people by a token only, and the token stays there."""
    columns: list[Column[EvidenceRow]] = [
        Column(_("Record"), lambda row: row.id, 24),
        Column(_("Kind"), lambda row: row.kind),
        Column(_("Source"), lambda row: row.source),
        *evidence_quantities(rows),
        Column(_("Digest"), lambda row: row.digest, 68),
    ]
    return table_of(figure.name, rows, columns)


def kinds_table(figure: Figure, kinds: Sequence[RecordKind]) -> Table:
    """How many records of one session there are of each kind and source."""
    columns: list[Column[RecordKind]] = [
        Column(_("Kind"), lambda group: group.kind),
        Column(_("Source"), lambda group: group.source),
        Column(_("Entries"), lambda group: group.record_count, 10),
        *quantity_columns(_("How many"), lambda group: group.quantity),
    ]
    return table_of(figure.name, kinds, columns)


def charts_table(name: str, charts: Iterable[Chart]) -> Table:
    """Every number that the charts of a page show, one below the other."""
    bars = [(chart, bar) for chart in charts for bar in chart.bars]
    columns: list[Column[tuple[Chart, Bar]]] = [
        Column(_("Chart"), lambda row: str(row[0].title), 30),
        Column(_("Row"), lambda row: row[1].label, 24),
        *quantity_columns(_("Value"), lambda row: row[1].quantity, is_withheld=lambda row: row[1].is_withheld),
    ]
    return table_of(name, bars, columns)


@dataclass(frozen=True)
class DashboardRow:
    """A figure of a dashboard, or a bar of one of its charts."""

    about: str  # whose dashboard it is
    title: str
    label: str  # of the bar
    quantity: Quantity | None
    is_withheld: bool


def dashboard_table(name: str, dashboards: Sequence[tuple[str, Mapping[str, Any]]]) -> Table:
    """Of each dashboard of a page, as `dashboard_context` gives it: its main figures, the others, all its charts."""
    rows = [row for about, frame in dashboards for row in dashboard_rows(about, frame)]
    columns: list[Column[DashboardRow]] = [
        Column(_("Figure or chart"), lambda row: row.title, 36),
        Column(_("Row"), lambda row: row.label, 24),
        *quantity_columns(_("Value"), lambda row: row.quantity, is_withheld=lambda row: row.is_withheld),
    ]
    if len(dashboards) > 1:
        columns.insert(0, Column(_("Of what"), lambda row: row.about, 24))
    return table_of(name, rows, columns)


def dashboard_rows(about: str, frame: Mapping[str, Any]) -> Iterator[DashboardRow]:
    groups = [frame["headlines"], *(figures for _title, figures in frame["themes"])]
    for figure, _url in chain.from_iterable(groups):
        yield DashboardRow(about, str(figure.definition.name), "", figure.quantity, figure.is_withheld)
    for chart in frame["charts"]:
        for bar in chart.bars:
            yield DashboardRow(about, str(chart.title), bar.label, bar.quantity, bar.is_withheld)


def checks_table(rows: Iterable[tuple[Check, Found]]) -> Table:
    columns: list[Column[tuple[Check, Found]]] = [
        Column(pgettext("of data", "Check"), lambda row: str(row[0].title), 30),
        Column(_("Found"), lambda row: row[1].count, 10),
        Column(_("Looked at"), lambda row: row[1].base, 10),
        Column(_("What it looks at"), lambda row: str(row[0].looks_at)),
        Column(_("Share (%)"), lambda row: row[1].share, 10),
        Column(pgettext("of a check", "Rule"), lambda row: str(row[0].rule), 60),
    ]
    return table_of(_("Data quality"), rows, columns)


def findings_table(check: Check, findings: Iterable[Finding]) -> Table:
    columns: list[Column[Finding]] = [
        Column(_("Session"), lambda finding: finding.session.activity.local_title, 36),
        Column(_("What is odd"), lambda finding: str(finding.text), 40),
        Column(_("Organisation"), lambda finding: finding.session.activity.organisation.local_name, 28),
        Column(_("Begins"), lambda finding: finding.session.starts_at),
        Column(_("Ends"), lambda finding: finding.session.ends_at),
    ]
    return table_of(str(check.title), findings, columns)


def coverage_table(rows: Iterable[Coverage]) -> Table:
    columns: list[Column[Coverage]] = [
        Column(_("Organisation"), lambda row: row.organisation.local_name, 36),
        Column(_("Over"), lambda row: row.over, 10),
        Column(_("Counted"), lambda row: row.counted, 10),
        Column(_("Still missing"), lambda row: row.missing, 10),
    ]
    return table_of(_("Who has reported"), rows, columns)
