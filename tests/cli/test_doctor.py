import shutil
from pathlib import Path

import pytest

from qixue.cli.doctor import check_fonts
from qixue.core.checkup import Level
from qixue.report.fonts import find_fonts
from qixue.report.installed import installed_fonts

FONTS = installed_fonts()
needs_noto = pytest.mark.skipif(
    not any(path.name == "NotoSerifCJK-Regular.ttc" for path in FONTS.files), reason="Noto Serif CJK is not installed"
)


def test_check_fonts_when_there_are_none(tmp_path: Path):
    finding = check_fonts(find_fonts([tmp_path]))

    assert finding.level is Level.WARNING
    assert finding.values["styles"] == "仿宋, 楷体, 黑体, 小标宋, 宋体"


@needs_noto
def test_check_fonts_names_substitutes(tmp_path: Path):
    source = next(path for path in FONTS.files if path.name == "NotoSerifCJK-Regular.ttc")
    shutil.copy(source, tmp_path)

    finding = check_fonts(find_fonts([tmp_path]))

    assert finding.level is Level.WARNING
    assert finding.values["substitutions"] == dict.fromkeys(["仿宋", "楷体", "黑体", "宋体"], "Noto Serif CJK SC")
