"""QR codes (ISO/IEC 18004), with 15 % or more to spare for scratches and folds. They go to no other site."""

import io

import segno

QUIET_ZONE = 4  # modules of white around a code, as the standard asks
BLACK, WHITE = "#000", "#fff"  # whatever the page around it looks like


def qr_element(text: str) -> str:
    """An SVG element for a page, without a size of its own."""
    drawing = segno.make_qr(text, error="m")
    return str(drawing.svg_inline(scale=5, border=QUIET_ZONE, dark=BLACK, light=WHITE, omitsize=True))


def qr_png(text: str) -> bytes:
    """A PNG file, for documents that take no SVG."""
    file = io.BytesIO()
    segno.make_qr(text, error="m").save(file, kind="png", scale=10, border=QUIET_ZONE, dark=BLACK, light=WHITE)
    return file.getvalue()


def qr_file(text: str, *, error: str = "m", border: int = QUIET_ZONE, dark: str = BLACK) -> bytes:
    """An SVG file. `border` is in modules: less than QUIET_ZONE only where the paper around it is white as well."""
    file = io.BytesIO()
    segno.make_qr(text, error=error).save(file, kind="svg", scale=10, border=border, dark=dark, light=WHITE)
    return file.getvalue()
