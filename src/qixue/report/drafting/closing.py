"""Problems and plans: in the words of the records, and as they follow from the numbers, each with its answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from qixue.core.figures import Scope
from qixue.figures.queries import Figure
from qixue.participation.queries import sessions_awaiting_count
from qixue.programme.models import Passage
from qixue.programme.queries import has_dated_sessions, silent_counties
from qixue.report.drafting.material import Material, figure_run, numbered_runs, paragraph
from qixue.report.official_document import Block, Run
from qixue.report.phrases import clauses, enumeration, sentence

Topic = Passage.Topic
LOW_SHOW_RATE = 70  # per cent of the registrations for which somebody came
WIDE_GAP = 1.5  # times as many attendances by residents in town as in the country
LONG_SILENCE = 60  # days without a session, in a programme of months


@dataclass(frozen=True)
class Problem:
    """What the numbers show. A passage with one of the `marks` has said it already, and better."""

    marks: tuple[str, ...]
    words: tuple[Run | str, ...]
    plan: str


def problems(material: Material) -> list[Block]:
    quotes: list[list[Run | str]] = [[quote] for quote in material.quotes(Topic.PROBLEM)]
    points = [*quotes, *(problem.words for problem in new_problems(material))]
    return paragraph("活动推进中还存在一些实际困难：", *numbered_runs(points)) if points else []


def intentions(material: Material) -> list[Block]:
    effects = clauses(material.quotes(Topic.CLAIMED_EFFECT))
    meaning = f"终身学习有助于{effects}。" if effects else ""
    plans = material.quotes(Topic.INTENTION)
    answers = [[problem.plan] for problem in new_problems(material)]
    answering = ["针对数据反映的问题，", *numbered_runs(answers)] if answers else []
    return paragraph(meaning, sentence(f"下一步，{clauses(plans)}") if plans else "", *answering)


def new_problems(material: Material) -> list[Problem]:
    """Those that follow from the numbers of weeks whose sessions are on record, and that no passage names."""
    if not has_dated_sessions(Scope(material.programme.code)):
        return []
    said = "".join(material.quotes(Topic.PROBLEM))
    return [problem for problem in found_problems(material) if not any(mark in said for mark in problem.marks)]


def found_problems(material: Material) -> Iterator[Problem]:
    if silent := [region.name for region in silent_counties(material.programme)]:
        names = enumeration(silent)
        yield Problem(("没有活动", "未开展"), (f"{names}没有活动记录",), f"向{names}送课程、送师资，补上活动空白")
    if few := places_far_below(material):
        names = enumeration(few)
        yield Problem(("人均",), (f"{names}按人口平均的参与人次不到整体的一半",), f"新增场次优先安排在{names}")
    if (ratio := material.amount("urban_rural_ratio")) and is_above(ratio, WIDE_GAP):
        words = ("农村居民的参与程度明显低于城镇",)
        yield Problem(("城乡",), words, "把师资和课程更多送到镇村，在圩日和农闲时段安排活动")
    yield from problems_of_carrying_out(material)


def problems_of_carrying_out(material: Material) -> Iterator[Problem]:
    programme = material.programme
    if sessions_awaiting_count(Q(activity__programme=programme), material.at).exists():
        yield Problem(("填报", "上报"), ("部分场次结束后没有及时填报人数",), "场次结束当日填报人数，逾期由主办单位督办")
    rate = material.amount("show_rate")
    if rate and not is_above(rate, LOW_SHOW_RATE):
        words = ("部分群众报名后未到场，到场率仅", figure_run(rate))
        yield Problem(("到场",), words, "活动前一日提醒报名者，空出的名额及时转给候补群众")
    silence = material.amount("longest_silence")
    if silence and is_above(silence, LONG_SILENCE):
        words = ("活动还不够经常，最长间隔达", figure_run(silence))
        yield Problem(("常态",), words, "按月排定活动，做到月月有安排")


def places_far_below(material: Material) -> list[str]:
    """Places with less than half of what the whole has by its residents, the lowest last."""
    whole = material.amount("attendance_per_1000")
    if whole is None or whole.quantity is None:
        return []
    half = whole.quantity.value / 2
    found = material.along("attendance_per_1000", "region")
    return [material.label(figure) for figure in found if figure.quantity and figure.quantity.value < half]


def is_above(figure: Figure, limit: float) -> bool:
    return bool(figure.quantity and figure.quantity.value > limit)
