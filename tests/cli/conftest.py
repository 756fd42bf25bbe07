"""For commands that run as processes of their own, each on a directory of its own."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from tests.cli.serving import QIXUE, environment


@pytest.fixture(scope="session")
def migrated(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """`migrated(var)` puts a database with all migrations there; making it takes seconds, so it is a copy."""
    made = Path(settings.VAR)
    if not pytestconfig.getoption("migrated"):
        made = tmp_path_factory.mktemp("migrated")
        subprocess.run([*QIXUE, "migrate"], env=environment(made), check=True, capture_output=True)

    def put(var: Path) -> None:
        shutil.copyfile(made / "qixue.sqlite3", var / "qixue.sqlite3")

    return put
