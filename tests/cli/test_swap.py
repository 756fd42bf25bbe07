import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.factories import ProgrammeFactory
from tests.factories_swap import ListingFactory, wish
from tests.swap.rounds import INSTANCES, given_file

from qixue import cli

ROUND = str(given_file("syn-50"))


@pytest.fixture(autouse=True)
def terminal_in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def solved(capsys, *options: str) -> dict[str, object]:
    assert cli.main(["swap", "solve", ROUND, "--json", *options]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    found: dict[str, object] = json.loads(output.out)
    return found


@pytest.mark.parametrize(
    ("options", "trades"),
    [
        ([], 7),
        (["--max-items", "2"], 6),
        (["--max-people", "2"], 6),
        (["--max-cycle", "2"], 6),
        (["--objective", "people_at_max"], 7),
        (["--one-per-kind"], 7),
        (["--one-per-kind", "--keep-dummies"], 7),
        (["--gifts"], 9),
        (["--local-bonus", "10", "--time-limit", "9"], 7),
    ],
)
def test_solve_prints_json_that_check_accepts(capsys, tmp_path, options, trades):
    found = solved(capsys, *options)
    (tmp_path / "result.json").write_text(json.dumps(found))

    assert cli.main(["swap", "check", ROUND, str(tmp_path / "result.json")]) == 0

    assert (found["trades"], found["proven"]) == (trades, True)
    assert set(found["seconds"]) == {"load", "solve"}
    assert "Its certificate proves" in capsys.readouterr().out


def test_solve_prints_text_in_the_style_of_trademaximizer(capsys):
    assert cli.main(["swap", "solve", str(INSTANCES / "syn-50.txt")]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "TRADE LOOPS (7 total trades):"
    assert "(U0003) I00044 receives (U0004) I00047" in lines
    assert "(U0003) I00043             does not trade" in lines
    assert lines[-6:] == [
        "Num trades  = 7 of 50 items (14.0%)",
        "Num people  = 4",
        "Num groups  = 3",
        "Group sizes = 3 2 2",
        "Sum squares = 17",
        "Bound       = 7 (proven)",
    ]


def test_text_of_chains_names_the_table_and_the_gift(tmp_path, capsys):
    items = [{"id": "fan", "user": "A", "wants": ["lamp"]}, {"id": "lamp", "user": "B", "gift": True}]
    (tmp_path / "round.json").write_text(json.dumps({"items": items}))

    assert cli.main(["swap", "solve", str(tmp_path / "round.json"), "--gifts"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "(A) fan  receives (B) lamp and sends to common table" in lines
    assert "(B) lamp receives nothing  and sends to (A) fan" in lines


def test_check_says_what_does_not_hold(capsys, tmp_path):
    (tmp_path / "result.json").write_text(json.dumps({**solved(capsys), "trades": 8}))

    assert cli.main(["swap", "check", ROUND, str(tmp_path / "result.json")]) == 1

    assert capsys.readouterr().out == "The number of items or people is not right.\n"


def test_check_in_json_says_what_stands_behind_it(capsys, tmp_path):
    (tmp_path / "result.json").write_text(json.dumps({**solved(capsys), "certificate": None}))

    assert cli.main(["swap", "check", ROUND, str(tmp_path / "result.json"), "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"holds": True, "faults": [], "proof": "solver"}


def test_bad_round_is_wrong_use_and_names_the_line(tmp_path, capsys):
    path = tmp_path / "round.txt"
    path.write_text("(A) ONE : TWO\n(B) TWO : THREE\n")

    assert cli.main(["swap", "solve", str(path)]) == 2

    assert capsys.readouterr().err == f"{path}, line 2: there is no item THREE.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "none.txt"],
        ["solve", ROUND, "--max-people", "4"],
        ["solve", ROUND, "--time-limit", "0"],
        ["solve", ROUND, "--local-bonus", "101"],
        ["solve", str(INSTANCES / "syn-50.txt"), "--one-per-kind"],
        ["check", ROUND, "none.json"],
        ["check", ROUND, ROUND],
        ["check", ROUND, str(INSTANCES / "syn-50.txt")],
    ],
)
def test_wrong_use_exits_2_and_says_why(capsys, arguments):
    assert cli.main(["swap", *arguments]) == 2

    assert capsys.readouterr().err != ""


@pytest.mark.parametrize("name", ["trades", "people", "proven", "certificate"])
def test_result_of_unknown_items_that_lacks_something_is_no_result(capsys, tmp_path, name):
    path, result = tmp_path / "result.json", {**solved(capsys), "cycles": [["nothing", "of this"]]}
    del result[name]
    path.write_text(json.dumps(result))

    assert cli.main(["swap", "check", ROUND, str(path)]) == 2

    assert capsys.readouterr().err == f"{path} is no result of a round.\n"


def test_number_of_too_many_digits_is_no_result(capsys, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps({**solved(capsys), "trades": "many"}).replace('"many"', "9" * 5_000))

    assert cli.main(["swap", "check", ROUND, str(path)]) == 2

    assert capsys.readouterr().err == f"{path} is no result of a round.\n"


def test_number_of_too_many_digits_is_no_round(capsys, tmp_path):
    path = tmp_path / "round.json"
    path.write_text(f'{{"items": {"9" * 5_000}}}')

    assert cli.main(["swap", "solve", str(path)]) == 2

    assert str(path) in capsys.readouterr().err


def test_folder_is_there_and_cannot_be_read(capsys, tmp_path):
    for arguments in (["solve", str(tmp_path)], ["check", str(tmp_path), ROUND], ["check", ROUND, str(tmp_path)]):
        assert cli.main(["swap", *arguments]) == 2

        assert capsys.readouterr().err == f"{tmp_path} cannot be read.\n"


def test_commands_of_swap_need_neither_settings_nor_a_database(tmp_path):
    qixue = Path(sys.executable).parent / "qixue"
    environment = {**os.environ, "QIXUE_DATABASE_URL": "nonsense", "QIXUE_VAR": str(tmp_path / "var")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    done = subprocess.run([qixue, "swap", "solve", ROUND], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr, (tmp_path / "var").exists()) == (0, "", False)


@pytest.mark.parametrize("arguments", [["solve", ROUND], ["check", ROUND, ROUND]])
def test_commands_of_swap_do_not_wait_for_django(arguments):
    program = "import sys; from qixue import cli; cli.main(sys.argv[1:]); sys.exit('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program, "swap", *arguments], capture_output=True, check=False)

    assert done.returncode == 0


@pytest.mark.django_db
def test_export_prints_a_want_list_that_solve_reads(capsys, tmp_path):
    programme = ProgrammeFactory(code="week")
    kettle, lamp = (ListingFactory(programme=programme) for _number in range(2))
    wish(kettle, lamp)
    wish(lamp, kettle)

    for options in ([], ["--json"]):
        assert cli.main(["swap", "export", "--programme", "week", *options]) == 0
        (tmp_path / "round.txt").write_text(capsys.readouterr().out)
        assert cli.main(["swap", "solve", str(tmp_path / "round.txt"), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["trades"] == 2


@pytest.mark.django_db
def test_export_of_a_programme_that_is_not_there_is_refused(capsys):
    assert cli.main(["swap", "export", "--programme", "no-such"]) == 2

    assert "There is no programme no-such" in capsys.readouterr().err
