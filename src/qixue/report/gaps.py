"""What a work summary should say and the records do not: shown to the editor, never filled in."""

from dataclasses import dataclass

from qixue.core.language import in_language
from qixue.programme.models import Activity, Involvement, MissingFact, Programme, Session
from qixue.programme.queries import silent_counties


@dataclass(frozen=True)
class Gap:
    """A missing fact, with a stable code and a sentence in both languages."""

    code: str
    text_zh: str
    text_en: str

    def __str__(self) -> str:
        return in_language(self.text_zh, self.text_en)


def gaps_of(programme: Programme) -> list[Gap]:
    """Everything that is missing, the most official first."""
    found = [*programme_gaps(programme), *ceremony_gaps(programme), *brand_gaps(programme)]
    codes = {gap.code for gap in found}
    return found + [gap for gap in stated_gaps(programme) if gap.code not in codes]


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
