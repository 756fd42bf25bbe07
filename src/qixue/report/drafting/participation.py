"""How far the week reached: coverage, people, kinds of activity, services, honours, counties, and the year before."""

from qixue.figures.queries import Figure
from qixue.participation.models import Lottery
from qixue.places.models import Region
from qixue.report.drafting.charts import charts
from qixue.report.drafting.last_year import comparison_text
from qixue.report.drafting.material import Material, facts, figure_run, paragraph, statement
from qixue.report.drafting.programme_facts import as_of_runs
from qixue.report.official_document import Block, FigureRun, Run, Table, Text
from qixue.report.phrases import enumeration

NO_DATA = "暂无数据"
LEADING = 3  # places and kinds that a sentence names
COVERAGE = (("", "counties_covered", "县（市、区）"), ("", "townships_covered", "镇（街道）"))
RESOURCES = (("开放学习场所", "venues_open", ""), ("组织师资", "teachers", ""))
PEOPLE = (("实名参与", "participants", ""), ("其中参加两场及以上的占", "repeat_rate", ""))
KINDS = (("讲座", "lectures", ""), ("培训", "training_classes", ""), ("展览", "exhibitions", ""))
SERVICES = (
    ("受理报名", "registrations", ""),
    ("已举办场次的到场率为", "show_rate", ""),
    ("学习时长", "learning_hours", ""),
    ("发放证书", "certificates", ""),
)
REGULARITY = (
    ("有活动的月份", "months_active", ""),
    ("有活动的周", "weeks_active", ""),
    ("最长间隔", "longest_silence", ""),
)
HONOURS = (("百姓学习之星", "learning_stars", ""), ("终身学习品牌项目", "brand_projects", ""))


def participation(material: Material) -> list[Block]:
    """For weeks whose sessions are on record; what has no record is left out, with its chart or table."""
    return [
        *paragraph(*coverage_runs(material)),
        *paragraph(*kind_runs(material)),
        *charts(material, "attendance-by-kind"),
        *paragraph(*service_runs(material), *statement("经推荐和公示，认定", facts(material, HONOURS, "、"))),
        *paragraph(*place_runs(material), *regularity_runs(material), comparison_text(material)),
        *county_table(material),
        *charts(material, "per-thousand-by-place"),
    ]


def coverage_runs(material: Material) -> list[Run | str]:
    covered = statement(f"活动{material.already}覆盖", facts(material, COVERAGE, "、"), "")
    covered = [*as_of_runs(material), *covered] if covered else []
    resources = facts(material, RESOURCES)
    first = [*covered, "，" if covered and resources else "", *resources]
    return [*statement("", first), *statement("", facts(material, PEOPLE))]


def kind_runs(material: Material) -> list[Run | str]:
    """讲座21场、培训15班次…, and which kinds drew the most people."""
    counted = statement(f"{'已' if material.is_interim else '共'}举办", facts(material, KINDS, "、"), "")
    first = leading(material, "attendance", "kind")
    most = f"参与人次居前的是{enumeration(first)}" if first else ""
    return statement("从活动类型看，", [*counted, "，" if counted and most else "", most] if counted or most else [])


def service_runs(material: Material) -> list[Run | str]:
    drawn = Lottery.objects.filter(
        session__activity__programme=material.programme, drawn_at__isnull=False, drawn_at__lte=material.at
    ).exists()
    fair = "报名人数超过座位的部分场次公开摇号，过程可以复核。" if drawn else ""
    return [*statement("", facts(material, SERVICES)), fair]


def place_runs(material: Material) -> list[Run | str]:
    """Town and country by their own residents, with the counties at both ends."""
    ratio = material.amount("urban_rural_ratio")
    compared: list[Run | str] = ["从每千人参与人次看，城镇是农村的", figure_run(ratio)] if ratio else []
    first, last = (leading(material, "attendance_per_1000", "region", is_last=is_last) for is_last in (False, True))
    ends = f"按常住人口平均，参与程度较高的是{enumeration(first)}，较低的是{enumeration(last)}" if first else ""
    return statement("", [*compared, "；" if compared and ends else "", ends] if compared or ends else [])


def leading(material: Material, definition: str, dimension: str, *, is_last: bool = False) -> list[str]:
    """What stands first, or last, by a figure; nothing where there are too few for two ends."""
    found = material.along(definition, dimension)
    if len(found) < 2 * LEADING:
        return []
    return [material.label(figure) for figure in (found[-LEADING:] if is_last else found[:LEADING])]


def regularity_runs(material: Material) -> list[Run | str]:
    """Of a programme that lasts for months; of a week it says nothing."""
    months = material.amount("months_active")
    if months is None or not months.quantity or months.quantity.value < 2:
        return []
    return statement("从常态化看，", facts(material, REGULARITY))


def county_table(material: Material) -> list[Block]:
    rows = []
    for county in material.programme.region.children.filter(level=Region.Level.COUNTY).order_by("code"):
        cells = [
            material.figure("sessions_total", region=county.code),
            material.figure("attendance", region=county.code),
            material.figure("attendance_per_1000", region=county.code),
        ]
        if any(cells):
            rows.append((Text(county.name), *(number_cell(figure) for figure in cells)))
    if not rows:
        return []
    header = ("县（市、区）", "活动场次（场）", "参与人次（人次）", "每千人参与（人次）")
    moment = f"（{material.as_of}）" if material.is_interim else ""
    return [Table(f"各县（市、区）活动开展情况{moment}", header, tuple(rows), code="counties")]


def number_cell(figure: Figure | None) -> Text | FigureRun:
    """A number whose unit stands in the header; what has no record says so."""
    quantity = figure.quantity if figure else None
    return FigureRun(figure.code, quantity.number_text("zh")) if figure and quantity else Text(NO_DATA)
