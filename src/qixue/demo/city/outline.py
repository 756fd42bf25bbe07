"""The outline of the work summary, in which the week reports on itself."""

from qixue.demo.city.catalogue import read
from qixue.demo.city.documents import Frame
from qixue.report.models import SummarySection


def create_sections(frame: Frame) -> None:
    """The outline; each brand gets a section of its own below the one on brands."""
    rows: list[SummarySection] = []
    for row in read("programme.yaml")["sections"]:
        rows.append(SummarySection(level=row["level"], heading=row.get("heading", ""), draft=row["draft"]))
        if row["draft"] == SummarySection.Draft.BRANDS:
            rows += [
                SummarySection(level=3, heading=brand.name, draft=SummarySection.Draft.BRAND, brand=brand)
                for brand in frame.brands.values()
            ]
    for position, section in enumerate(rows, start=1):
        section.programme, section.position = frame.programme, position
    SummarySection.objects.bulk_create(rows)
