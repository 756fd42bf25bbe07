"""QR codes in pages."""

from django.utils.safestring import SafeString, mark_safe

from qixue.core.qr_codes import qr_element


def qr_picture(text: str) -> SafeString:
    return mark_safe(qr_element(text))  # noqa: S308 - a drawing by segno: nothing of the text is markup in it
