"""The outline of a work summary: the standard one, until people begin to write."""

from qixue.programme.models import Programme
from qixue.report.models import SummarySection

Draft = SummarySection.Draft
STANDARD = (
    (0, "", Draft.OPENING),
    (1, "主要做法和成效", Draft.NONE),
    (2, "领导重视，组织有力", Draft.LEADERSHIP),
    (2, "品牌带动，形式多样", Draft.BRANDS),
    (2, "送教下乡，惠及农村", Draft.OUTREACH),
    (2, "覆盖城乡，广泛参与", Draft.PARTICIPATION),
    (1, "存在的问题", Draft.PROBLEMS),
    (1, "下一步打算", Draft.INTENTIONS),
)


def sections_of(programme: Programme) -> list[SummarySection]:
    """The outline of the programme, or the standard one, which is not stored."""
    return own_sections(programme) or standard_sections(programme)


def own_sections(programme: Programme) -> list[SummarySection]:
    kept = programme.summary_sections.filter(removed_at=None)
    return list(kept.select_related("brand").order_by("position"))


def standard_sections(programme: Programme) -> list[SummarySection]:
    """Not stored: a brand that is taken up tomorrow has its section tomorrow. What has no record is left out."""
    sections = []
    for level, heading, draft in STANDARD:
        sections.append(SummarySection(level=level, heading=heading, draft=draft, is_optional=True))
        if draft == Draft.BRANDS:
            sections += [
                SummarySection(level=3, heading=brand.name, draft=Draft.BRAND, brand=brand, is_optional=True)
                for brand in programme.brands.order_by("code")
            ]
    for position, section in enumerate(sections, start=1):
        section.programme, section.position = programme, position
    return sections
