"""What an issued summary says below its date: where it is checked, under which number it was sealed, of when its
numbers are where it was issued before the end, and who says why where it did not wait.
"""

import datetime

from django.conf import settings

from qixue.programme.models import Programme
from qixue.report.official_document import Annotation
from qixue.report.stage import Stage, full_moment_text, stage_of


def how_to_check(programme: Programme, number: int, *, asked_at: datetime.datetime, waiver: str = "") -> Annotation:
    """Where everybody can send the file in; the square code leads to what was sealed, for whoever has only paper.

    `waiver` is what `why_early` says of an issue that should have waited.
    """
    address = f"{settings.QIXUE['BASE_URL']}/verify/summary/"
    text = (
        f"核验：登录{address}上传本文件，或扫描右侧二维码与签发内容核对；签章编号：{seal_name(programme.code, number)}"
    )
    if stage_of(programme, asked_at) is not Stage.OVER:  # the text names the day alone, as is usual
        text += f"；数据截至{full_moment_text(asked_at)}"
    text += f"；{waiver}" if waiver else ""
    return Annotation(text, f"{address}{programme.code}/{number}/")


def why_early(by: str, reason: str) -> str:
    """Who answers for an issue that should have waited, and why, in one line."""
    return f"先行签发的理由（{by}）：{' '.join(reason.split()).rstrip('。')}"


def seal_name(code: str, number: int) -> str:
    """By which people name a seal: week-2026-1."""
    return f"{code}-{number}"
