"""A section of the work summary: drafted from the records, or the text of people with what is live in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from qixue.report.drafting import brands, closing, opening, outreach, participation
from qixue.report.drafting.charts import DOCUMENT_CHARTS, chart_picture
from qixue.report.drafting.material import Material, as_runs
from qixue.report.drafting.programme_facts import fact_texts
from qixue.report.manuscript_text import Kind, Mistake, MistakeKind, Names, Piece, Placed, Printable, parsed, text_of
from qixue.report.models import SectionVersion, SummaryPhoto, SummarySection
from qixue.report.official_document import Block, Heading, Paragraph, Picture, RunInHeading

Draft = SummarySection.Draft
DRAFTS: dict[str, Callable[[Material], list[Block]]] = {
    Draft.OPENING: opening.opening,
    Draft.NONE: lambda material: [],
    Draft.LEADERSHIP: opening.leadership,
    Draft.BRANDS: brands.brands,
    Draft.OUTREACH: outreach.outreach,
    Draft.PARTICIPATION: participation.participation,
    Draft.PROBLEMS: closing.problems,
    Draft.INTENTIONS: closing.intentions,
}
TABLES: Mapping[str, Callable[[Material], list[Block]]] = {"counties": participation.county_table}


@dataclass(frozen=True)
class Catalogue:
    """What the text of a section may name, from the records of a programme at a moment. In Chinese."""

    material: Material

    @cached_property
    def photos(self) -> dict[str, SummaryPhoto]:
        return {str(photo.number): photo for photo in self.material.programme.summary_photos.order_by("number")}

    @cached_property
    def names(self) -> Names:
        values = [(figure.code, figure.quantity) for figure in self.material.figures]
        figures = {code: Printable(value.text("zh"), value.number_text("zh")) for code, value in values if value}
        codes = {Kind.CHART: DOCUMENT_CHARTS, Kind.TABLE: TABLES, Kind.PHOTO: self.photos}
        placeable = frozenset((kind, code) for kind, found in codes.items() for code in found)
        return Names(figures, placeable, fact_texts(self.material))

    def blocks(self, text: str) -> tuple[list[Block], tuple[Mistake, ...]]:
        """The text as blocks, and what in it stands for nothing: marks that are wrong, and what has nothing to show."""
        manuscript = parsed(text, self.names)
        shown = [(piece, list(self.shown(piece))) for piece in manuscript.pieces]
        empty = [Mistake(0, MistakeKind.NOTHING_TO_SHOW, piece.mark) for piece in unseen(shown)]
        return [block for _piece, found in shown for block in found], (*manuscript.mistakes, *empty)

    def shown(self, piece: Piece) -> Iterator[Block]:
        if isinstance(piece, Paragraph):
            yield piece
        elif piece.kind is Kind.TABLE:
            yield from TABLES[piece.code](self.material)
        elif picture := self.picture(piece):
            yield picture

    def picture(self, piece: Placed) -> Picture | None:
        if piece.kind is Kind.CHART:
            return chart_picture(self.material, piece.code)
        photo = self.photos[piece.code]
        try:
            with photo.file.open("rb") as file:
                return Picture(file.read(), piece.caption or photo.caption, photo.alt, photo=photo.number)
        except FileNotFoundError:  # a backup was put back without its files: the text can still be read and mended
            return None


def unseen(shown: list[tuple[Piece, list[Block]]]) -> Iterator[Placed]:
    return (piece for piece, blocks in shown if isinstance(piece, Placed) and not blocks)


@dataclass(frozen=True)
class SectionText:
    """A section as the summary prints it, heading and text."""

    section: SummarySection
    version: SectionVersion | None  # the latest one, where people have written
    blocks: tuple[Block, ...]
    draft: str  # what the records give now, as people would have typed it
    mistakes: tuple[Mistake, ...]  # in the text of people
    has_new_draft: bool

    @property
    def is_bare(self) -> bool:
        """A heading without a word below it."""
        match self.blocks:
            case (Heading(),) | (RunInHeading(runs=()),):
                return True
        return False

    @property
    def is_written(self) -> bool:
        return self.version is not None and self.version.is_written


def has_new_draft(version: SectionVersion | None, draft: str, names: Names) -> bool:
    """Whether the records give another draft than the one that the text of people was written upon.

    Drafts from before facts could be named hold their words: that a name stands there now is nothing to look at.
    """
    if version is None or not version.is_written:
        return False
    return with_words_of_facts(version.draft, names) != with_words_of_facts(draft, names)


def with_words_of_facts(draft: str, names: Names) -> str:
    for name, words in names.facts.items():
        draft = draft.replace(f"{{{{{name}}}}}", words)
    return draft


def section_text(section: SummarySection, version: SectionVersion | None, catalogue: Catalogue) -> SectionText:
    drafted = drafted_body(section, catalogue.material)
    body, mistakes = catalogue.blocks(version.text) if version and version.is_written else (drafted, ())
    blocks = tuple(with_heading(section, body))
    draft = text_of(drafted, catalogue.names)
    return SectionText(section, version, blocks, draft, mistakes, has_new_draft(version, draft, catalogue.names))


def without_bare_headings(sections: Sequence[SectionText]) -> tuple[SectionText, ...]:
    """The sections, those without a word left out: a heading stays where one below it has something to say."""
    kept: list[SectionText] = []
    below = 0  # level of the next heading that stays
    for each in reversed(sections):
        if each.is_bare and below <= each.section.level:
            kept.append(replace(each, blocks=()))
        else:
            kept.append(each)
            below = each.section.level
    return tuple(reversed(kept))


def draft_of(section: SummarySection, catalogue: Catalogue) -> str:
    """What the records give for a section, as people would have typed it."""
    return text_of(drafted_body(section, catalogue.material), catalogue.names)


def drafted_body(section: SummarySection, material: Material) -> list[Block]:
    """What the records give below the heading of a section."""
    if section.draft != Draft.BRAND:
        return DRAFTS[section.draft](material)
    runs = as_runs(brands.brand_runs(material, section.brand)) if section.brand else ()
    return [Paragraph(runs)] if runs else []


def with_heading(section: SummarySection, body: list[Block]) -> list[Block]:
    """The heading of a brand runs into its first paragraph; the opening has none."""
    if not section.level:
        return body
    if section.draft != Draft.BRAND:
        return [Heading(section.level, section.heading), *body]
    first, others = (body[0].runs, body[1:]) if body and isinstance(body[0], Paragraph) else ((), body)
    return [RunInHeading(section.level, section.heading, first), *others]
