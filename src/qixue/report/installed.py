"""The fonts of this installation, where its settings say they are."""

from functools import lru_cache

from django.conf import settings

from qixue.report.fonts import SYSTEM_FONTS, FontSet, find_fonts


@lru_cache(maxsize=1)
def installed_fonts() -> FontSet:
    """The fonts for PDFs: those the city provides first, those of the system after."""
    return find_fonts([*settings.QIXUE["FONT_DIRS"], *SYSTEM_FONTS])
