"""The work summary of a programme, drafted from its records section by section."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import override

from qixue.core.clock import local_day
from qixue.core.figures import shared_reads
from qixue.figures.queries import Figure, figure_digest, lasting_figures_of
from qixue.figures.records import FoldedRecords
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Programme, SourceIssue
from qixue.programme.queries import silent_counties
from qixue.report.drafting.known_figures import is_required, known_figures
from qixue.report.drafting.material import Material
from qixue.report.drafting.programme_facts import official_name
from qixue.report.fonts import missing_glyphs
from qixue.report.gaps import UNCOUNTED, UNFINISHED, Gap, gaps_of
from qixue.report.installed import installed_fonts
from qixue.report.official_document import (
    Annotation,
    FigureTrace,
    OfficialDocument,
    plain_text,
    shown_codes,
)
from qixue.report.outline import sections_of
from qixue.report.proofreader import Remark, glyph_remarks, proofread
from qixue.report.section_text import Catalogue, SectionText, section_text, without_bare_headings
from qixue.report.stage import Stage, stage_of
from qixue.report.text_remarks import empty_remarks, mark_remarks, moment_remarks, small_number_remarks
from qixue.report.versions import latest_versions

MOST_IDS = 1_000  # of rows that travel with a number; the annex lists all. A year has tens of thousands behind each
SYNTHETIC_NOTICE = "演示数据：人物、单位和数字均为虚构"


@dataclass(frozen=True)
class SummaryDraft:
    """A drafted work summary with everything its editor should know before issuing it.

    `figures` are those that `manuscript` shows. The thousands of records behind them are read when a file is written:
    a page that shows only the text needs none of them.
    """

    programme: Programme
    sections: tuple[SectionText, ...]
    manuscript: OfficialDocument  # the text, without the traces of its figures
    figures: tuple[Figure, ...]
    remarks: tuple[Remark, ...]  # what a proof-reader would mark
    gaps: tuple[Gap, ...]  # what the records do not say
    source_issues: tuple[SourceIssue, ...]  # what is wrong with the sources the records come from
    at: datetime.datetime
    seal: str = ""  # the signed list of figures, in a summary that is being issued
    records_read: Mapping[str, FoldedRecords] | None = None  # where that was done already: it takes seconds
    counted_at: datetime.datetime | None = None  # its figures and their records, in a summary that is being issued

    @cached_property
    def records(self) -> Mapping[str, FoldedRecords]:
        """The records behind each printed figure, by its code."""
        if self.records_read is not None:
            return self.records_read
        with override("zh-hans"), shared_reads():
            return {figure.code: figure.folded_records() for figure in self.figures}

    @cached_property
    def document(self) -> OfficialDocument:
        """The manuscript with the trace of every figure in it, as the files carry it."""
        records = self.records
        with override("zh-hans"):
            traces = tuple(trace(item, records[item.code]) for item in self.figures)
        return replace(self.manuscript, figures=traces, seal=self.seal)

    def signed_off(self, organ: str, at: datetime.datetime, annotation: Annotation) -> "SummaryDraft":
        """The same with who issues it and when, and how it is checked; with the records as they were read by then."""
        manuscript = replace(self.manuscript, organ=organ, date=local_day(at), annotation=annotation)
        return replace(self, manuscript=manuscript, records_read=self.records, counted_at=at)

    def sealed(self, seal: str) -> "SummaryDraft":
        """The same with the signed list in it, and with the records as they were read."""
        return replace(self, seal=seal, records_read=self.records)

    @property
    def unfinished(self) -> Gap | None:
        """The sentence that says that the week is not over, while it is not."""
        return next((gap for gap in self.gaps if gap.code == UNFINISHED), None)

    @property
    def uncounted(self) -> list[Gap]:
        """One for each session that is over and without a count."""
        return [gap for gap in self.gaps if gap.code == UNCOUNTED]

    @property
    def missing_facts(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.code not in {UNFINISHED, UNCOUNTED}]

    @property
    def is_ready(self) -> bool:
        """Nothing is left to look at before it is issued."""
        return not (self.remarks or self.gaps or self.source_issues)


def draft_summary(programme: Programme, *, at: datetime.datetime) -> SummaryDraft:
    """Draft the summary in Chinese, whatever the viewer's language.

    The same records give the same document; until the week is over it also says at which moment it was drafted.
    """
    with override("zh-hans"):
        sections, all_figures = written(programme, at)
        shown = shown_codes([block for section in sections for block in section.blocks])
        figures = tuple(figure for figure in all_figures if figure.code in shown)
        manuscript = OfficialDocument(
            title_lines=title_lines(programme, at),
            blocks=tuple(block for section in sections for block in section.blocks),
            programme_code=programme.code,
            notice=SYNTHETIC_NOTICE if programme.is_synthetic else None,
        )
        silent = tuple(region.name for region in silent_counties(programme))
        counties = programme.region.children.filter(level=Region.Level.COUNTY).count()
        remarks = proofread(
            manuscript,
            organ_names(),
            silent_counties=silent,
            county_count=counties,
            figures=known_figures(all_figures),
            required=known_figures(filter(is_required, all_figures)),
        )
        remarks += glyph_remarks(manuscript, missing_glyphs(plain_text(manuscript), installed_fonts()))
        remarks += [*empty_remarks(sections), *mark_remarks(sections), *moment_remarks(sections)]
        remarks += [*small_number_remarks(figures)]
        issues = SourceIssue.objects.filter(document__programme=programme).order_by("kind", "code", "pk")
        gaps = tuple(gaps_of(programme, at=at))
    return SummaryDraft(programme, sections, manuscript, figures, tuple(remarks), gaps, tuple(issues), at)


def written(programme: Programme, at: datetime.datetime) -> tuple[tuple[SectionText, ...], Sequence[Figure]]:
    """The sections, and all figures of the programme, in its order."""
    catalogue = Catalogue(Material(programme, lasting_figures_of(programme), at))
    versions = latest_versions(programme)
    sections = [section_text(section, versions.get(section.pk), catalogue) for section in sections_of(programme)]
    return without_bare_headings(sections), catalogue.material.figures


def title_lines(programme: Programme, at: datetime.datetime) -> tuple[str, ...]:
    """City, year and week on the first line, the kind of document on the second; an interim one says so."""
    name = official_name(programme)
    kind = "工作总结" if stage_of(programme, at) is Stage.OVER else "工作总结（阶段稿）"
    return (f"{programme.region.name}{programme.year}年{name}", kind)


def trace(figure: Figure, records: FoldedRecords) -> FigureTrace:
    """What travels inside the document so that a number in it can be traced and checked later."""
    if figure.quantity is None:
        raise ValueError(f"The figure {figure.code} has no value to trace.")
    return FigureTrace(
        code=figure.code,
        text=figure.quantity.text("zh"),
        number=figure.quantity.number_text("zh"),
        name=figure.name,
        unit=figure.quantity.unit.code,
        qualifier=figure.quantity.qualifier.value,
        value=str(figure.quantity.value),
        record_count=records.count,
        evidence_ids=tuple(row.id for row in records.rows) if len(records.rows) <= MOST_IDS else (),
        digest=figure_digest(figure, records.root),
    )


def organ_names() -> dict[str, tuple[str, ...]]:
    """Canonical names of organisations with their other names, for the proof-reader."""
    organisations = Organisation.objects.filter(aliases__isnull=False).distinct().prefetch_related("aliases")
    return {item.name: tuple(alias.name for alias in item.aliases.all()) for item in organisations.order_by("code")}
