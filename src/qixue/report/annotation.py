"""What an issued summary says below its date: where it is checked, and under which number it was sealed."""

from django.conf import settings

from qixue.programme.models import Programme
from qixue.report.official_document import Annotation


def how_to_check(programme: Programme, number: int) -> Annotation:
    """Where everybody can send the file in; the square code leads to what was sealed, for whoever has only paper."""
    address = f"{settings.QIXUE['BASE_URL']}/verify/summary/"
    text = (
        f"核验：登录{address}上传本文件，或扫描下方二维码与签发内容核对；签章编号：{seal_name(programme.code, number)}"
    )
    return Annotation(text, f"{address}{programme.code}/{number}/")


def seal_name(code: str, number: int) -> str:
    """By which people name a seal: week-2026-1."""
    return f"{code}-{number}"
