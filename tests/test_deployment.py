"""The files of deploy/ name only settings, commands and options that there are, and run what they say."""

import importlib
import re
import shlex
from argparse import ArgumentParser
from configparser import RawConfigParser
from pathlib import Path

import pytest

from qixue.cli import COMMANDS
from qixue.settings import KNOWN

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(DEPLOY.rglob("*.service")) + sorted(DEPLOY.rglob("*.timer"))
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
NAMED = re.compile(r"/opt/qixue/\.venv/bin/qixue ([^\n]+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(DEPLOY))


def parser_of(command: str) -> ArgumentParser:
    module, _line = COMMANDS[command]
    parser = ArgumentParser()
    importlib.import_module(f"qixue.cli.{module}").add_parser(parser.add_subparsers())
    return parser


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_settings_are_known(path: Path) -> None:
    named = set(re.findall(r"\bQIXUE_[A-Z_]+", path.read_text(encoding="utf-8")))

    assert sorted(named - KNOWN) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_commands_take_the_options_they_are_given(path: Path) -> None:
    for line in NAMED.findall(path.read_text(encoding="utf-8")):
        command, *options = shlex.split(line)
        assert parser_of(command).parse_args([command, *options]).func


@pytest.mark.parametrize("path", UNITS, ids=name_of)
def test_unit_says_where_it_goes_and_is_complete(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    unit = RawConfigParser(strict=False)  # a unit may name a key twice
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)

    assert text.splitlines()[0] == f"# /etc/systemd/system/{path.name}"
    assert unit["Unit"]["Description"]
    if path.suffix == ".service":
        assert (unit["Service"]["User"], unit["Service"]["EnvironmentFile"]) == ("qixue", "/etc/qixue.env")
    assert not (path.suffix == ".timer" and not path.with_suffix(".service").exists())


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*/README.md")), ids=name_of)
def test_readme_names_every_file_beside_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [
        other.name for other in sorted(path.parent.iterdir()) if other != path and f"`{other.name}`" not in text
    ] == []


def test_proxy_replaces_what_a_client_claims() -> None:
    for path in DEPLOY.rglob("nginx.conf"):
        text = path.read_text(encoding="utf-8")
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        assert "location = /metrics { return 404; }" in text
