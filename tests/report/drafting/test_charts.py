"""Charts of a document: the figures of the pages, drawn in grey, and sealed with those of the text."""

import io

import pytest
from django.utils.translation import override
from PIL import Image
from tests.report.drafting.conftest import material_of

from qixue.programme.models import Programme
from qixue.report.drafting.charts import DOCUMENT_CHARTS, chart_picture
from qixue.report.fonts import STYLES, FontSet
from qixue.report.official_document import Picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fonts")]


def picture_of(programme: Programme, code: str) -> Picture | None:
    with override("zh-hans"):
        return chart_picture(material_of(programme), code)


def test_chart_says_its_numbers_and_names_its_figures(programme: Programme) -> None:
    picture = picture_of(programme, "attendance-by-brand")

    assert picture is not None
    assert picture.caption == "各品牌参与人次（单位：人次）"
    assert picture.alt == "条形图，各品牌参与人次（单位：人次）：凤城讲堂20；田间课堂10。"
    assert set(picture.codes) == {"attendance.hall", "attendance.field"}
    assert picture.chart is not None
    assert [bar.label for bar in picture.chart.bars] == ["凤城讲堂", "田间课堂"]


def test_picture_is_grey_in_print_quality_and_the_same_each_time(programme: Programme) -> None:
    first, second = picture_of(programme, "attendance-by-brand"), picture_of(programme, "attendance-by-brand")

    assert first is not None
    assert first == second
    image = Image.open(io.BytesIO(first.content))
    assert (image.mode, image.width) == ("L", 1772)  # 150 mm at 300 dots per inch


def test_chart_without_two_figures_to_compare_is_left_out(programme: Programme) -> None:
    assert picture_of(programme, "per-thousand-by-place") is None  # nobody has published how many live there


def test_figure_without_a_name_is_in_no_chart(programme: Programme) -> None:
    programme.named_figures.filter(code="attendance.hall").delete()

    assert picture_of(programme, "attendance-by-brand") is None


def test_every_chart_of_documents_has_a_code_and_a_name_of_its_own() -> None:
    assert [chart.code for chart in DOCUMENT_CHARTS.values()] == list(DOCUMENT_CHARTS)
    assert len({str(chart.name) for chart in DOCUMENT_CHARTS.values()}) == len(DOCUMENT_CHARTS)


def test_server_without_fonts_has_no_charts(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    none = FontSet((), dict.fromkeys(STYLES, ()))
    monkeypatch.setattr("qixue.report.drafting.charts.installed_fonts", lambda: none)

    assert picture_of(programme, "attendance-by-brand") is None
