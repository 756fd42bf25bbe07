"""Settings are read by a process of their own: a mistake stops the start with a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

READ = "from django.conf import settings; settings.QIXUE"


def read(folder: Path, **environment: str) -> tuple[int, str]:
    """The exit code, and the last line of what is said of a mistake."""
    names = {"DJANGO_SETTINGS_MODULE": "qixue.settings", "QIXUE_VAR": str(folder), **environment}
    done = subprocess.run([sys.executable, "-c", READ], env=names, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip().splitlines()[-1]


def test_second_factor_that_is_neither_stops_the_start(tmp_path: Path):
    code, sentence = read(tmp_path, QIXUE_SECOND_FACTOR="no")

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
    code, said = read(tmp_path, **environment)

    assert code == 1
    assert said.endswith(sentence)
