"""Named figures and the outline of the work summary, from which the week reports on itself."""

from qixue.core.figures import registry
from qixue.demo.city.catalogue import read
from qixue.demo.city.documents import Frame
from qixue.figures.models import NamedFigure
from qixue.places.models import Region
from qixue.programme.models import Activity
from qixue.report.models import SummarySection

PER_BRAND = ("attendance", "sessions_total")
PER_COUNTY = ("attendance", "sessions_total", "attendance_per_1000")


def create_named_figures(frame: Frame) -> None:
    """Every definition for the city; attendance and sessions by brand and county; what the summary prints besides."""
    scopes: list[tuple[str, str, dict[str, str]]] = [(code, code, {}) for code in sorted(registry.definitions)]
    for brand in frame.brands.values():
        scopes += [(f"{code}.{brand.code}", code, {"brand_code": brand.code}) for code in PER_BRAND]
    scopes += [
        (f"instalments_total.{series.code}", "instalments_total", {"series_code": series.code})
        for series in frame.series.values()
    ]
    kinds = Activity.objects.filter(programme=frame.programme, brand__isnull=False)
    for brand_code, kind in kinds.order_by("brand__code", "kind").values_list("brand__code", "kind").distinct():
        dimensions = {"brand_code": brand_code, "kind": kind}
        scopes.append((f"sessions_total.{brand_code}.{kind}", "sessions_total", dimensions))
    scopes.append(("attendance.training", "attendance", {"kind": Activity.Kind.TRAINING}))
    counties = Region.objects.filter(parent=frame.programme.region, level=Region.Level.COUNTY).order_by("code")
    for county in counties.values_list("code", flat=True):
        scopes += [(f"{code}.{county}", code, {"region_code": county}) for code in PER_COUNTY]
    NamedFigure.objects.bulk_create(
        NamedFigure(programme=frame.programme, code=code, definition=definition, position=position, **dimensions)
        for position, (code, definition, dimensions) in enumerate(scopes, start=1)
    )


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
