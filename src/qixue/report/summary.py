"""The work summary of a programme, drafted from its records section by section."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import override

from qixue.core.digests import digest
from qixue.figures.queries import Figure, evidence_digest, figures_of
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Programme, SourceIssue
from qixue.programme.queries import silent_counties
from qixue.report.drafting import brands, closing, opening, outreach
from qixue.report.drafting.material import Material, as_runs
from qixue.report.gaps import Gap, gaps_of
from qixue.report.models import SummarySection
from qixue.report.official_document import Block, FigureTrace, Heading, OfficialDocument, RunInHeading
from qixue.report.proofreader import Remark, proofread

Draft = SummarySection.Draft
DRAFTS: dict[str, Callable[[Material], list[Block]]] = {
    Draft.OPENING: opening.opening,
    Draft.NONE: lambda material: [],
    Draft.LEADERSHIP: opening.leadership,
    Draft.BRANDS: brands.brands,
    Draft.OUTREACH: outreach.outreach,
    Draft.PARTICIPATION: outreach.participation,
    Draft.PROBLEMS: closing.problems,
    Draft.INTENTIONS: closing.intentions,
}
SYNTHETIC_NOTICE = "演示数据：人物、单位和数字均为虚构"


@dataclass(frozen=True)
class SummaryDraft:
    """A drafted work summary with everything its editor should know before issuing it."""

    programme: Programme
    document: OfficialDocument
    figures: tuple[Figure, ...]
    remarks: tuple[Remark, ...]  # what a proof-reader would mark
    gaps: tuple[Gap, ...]  # what the records do not say
    source_issues: tuple[SourceIssue, ...]  # what is wrong with the sources the records come from
    at: datetime.datetime


def draft_summary(programme: Programme, *, at: datetime.datetime) -> SummaryDraft:
    """Draft the summary in Chinese, whatever the viewer's language. The same records give the same document."""
    with override("zh-hans"):
        figures = tuple(figures_of(programme))
        document = written(programme, figures)
        gaps = tuple(gaps_of(programme))
        silent = tuple(region.name for region in silent_counties(programme))
        counties = programme.region.children.filter(level=Region.Level.COUNTY).count()
        remarks = proofread(document, organ_names(), silent_counties=silent, county_count=counties)
        issues = SourceIssue.objects.filter(document__programme=programme).order_by("kind", "code", "pk")
    return SummaryDraft(programme, document, figures, tuple(remarks), gaps, tuple(issues), at)


def written(programme: Programme, figures: tuple[Figure, ...]) -> OfficialDocument:
    material = Material(programme, figures)
    blocks: list[Block] = []
    for section in programme.summary_sections.select_related("brand").order_by("position"):
        blocks += section_blocks(section, material)
    return OfficialDocument(
        title_lines=title_lines(programme),
        blocks=tuple(blocks),
        organ=None,
        date=None,
        addressee=None,
        attachments=(),
        figures=tuple(trace(figure) for figure in figures if figure.quantity),
        notice=SYNTHETIC_NOTICE if programme.is_synthetic else None,
    )


def section_blocks(section: SummarySection, material: Material) -> list[Block]:
    """A section's heading and its text; a brand's heading runs into its paragraph."""
    if section.draft == Draft.BRAND and section.brand:
        runs = as_runs(brands.brand_runs(material, section.brand))
        return [RunInHeading(section.level, section.heading, runs)]
    heading: list[Block] = [Heading(section.level, section.heading)] if section.level else []
    return heading + DRAFTS[section.draft](material)


def title_lines(programme: Programme) -> tuple[str, ...]:
    """City, year and week on the first line, the kind of document on the second."""
    name = opening.official_name(programme)
    return (f"{programme.region.name}{programme.year}年{name}", "工作总结")


def trace(figure: Figure) -> FigureTrace:
    """What travels inside the document so that a number in it can be traced and checked later."""
    if figure.quantity is None:
        raise ValueError(f"The figure {figure.code} has no value to trace.")
    rows = figure.evidence()
    return FigureTrace(
        code=figure.code,
        text=figure.quantity.text("zh"),
        name=figure.name,
        unit=figure.quantity.unit.code,
        qualifier=figure.quantity.qualifier.value,
        value=str(figure.quantity.value),
        evidence_ids=tuple(row.id for row in rows),
        digest=digest([figure.code, str(figure.quantity.value), figure.quantity.qualifier, evidence_digest(rows)]),
    )


def organ_names() -> dict[str, tuple[str, ...]]:
    """Canonical names of organisations with their other names, for the proof-reader."""
    organisations = Organisation.objects.filter(aliases__isnull=False).distinct().prefetch_related("aliases")
    return {item.name: tuple(alias.name for alias in item.aliases.all()) for item in organisations.order_by("code")}
