import json
from pathlib import Path
from typing import Any

import pytest
from tests.participation.test_lottery_rule import document

from qixue import cli


def verdict(path: Path, content: Any) -> int:
    path.write_text(json.dumps(content), encoding="utf-8")
    return cli.main(["lottery", "verify", str(path)])


def test_draw_that_holds(tmp_path, capsys):
    assert verdict(tmp_path / "draw.json", document()) == 0
    assert "6" in capsys.readouterr().out


def test_draw_that_does_not_hold_says_what(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    assert verdict(tmp_path / "draw.json", {**document(), "commitment": "0" * 64, "seats": 1}) == 1

    assert capsys.readouterr().out.splitlines() == [
        "The seed is not the one that was promised.",
        "The order or the seats do not follow from seed and list.",
    ]


@pytest.mark.parametrize("content", [{}, [], "draw", {**document(), "seed": ""}])
def test_what_is_no_draw_is_wrong_use(tmp_path, content):
    assert verdict(tmp_path / "draw.json", content) == 2


def test_missing_file_is_wrong_use(tmp_path):
    assert cli.main(["lottery", "verify", str(tmp_path / "none.json")]) == 2
