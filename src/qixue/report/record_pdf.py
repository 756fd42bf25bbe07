"""A learning record to print, set by typst. Words reach typst as data, so nothing a person typed can act as markup."""

import datetime
from collections.abc import Sequence
from typing import Any

from qixue.core.clock import local_day
from qixue.participation.learning_hours import learning_hours
from qixue.participation.queries.learning_record import LearningRecord
from qixue.participation.serials import printed
from qixue.programme.models import Activity
from qixue.report.certificate_pdf import HEADINGS
from qixue.report.installed import installed_fonts
from qixue.report.summary import SYNTHETIC_NOTICE
from qixue.report.typesetting import typeset

FONT_ROLES = {"title": "小标宋", "song": "宋体", "hei": "黑体"}
TITLE = "终身学习档案"
LEARNING_HOUR = "1学时为45分钟。"
SELF_DECLARED = "本人填写，未经核实。"


def record_pdf(record: LearningRecord, *, at: datetime.datetime) -> bytes:
    """The same record and day give the same bytes. Raises typst.TypstError when the layout cannot be set."""
    data = {
        "title": TITLE,
        "footer": f"打印日期：{day_text(local_day(at))}。证书可在平台“证书查验”页面按编号核实。",
        "notice": SYNTHETIC_NOTICE if is_synthetic(record) else "",
        "account": account_lines(record),
        "sheets": [years(record), certificates(record), attended(record), declared(record)],
    }
    return typeset("record", data, installed_fonts(), FONT_ROLES)


def is_synthetic(record: LearningRecord) -> bool:
    """Whether anything in it belongs to a demonstration."""
    keys = {row.activity.pk for row in record.attended} | {row.activity_id for row in record.certificates}
    return Activity.objects.filter(pk__in=keys, programme__is_synthetic=True).exists()


def account_lines(record: LearningRecord) -> list[tuple[str, str]]:
    person = record.person
    lines = [
        ("姓名", person.name),
        ("学习账户号", printed(record.learner_no) if record.learner_no else ""),
        ("出生年份", str(person.birth_year or "")),
        ("所在镇（街道）", person.home_region.name if person.home_region else ""),
    ]
    return [line for line in lines if line[1]]


def sheet(title: str, header: dict[str, int], rows: Sequence[tuple[str, ...]], **more: Any) -> dict[str, Any]:
    """`header` gives each column its share of the width."""
    words = {"title": title, "header": list(header), "widths": list(header.values()), "rows": rows}
    return {**words, "empty": "暂无", "note": "", "right": [], **more}


def years(record: LearningRecord) -> dict[str, Any]:
    header = {"年度": 2, "参加（场）": 2, "学时": 2, "证书（份）": 2, "自填学时": 2}
    rows = [
        (str(row.year), str(row.session_count), str(row.hours), str(row.certificate_count), str(row.declared_hours))
        for row in record.years
    ]
    return sheet("年度合计", header, rows, note=LEARNING_HOUR, right=[1, 2, 3, 4])


def certificates(record: LearningRecord) -> dict[str, Any]:
    header = {"名称": 6, "类别": 3, "颁发单位": 5, "日期": 3, "编号": 5}
    rows = [
        (row.title, HEADINGS[row.kind], row.issuer_name, day_text(local_day(row.issued_at)), printed(row.serial))
        for row in record.certificates
        if not row.revoked_at
    ]
    return sheet("证书", header, rows)


def attended(record: LearningRecord) -> dict[str, Any]:
    header = {"日期": 3, "活动": 8, "承办单位": 5, "学时": 2}
    rows = [
        (
            day_text(local_day(row.session.starts_at)) if row.session.starts_at else "",
            row.session.full_title,
            row.activity.organisation.name,
            str(learning_hours(row.minutes)) if row.minutes is not None else "",
        )
        for row in record.attended
    ]
    return sheet("参加的活动（经签到核实）", header, rows, right=[3])


def declared(record: LearningRecord) -> dict[str, Any]:
    header = {"日期": 3, "内容": 7, "类别": 4, "单位或老师": 4, "学时": 2}
    rows = [
        (
            day_text(row.ended_on),
            row.title,
            row.get_outcome_type_display(),
            row.issuer,
            str(row.learning_hours) if row.learning_hours is not None else "",
        )
        for row in record.declared
    ]
    return sheet("自填学习成果", header, rows, note=SELF_DECLARED if rows else "", right=[4])


def day_text(day: datetime.date) -> str:
    return f"{day:%Y-%m-%d}"
