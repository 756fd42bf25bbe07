import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qixue.cli import main
from qixue.cli.doctor import check_fonts
from qixue.cli.serve import Address, serve
from qixue.core import checkup, health
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


FATAL: dict[str, Callable[[pytest.MonkeyPatch, Any], None]] = {
    "weak_secret": lambda patch, settings: setattr(settings, "SECRET_KEY", "geheim" * 12),
    "debug_on_a_public_address": lambda patch, settings: setattr(settings, "DEBUG", True),
    "any_name": lambda patch, settings: setattr(settings, "ALLOWED_HOSTS", ["*"]),
    "pending_migrations": lambda patch, settings: patch.setattr(health, "pending_migrations", lambda: ["app.0099"]),
    "unfixed_sqlite_with_wal": lambda patch, settings: patch.setattr(
        checkup, "check_database", lambda host: checkup.judge_sqlite("3.40.1", "wal", "FULL")
    ),
    "pragma_that_forgets": lambda patch, settings: patch.setattr(
        checkup, "check_database", lambda host: checkup.judge_sqlite("3.53.4", "wal", "NORMAL")
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("mistake", FATAL.values(), ids=FATAL)
def test_neither_doctor_nor_site_goes_on_with_a_fatal_mistake(mistake, monkeypatch: pytest.MonkeyPatch, settings):
    mistake(monkeypatch, settings)
    monkeypatch.setattr(checkup, "CHECKS", tuple(getattr(checkup, check.__name__) for check in checkup.CHECKS))

    assert main(["doctor", "--bind", "10.0.0.5"]) == 1
    assert serve(Address("10.0.0.5", 8000), workers=1) == 1


@needs_noto
def test_check_fonts_names_substitutes(tmp_path: Path):
    source = next(path for path in FONTS.files if path.name == "NotoSerifCJK-Regular.ttc")
    shutil.copy(source, tmp_path)

    finding = check_fonts(find_fonts([tmp_path]))

    assert finding.level is Level.WARNING
    assert finding.values["substitutions"] == dict.fromkeys(["仿宋", "楷体", "黑体", "宋体"], "Noto Serif CJK SC")
