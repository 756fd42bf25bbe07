"""A remark behind a text stands in the brackets of the viewer's language."""

from django.utils.translation import override

from qixue.web.tables.quantities import with_remark


def test_brackets_are_those_of_the_language() -> None:
    with override("en"):
        assert with_remark("Please state the time", "Demo office") == "Please state the time (Demo office)"
    with override("zh-hans"):
        assert with_remark("请写明时间", "示范单位") == "请写明时间（示范单位）"
