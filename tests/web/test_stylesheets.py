"""The style sheets of every page: one file once static files are collected, each by itself before."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from qixue import web
from qixue.web.stylesheets import ALL, SHEETS, stylesheet_urls

SOURCE = Path(web.__file__).parent / "static"


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """Where the static files go."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "qixue.web.stylesheets.SheetsInOne"},
    }
    return tmp_path


def test_collected_sheets_are_one_file_with_all_that_is_in_them(collected):
    for _start in range(2):
        call_command("collectstatic", interactive=False, verbosity=0)

    [url] = stylesheet_urls()

    assert (collected / url.removeprefix("/static/")).exists()
    assert (collected / ALL).read_text() == "\n".join((SOURCE / name).read_text() for name in SHEETS)


def test_trying_out_what_would_be_collected_writes_nothing(collected):
    call_command("collectstatic", dry_run=True, interactive=False, verbosity=0)

    assert list(collected.iterdir()) == []


def test_sheets_that_were_not_collected_are_linked_one_by_one():
    assert stylesheet_urls() == [f"/static/{name}" for name in SHEETS]
