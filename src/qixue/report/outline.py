"""The outline of a work summary that nobody has written another one for."""

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


def sections_of(programme: Programme) -> tuple[list[SummarySection], bool]:
    """The outline of the programme, and whether it is the standard one, whose empty sections are left out."""
    written = list(programme.summary_sections.select_related("brand").order_by("position"))
    return (written, False) if written else (standard_sections(programme), True)


def standard_sections(programme: Programme) -> list[SummarySection]:
    """Not stored: a brand that is taken up tomorrow has its section tomorrow."""
    sections = []
    for level, heading, draft in STANDARD:
        sections.append(SummarySection(programme=programme, level=level, heading=heading, draft=draft))
        if draft == Draft.BRANDS:
            sections += [
                SummarySection(programme=programme, level=3, heading=brand.name, draft=Draft.BRAND, brand=brand)
                for brand in programme.brands.order_by("code")
            ]
    return sections
