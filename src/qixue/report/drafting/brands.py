"""The sections on brands: award, who carries it and how, and its figures in one sentence."""

from qixue.programme.models import Activity, Brand, Involvement, Passage
from qixue.report.drafting.charts import charts
from qixue.report.drafting.material import Material, facts, figure_run, paragraph, statement
from qixue.report.official_document import Block, Run
from qixue.report.phrases import clauses, enumeration, partial_date, quoted, sentence

Topic = Passage.Topic
MOST_NAMES = 10  # of brands in one sentence
KIND_NAMES = {
    Activity.Kind.LAUNCH_CEREMONY: "启动仪式",
    Activity.Kind.LECTURE: "讲座",
    Activity.Kind.TRAINING: "培训",
    Activity.Kind.READING: "读书活动",
    Activity.Kind.BARTER: "以物易物活动",
    Activity.Kind.CIVILITY: "文明活动",
    Activity.Kind.EXHIBITION: "展览",
    Activity.Kind.ARTS: "文艺活动",
    Activity.Kind.HEALTH: "健康和体育活动",
    Activity.Kind.DIGITAL: "数字技能活动",
    Activity.Kind.CLOSING: "闭幕式",
}


def brands(material: Material) -> list[Block]:
    """Which brands there are and which drew the most people; with a chart where two have a number."""
    names = [quoted(brand.name) for brand in material.programme.brands.order_by("code")]
    if not names:
        return []
    effect = "带动社区学习" if material.is_interim else "带动了社区学习"
    first = f"{enumeration(names[:MOST_NAMES])}等品牌活动{effect}。"
    return [*paragraph(first, *leading_runs(material)), *charts(material, "attendance-by-brand")]


def leading_runs(material: Material) -> list[Run | str]:
    """其中“凤城讲堂”参与人次最多。 Nothing where fewer than two brands have a number."""
    found = material.along("attendance", "brand")
    return [f"其中{quoted(material.label(found[0]))}参与人次最多。"] if len(found) > 1 else []


def brand_runs(material: Material, brand: Brand) -> list[Run | str]:
    """The text behind the run-in heading that carries the brand's name."""
    return [
        award_text(material, brand),
        brand_work_text(material, brand),
        *count_runs(material, brand),
        *swap_runs(material, brand),
    ]


def award_text(material: Material, brand: Brand) -> str:
    texts = []
    for award in material.programme.awards.filter(brand=brand).order_by("awarded_on", "pk"):
        givers = enumeration(award.givers.order_by("pk").values_list("name", flat=True))
        date = partial_date(award.awarded_on)
        texts.append(f"{date}，{award.recipient}被{givers}授予{award.scheme}{quoted(award.title)}。")
    return "".join(texts)


def brand_work_text(material: Material, brand: Brand) -> str:
    """Who carries the brand, under which slogan, through which channels, doing what, to which end."""
    carriers = brand.involvements.filter(role=Involvement.Role.CARRIER).order_by("position", "pk")
    who = enumeration(carriers.values_list("organisation__name", flat=True))
    slogan = f"以{quoted(brand.slogan)}为主题" if brand.slogan else ""
    channels = enumeration(brand.publicity_channels.order_by("position").values_list("name", flat=True))
    through = f"通过{channels}等形式开展宣传" if channels else ""
    ways = "或".join(material.quotes(Topic.CHANNEL, brand))
    what = enumeration(material.quotes(Topic.BRAND, brand))
    practices = clauses(material.quotes(Topic.PRACTICE, brand))
    aims = enumeration(material.quotes(Topic.EFFECT, brand, is_narrative=False))
    purpose = f"旨在{aims}" if aims else ""
    claims = clauses(material.quotes(Topic.EFFECT, brand, is_narrative=True))
    return sentence(clauses([who + slogan, ways + what, through, practices, purpose, claims]))


def series_runs(material: Material, brand: Brand) -> list[Run | str]:
    """“悦读小组”12期、“悦读社区”12期…: every series of the brand that has a number."""
    runs: list[Run | str] = []
    for series in brand.series.order_by("position", "pk"):
        if figure := material.figure("instalments_total", series=series.code):
            runs += ["、" if runs else "", quoted(series.name), figure_run(figure)]
    return runs


def kind_runs(material: Material, brand: Brand) -> list[list[Run | str]]:
    """讲座80多场, 文明活动35多场: the brand's sessions by kind, or all of them where kinds have no figure."""
    runs: list[list[Run | str]] = [
        [KIND_NAMES[kind], figure_run(figure)]
        for kind in KIND_NAMES
        if (figure := material.figure("sessions_total", brand=brand.code, kind=kind))
    ]
    if not runs and (figure := material.figure("sessions_total", brand=brand.code)):
        runs = [["活动", figure_run(figure)]]
    return runs


def count_runs(material: Material, brand: Brand) -> list[Run | str]:
    """The brand's figures in one sentence: instalments, sessions by kind, attendances, people."""
    attendance = material.figure("attendance", brand=brand.code)
    benefited = material.figure("beneficiaries", brand=brand.code)
    groups: list[list[Run | str]] = [series] if (series := series_runs(material, brand)) else []
    groups += kind_runs(material, brand)
    if groups:
        groups[0] = [f"{material.already}开展", *groups[0]]
    groups += [["参与", figure_run(attendance)]] if attendance else []
    groups += [["参与和受益群众", figure_run(benefited)]] if benefited else []
    joined: list[Run | str] = [partial_date(attendance.value.period.start) if attendance else ""]
    for at, group in enumerate(groups):
        joined += ["，" if at else "", *group]
    return [*joined, "。"] if groups else []


def swap_runs(material: Material, brand: Brand) -> list[Run | str]:
    """奇换集市已交换物品184件…。 Rounds belong to the programme: they are told of where its swaps are.

    How many people they served is not: it changes when somebody is erased, and what is issued has to stay.
    """
    swaps = material.programme.activities.filter(kind=Activity.Kind.BARTER, brand__isnull=False)
    swaps = swaps.exclude(state=Activity.State.DRAFT)
    first = swaps.order_by("brand__code").first()
    if first is None or first.brand_id != brand.pk or not material.amount("things_exchanged"):
        return []
    wanted = (
        ("交换物品", "things_exchanged", ""),
        ("其中来自农村的占", "swap_country_share", ""),
        ("使", "kilograms_kept_in_use", "物品继续使用"),
    )
    return statement(f"奇换集市{material.already}", facts(material, wanted))
