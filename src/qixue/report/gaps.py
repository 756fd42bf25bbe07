"""What a work summary should say and the records do not: shown to the editor, never filled in."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from qixue.core.clock import local_day
from qixue.core.language import in_language
from qixue.participation.queries import sessions_awaiting_count
from qixue.programme.models import Activity, Involvement, MissingFact, Programme, Session
from qixue.programme.queries import silent_counties
from qixue.programme.queries.return_coverage import board_of, whole_call
from qixue.report.stage import Stage, stage_of

UNFINISHED, UNCOUNTED = "unfinished", "uncounted_session"


@dataclass(frozen=True)
class Gap:
    """What stands in the way of issuing, with a stable code and a sentence in both languages.

    `session_id` is that of the session where the gap can be closed, if it is about one.
    """

    code: str
    text_zh: str
    text_en: str
    session_id: int | None = None

    def __str__(self) -> str:
        return in_language(self.text_zh, self.text_en)


def gaps_of(programme: Programme, *, at: datetime.datetime) -> list[Gap]:
    """Everything that is missing, the most official first."""
    found = [*stage_gaps(programme, at), *programme_gaps(programme), *ceremony_gaps(programme), *brand_gaps(programme)]
    found += return_gaps(programme, at)
    codes = {gap.code for gap in found}
    stated = [gap for gap in stated_gaps(programme) if gap.code not in codes]
    return [*found, *stated, *uncounted_gaps(programme, at)]


def stage_gaps(programme: Programme, at: datetime.datetime) -> list[Gap]:
    """A summary is issued after the end; whoever drafts it before is told so."""
    if stage_of(programme, at) is Stage.OVER or programme.ends_on is None:
        return []
    day = programme.ends_on
    zh = f"活动周{day.month}月{day.day}日结束，本稿为阶段稿；请在结束并补齐人数后重新生成，再行签发。"
    en = f"The week ends on {day}: this is an interim draft. Please draft it again once the week is over and counted."
    return [Gap(UNFINISHED, zh, en)]


def uncounted_gaps(programme: Programme, at: datetime.datetime) -> list[Gap]:
    """Sessions that are over and of which nobody was counted: their people are in no number of the summary."""
    return [uncounted_gap(session) for session in sessions_awaiting_count(Q(activity__programme=programme), at)]


def uncounted_gap(session: Session) -> Gap:
    activity, organisation = session.activity, session.activity.organisation
    day = local_day(session.starts_at) if session.starts_at else None
    on_zh, on_en = (f"{day.month}月{day.day}日", f" on {day}") if day else ("", "")
    body, title = organisation.name_en or organisation.name, activity.title_en or activity.title
    zh = f"{organisation.name}{on_zh}“{activity.title}”第{session.number}场已结束，尚未填报人数。"
    en = f"{body}: session {session.number} of “{title}”{on_en} is over and not counted yet."
    return Gap(UNCOUNTED, zh, en, session.pk)


def return_gaps(programme: Programme, at: datetime.datetime) -> list[Gap]:
    """The summary speaks of the whole city while counties have not reported."""
    call = whole_call(programme.code)
    missing = [tile.region for tile in board_of(call, at=at).counties_missing] if call else []
    if call is None or not missing:
        return []
    names, english = "、".join(each.name for each in missing), ", ".join(each.name_en or each.name for each in missing)
    zh = f"填报“{call.name}”尚缺{len(missing)}个县（市、区）：{names}。文中“全市”的情况不含这些县。"
    en = (
        f"The return “{call.name}” is missing from {len(missing)} counties: {english}."
        " They are not in what the text says of the whole city."
    )
    return [Gap("returns_missing", zh, en)]


def programme_gaps(programme: Programme) -> list[Gap]:
    gaps = []
    if not programme.theme:
        gaps.append(Gap("theme", "没有记录年度主题。", "The theme of the year is not recorded."))
    if programme.starts_on is None:
        gaps.append(Gap("days", "没有记录活动周的起止日期。", "The days of the week are not recorded."))
    if silent := silent_counties(programme):
        names = "、".join(region.name for region in silent)
        english = ", ".join(region.name_en or region.name for region in silent)
        gaps.append(
            Gap("silent_counties", f"没有记录的县（市、区）：{names}。", f"Counties without any record: {english}.")
        )
    return gaps


def ceremony_gaps(programme: Programme) -> list[Gap]:
    ceremonies = Session.objects.filter(
        activity__programme=programme, activity__kind=Activity.Kind.LAUNCH_CEREMONY
    ).select_related("venue", "tally")
    gaps = []
    for session in ceremonies.order_by("pk"):
        missing = [
            (session.starts_at is None, "日期", "date"),
            (session.venue_id is None, "地点", "place"),
            (not hasattr(session, "tally"), "参加人数", "attendance"),
        ]
        words = [(zh, en) for is_missing, zh, en in missing if is_missing]
        if words:
            zh, en = "、".join(word for word, _ in words), ", ".join(word for _, word in words)
            gaps.append(Gap("launch_ceremony", f"启动仪式缺少：{zh}。", f"The launch ceremony lacks: {en}."))
    return gaps


def brand_gaps(programme: Programme) -> list[Gap]:
    gaps = []
    for brand in programme.brands.order_by("code"):
        name_en = brand.name_en or brand.name
        if not (brand.reported_counts.exists() or brand.activities.filter(tallies__isnull=False).exists()):
            text_en = f"The brand “{name_en}” has no figure at all."
            gaps.append(Gap("brand_without_figure", f"品牌“{brand.name}”没有任何数据记录。", text_en))
        if not brand.involvements.filter(role=Involvement.Role.CARRIER).exists():
            text_en = f"No carrier is recorded for the brand “{name_en}”."
            gaps.append(Gap("brand_without_carrier", f"品牌“{brand.name}”没有记录承担单位。", text_en))
    return gaps


def stated_gaps(programme: Programme) -> list[Gap]:
    """Facts that the programme's source was found not to state."""
    facts = MissingFact.objects.filter(document__programme=programme).order_by("position", "pk")
    return [
        Gap(fact.code, f"来源文件没有写明：{fact.name}。", f"The source does not state: {fact.name_en}.")
        for fact in facts
    ]
