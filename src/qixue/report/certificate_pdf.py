"""Certificates as PDF, set by typst. Words reach typst as data, so nothing a person typed can act as markup."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from qixue.core.clock import local_day
from qixue.core.qr_codes import qr_file
from qixue.participation.credentials import verify_url
from qixue.participation.learning_hours import learning_hours
from qixue.participation.models import Certificate, CertificateRule
from qixue.participation.serials import printed
from qixue.report.installed import installed_fonts
from qixue.report.official_document import date_text
from qixue.report.typesetting import typeset

FONT_ROLES = {"kai": "楷体", "title": "小标宋", "song": "宋体"}
HEADINGS: dict[str, str] = {
    CertificateRule.Kind.COMPLETION: "结业证书",
    CertificateRule.Kind.CERTIFICATE: "学习证书",
    CertificateRule.Kind.AWARD: "荣誉证书",
    CertificateRule.Kind.SERVICE: "志愿服务证书",
}
CLOSINGS: dict[str, str] = {
    CertificateRule.Kind.COMPLETION: "准予结业，特发此证。",
    CertificateRule.Kind.CERTIFICATE: "特发此证。",
    CertificateRule.Kind.AWARD: "表现优异，特发此证，以资鼓励。",
    CertificateRule.Kind.SERVICE: "热心公益，特发此证，以表谢意。",
}

# Up to so many characters are set in this size (pt), the smallest for whatever is longer.
BODY_SIZES = ((84, 22), (136, 18), (200, 15), (0, 13))
ISSUER_SIZES = ((20, 19), (26, 15), (0, 12))


def certificates_pdf(certificates: Sequence[Certificate]) -> bytes:
    """The certificates as PDF bytes, one to a page; the same certificates and fonts give the same bytes.

    Raises typst.TypstError when the layout cannot be set.
    """
    pictures = {f"qr-{number}.svg": qr_code(certificate) for number, certificate in enumerate(certificates)}
    data = {
        "title": HEADINGS[CertificateRule.Kind(certificates[0].kind)],
        "certificates": [page_of(row, f"qr-{number}.svg") for number, row in enumerate(certificates)],
    }
    return typeset("certificate", data, installed_fonts(), FONT_ROLES, pictures)


def qr_code(certificate: Certificate) -> bytes:
    """Where the certificate is verified, drawn so that a worn or folded sheet can still be scanned."""
    return qr_file(verify_url(settings.QIXUE["BASE_URL"], certificate.serial), error="q", border=2)


def page_of(certificate: Certificate, qr: str) -> dict[str, Any]:
    kind, base = CertificateRule.Kind(certificate.kind), settings.QIXUE["BASE_URL"]
    body = body_of(certificate)
    return {
        "heading": HEADINGS[kind],
        "name": certificate.name,
        "body": body,
        "body_size": fitting(len(body), BODY_SIZES),
        "closing": CLOSINGS[kind],
        "serial": printed(certificate.serial),
        "qr": qr,
        "verify": verify_url(base, certificate.serial),
        "place": f"{base.partition('://')[2]}/verify/",
        "issuer": certificate.issuer_name,
        "issuer_size": fitting(len(certificate.issuer_name), ISSUER_SIZES),
        "date": date_text(local_day(certificate.issued_at)),
        "is_synthetic": certificate.activity.programme.is_synthetic,
    }


def body_of(certificate: Certificate) -> str:
    """What somebody took part in, when, and how much of it."""
    first, last = certificate.started_on, certificate.ended_on
    days = f"于{date_text(first)}" if first == last else f"于{date_text(first)}至{end_text(first, last)}"
    hours = f"、{learning_hours(certificate.minutes)}学时" if certificate.minutes else ""
    return f"{days}参加“{certificate.title}”，实到{certificate.session_count}场{hours}。{certificate.criteria}"


def fitting(length: int, sizes: tuple[tuple[int, int], ...]) -> int:
    return next((size for longest, size in sizes if length <= longest), sizes[-1][1])


def end_text(first: datetime.date, last: datetime.date) -> str:
    """The year is not said twice."""
    return date_text(last) if first.year != last.year else f"{last.month}月{last.day}日"
