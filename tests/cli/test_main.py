import json

import pytest

from qixue import cli


@pytest.fixture(autouse=True)
def terminal_in_english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("QIXUE_VAR", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh-hans"),
        ({}, "en"),
    ],
)
def test_language_of_the_terminal(environment, language):
    assert cli.language(environment) == language


def test_help_lists_every_command(capsys):
    assert cli.main(["--help"]) == 0

    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if line.startswith("  ") and line[2].isalpha()] == list(
        cli.COMMANDS
    )


def test_help_in_chinese(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    assert cli.main(["--help"]) == 0

    assert "  serve     启动网站。" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("argv", [[], ["dance"], ["doctor", "--dance"], ["migrate", "now"]])
def test_wrong_use_exits_2_and_says_why(capsys, argv):
    assert cli.main(argv) == 2

    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(capsys, command):
    assert cli.main([command, "--help"]) == 0

    assert capsys.readouterr().out.startswith(f"usage: qixue {command} ")


@pytest.mark.django_db
def test_doctor_json_goes_to_stdout_alone(capsys):
    code = cli.main(["doctor", "--json"])

    findings = json.loads(capsys.readouterr().out)
    assert code == int(any(finding["level"] == "fatal" for finding in findings))
    assert set(findings[0]) == {"check", "level", "text", "values"}


@pytest.mark.django_db
def test_doctor_exits_1_when_something_is_fatal(capsys, settings):
    settings.DEBUG = True

    assert cli.main(["doctor", "--bind", "10.0.0.5"]) == 1

    assert "FATAL   QIXUE_DEBUG is on: error pages show settings and data." in capsys.readouterr().out.splitlines()


@pytest.mark.django_db
def test_serve_does_not_start_when_something_is_fatal(capsys, settings):
    settings.DEBUG = True

    assert cli.main(["serve", "--bind", "10.0.0.5:8000"]) == 1

    assert capsys.readouterr().err.splitlines()[:2] == [
        "Not started:",
        "- QIXUE_DEBUG is on: error pages show settings and data.",
    ]


@pytest.mark.parametrize("address", ["8000", "localhost", "localhost:0", "localhost:70000", "::1:8000", "[::1]"])
def test_serve_refuses_what_is_no_address(capsys, address):
    assert cli.main(["serve", "--bind", address]) == 2

    assert capsys.readouterr().err == f"{address} is not an address. An example: 127.0.0.1:8000.\n"


def test_serve_refuses_no_worker(capsys):
    assert cli.main(["serve", "--workers", "0"]) == 2

    assert capsys.readouterr().err == "At least one worker is needed, not 0.\n"


@pytest.mark.django_db
def test_migrate_when_nothing_is_pending(capsys):
    assert cli.main(["migrate"]) == 0

    assert capsys.readouterr().out == "The database is up to date.\n"
