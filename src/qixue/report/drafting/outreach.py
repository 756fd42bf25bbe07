"""Outreach to the countryside, and how the week reached the counties."""

from itertools import groupby

from qixue.places.models import Region, Venue
from qixue.programme.models import Activity, Involvement, Passage
from qixue.report.drafting.material import Material, figure_run, paragraph
from qixue.report.official_document import Block, FigureRun, Run, Table, Text
from qixue.report.phrases import clauses, enumeration, quoted, sentence

Topic = Passage.Topic


def outreach(material: Material) -> list[Block]:
    """Trainings by provider with their attendance, opened venues, activities of towns, measures of schools."""
    schools = "；".join(material.quotes(Topic.SCHOOL_MEASURE))
    return [
        *paragraph(narrative(material), *training_runs(material)),
        *paragraph(venues_text(material), towns_text(material), sentence(schools)),
    ]


def narrative(material: Material) -> str:
    quotes = material.quotes(Topic.TRAINING)
    return f"面向农民的培训{clauses(quotes)}。" if quotes else ""


def training_runs(material: Material) -> list[Run | str]:
    providers = Involvement.objects.filter(
        activity__programme=material.programme,
        activity__kind=Activity.Kind.TRAINING,
        role=Involvement.Role.TRAINING_PROVIDER,
    ).select_related("organisation", "activity")
    ordered = providers.order_by("activity__code", "organisation__code")
    gave = "承担" if material.is_interim else "举办了"
    groups = [
        f"{organisation.name}{gave}{enumeration(item.activity.title for item in items if item.activity)}"
        for organisation, items in groupby(ordered, key=lambda item: item.organisation)
    ]
    attendance = material.figure("attendance", kind=Activity.Kind.TRAINING)
    words = f"{material.as_of}累计参加培训" if material.is_interim else "参加培训"
    counted: list[Run | str] = [f"{'，' if groups else ''}{words}", figure_run(attendance)] if attendance else []
    return ["，".join(groups), *counted, "。"] if groups or counted else []


def venues_text(material: Material) -> str:
    """The kinds of venue that the programme's own sources name: a kind of venue belongs to no programme by itself."""
    said = "".join(material.quotes(Topic.VENUE))
    groups = Venue.objects.filter(is_group=True, is_open_to_public=True).order_by("code")
    names = [name for name in groups.values_list("name", flat=True) if name in said]
    if not names:
        return ""
    return f"有关镇利用{enumeration(names)}等场地向公众开放。"


def towns_text(material: Material) -> str:
    """Activities that a town runs by itself, with the town's full name."""
    activities = Activity.objects.filter(
        programme=material.programme, region__level=Region.Level.TOWNSHIP, brand=None, sessions=None
    ).select_related("region__parent")
    ordered = activities.order_by("region__code", "kind", "code")
    texts = []
    for region, items in groupby(ordered, key=lambda item: item.region):
        names = enumeration(quoted(item.title) for item in items)
        parent = region.parent.name if region and region.parent else ""
        texts.append(f"{parent}{region}开展{names}活动")
    return sentence("；".join(texts))


def participation(material: Material) -> list[Block]:
    """Coverage in a sentence and the counties in a table, for weeks whose sessions are on record."""
    coverage = [("counties_covered", "县（市、区）"), ("townships_covered", "镇（街道）")]
    runs: list[Run | str] = []
    for code, words in coverage:
        if figure := material.figure(code):
            runs += ["，" if runs else f"活动{material.already}覆盖", figure_run(figure), words]
    if people := material.figure("participants"):
        runs += ["，" if runs else "", "实名参与", figure_run(people)]
    if ratio := material.figure("urban_rural_ratio"):
        runs += ["，" if runs else "", "城镇每千人参与人次为农村的", figure_run(ratio)]
    text = [material.as_of, *runs, "。"] if runs else []
    return [*paragraph(*text), *county_table(material)]


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
    moment = f"（{material.as_of.rstrip('，')}）" if material.is_interim else ""
    return [Table(f"各县（市、区）活动开展情况{moment}", header, tuple(rows), code="counties")]


def number_cell(figure: object) -> Text | FigureRun:
    """A number whose unit stands in the header; what has no record says so."""
    quantity = getattr(figure, "quantity", None)
    return FigureRun(figure.code, quantity.number_text("zh")) if quantity else Text("暂无数据")  # type: ignore[attr-defined]
