import errno
import io
import json
import logging
import sys

import pytest

from qixue.core import logs


@pytest.fixture
def last_line(capsys):
    logs.set_up("INFO")
    return lambda: json.loads(capsys.readouterr().err.splitlines()[-1])


def test_log_is_one_json_line_with_values(last_line):
    logs.get_logger("qixue.test").info("loaded", rows=3)

    line = last_line()

    assert (line["event"], line["rows"], line["level"], line["logger"]) == ("loaded", 3, "info", "qixue.test")
    assert line["at"].endswith("Z")


def test_log_of_a_library_is_json_too(last_line):
    logging.getLogger("some.library").warning("%d rows", 3)

    assert last_line()["event"] == "3 rows"


def test_log_masks_long_numbers(last_line):
    logging.getLogger("some.library").warning("Key (phone)=(13900001234) already exists")

    assert last_line()["event"] == "Key (phone)=(***34) already exists"


def test_log_of_an_exception_masks_numbers_and_shows_no_local_values(last_line):
    def fail(phone: str) -> None:
        raise ValueError(f"bad {phone}")

    try:
        fail("13900001234")
    except ValueError:
        logs.get_logger("qixue.test").exception("failed")

    line = last_line()
    assert "ValueError: bad ***34" in line["exception"]
    assert "13900001234" not in json.dumps(line)


def test_log_of_unknown_path_does_not_name_it(last_line):
    logging.getLogger("django.request").warning("Not Found: /people/张三")
    logs.get_logger("qixue.test").info("after")

    assert last_line()["event"] == "after"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE])
def test_log_that_cannot_be_written_stops_nobody(number: int, last_line, monkeypatch: pytest.MonkeyPatch):
    class Broken(io.StringIO):
        def write(self, line: str) -> int:
            raise OSError(number, "not written")

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", Broken())
        logs.get_logger("qixue.test").error("lost")
    logs.get_logger("qixue.test").info("written")

    assert last_line()["event"] == "written"
