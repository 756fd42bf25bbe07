"""Settings are read by a process of their own: a mistake stops the start with a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

SHOW = "from django.conf import settings; print(settings.QIXUE['SECOND_FACTOR'])"


def second_factor(folder: Path, **environment: str) -> tuple[int, str]:
    names = {"DJANGO_SETTINGS_MODULE": "qixue.settings", "QIXUE_VAR": str(folder), **environment}
    done = subprocess.run([sys.executable, "-c", SHOW], env=names, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout or done.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "required"),
        ({"QIXUE_DEBUG": "1"}, "offered"),
        ({"QIXUE_DEBUG": "1", "QIXUE_SECOND_FACTOR": "required"}, "required"),
        ({"QIXUE_SECOND_FACTOR": "offered"}, "offered"),
    ],
)
def test_second_factor_is_required_unless_a_city_says_otherwise(tmp_path: Path, environment, expected: str):
    assert second_factor(tmp_path, **environment) == (0, expected)


def test_second_factor_is_an_offer_where_the_demo_lives(tmp_path: Path):
    (tmp_path / "demo").mkdir()

    assert second_factor(tmp_path) == (0, "offered")


def test_second_factor_that_is_neither_stops_the_start(tmp_path: Path):
    code, sentence = second_factor(tmp_path, QIXUE_SECOND_FACTOR="no")

    assert code == 1
    assert sentence.endswith("QIXUE_SECOND_FACTOR must be required or offered, not 'no'.")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"QIXUE_WECHAT_APP_ID": "wx1"}, "QIXUE_WECHAT_APP_ID needs QIXUE_WECHAT_APP_SECRET beside it."),
        ({"QIXUE_WECHAT_APP_SECRET": "s"}, "QIXUE_WECHAT_APP_SECRET needs QIXUE_WECHAT_APP_ID beside it."),
        (
            {"QIXUE_WECHAT_APP_SECRET": "s", "QIXUE_WECHAT_APP_SECRET_FILE": "f"},
            "Give QIXUE_WECHAT_APP_SECRET or QIXUE_WECHAT_APP_SECRET_FILE, not both.",
        ),
        (
            {"QIXUE_WECHAT_APP_SECRET_FILE": "/nowhere"},
            "QIXUE_WECHAT_APP_SECRET_FILE cannot be read: No such file or directory.",
        ),
        ({"QIXUE_WECHAT_API_URL": "http://api.example"}, "QIXUE_WECHAT_API_URL must start with https://."),
    ],
)
def test_wechat_settings_that_do_not_fit_stop_the_start(tmp_path: Path, environment, sentence: str):
    code, said = second_factor(tmp_path, **environment)

    assert code == 1
    assert said.endswith(sentence)
