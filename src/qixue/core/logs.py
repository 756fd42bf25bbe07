"""Structured logs: one JSON line per event on stderr, with the id of the request and without personal data."""

import contextlib
import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Phone, identity and account numbers reach a log inside somebody else's message (a database error names the row).
LONG_NUMBER = re.compile(r"\d{7,}")
FREE_TEXT = ("event", "exception", "error")

# Chatty or personal: what these would say about a request is said, without names and paths, by core.requests.
QUIET = {
    "django.request": "ERROR",
    "django.security": "ERROR",
    "axes": "ERROR",
    "fido2": "WARNING",  # at INFO it names the key of every person who signs in
    "fontTools": "WARNING",
}


def mask_long_numbers(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Replace each run of seven or more digits in the free text of an event by its last two digits."""
    for key in FREE_TEXT:
        if isinstance(text := event.get(key), str):
            event[key] = LONG_NUMBER.sub(lambda match: "***" + match.group()[-2:], text)
    return event


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to the stderr of the moment, which a test or a supervisor may have replaced."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class OwnLogger:
    """Writes the lines of our own events, past the logging module: that would make a record of each first."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, line: str) -> None:
        with contextlib.suppress(OSError):  # a full disk, a closed pipe: what was to be logged goes on without its line
            sys.stderr.write(f"{line}\n")

    debug = info = warning = error = critical = write


# Of every event, whether ours or that of a library's logger. Tracebacks carry no local variables.
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
]
LAST: list[Processor] = [mask_long_numbers, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]


def set_up(level: str) -> None:
    """Send every log of this process to stderr as JSON lines. `level` is a name of the logging module."""
    structlog.configure(
        processors=[*SHARED, *LAST],
        logger_factory=OwnLogger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder(allow=())],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *LAST],
        )
    )
    root = logging.getLogger()
    root.handlers = [old for old in root.handlers if not isinstance(old, StderrHandler)] + [handler]
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


def get_logger(name: str) -> Any:
    return structlog.get_logger(name)
