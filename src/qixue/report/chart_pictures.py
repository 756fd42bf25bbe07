"""A chart as a picture for paper: shades of grey, in print quality. Pure: it knows neither database nor document."""

import io
from typing import Any

from PIL import Image

from qixue.core.charts import Bar, Chart
from qixue.core.copies import Copies
from qixue.report.fonts import FontSet
from qixue.report.typesetting import typeset

FONT_ROLES = {"song": "宋体"}
DOTS_PER_INCH = 300
NO_DATA = "暂无数据"
KEPT: Copies[bytes] = Copies(most=40)  # a page that is looked at again draws nothing again; some 30 kB each


def chart_png(chart: Chart, fonts: FontSet) -> bytes:
    """The bars with their numbers, without the title, which the caption says. The same chart gives the same bytes.

    Raises typst.TypstError when the layout cannot be set.
    """
    bars = tuple((bar.label, number_text(bar), float(length)) for bar, length in chart.rows)
    return KEPT.have((bars, fonts.files), lambda: drawn(bars, fonts))


def has_fonts(fonts: FontSet) -> bool:
    """Whether any font of the set can show the labels."""
    return all(fonts.families[style] for style in FONT_ROLES.values())


def drawn(bars: tuple[tuple[str, str, float], ...], fonts: FontSet) -> bytes:
    data: dict[str, Any] = {
        "bars": [{"label": label, "number": number, "length": length} for label, number, length in bars]
    }
    colour = Image.open(io.BytesIO(typeset("chart", data, fonts, FONT_ROLES, pixels_per_inch=DOTS_PER_INCH)))
    output = io.BytesIO()
    colour.convert("L").save(output, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return output.getvalue()


def number_text(bar: Bar) -> str:
    return bar.quantity.number_text("zh") if bar.quantity else NO_DATA


def chart_caption(chart: Chart, as_of: str = "") -> str:
    """The title, with unit and moment of the numbers: 各品牌参与人次（单位：人次，截至11月23日21时05分）."""
    unit = f"单位：{chart.unit.zh}" if chart.unit and chart.unit.zh else ""
    remarks = "，".join(filter(None, (unit, as_of)))
    return f"{chart.title}（{remarks}）" if remarks else chart.title


def chart_alt(chart: Chart) -> str:
    """All numbers in words, in the order of the bars, for people who cannot see the picture."""
    return f"条形图，{chart_caption(chart)}：{'；'.join(f'{bar.label}{number_text(bar)}' for bar in chart.bars)}。"
