"""Files made of records, kept below VAR under the digest of what is in them: nothing is ever out of date."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from qixue.core.long_work import one_at_a_time

MOST_FILES = 3000  # of each kind; those used longest ago go first
PATIENCE = 2.0  # seconds for which a request waits for another that is making a file: a card takes a fraction of one


def kept_file(kind: str, digest: str, suffix: str, make: Callable[[], bytes]) -> bytes:
    """The file, made now where it is not there. Raises Busy when others are being made."""
    path = Path(settings.VAR) / "kept" / kind / f"{digest}{suffix}"
    with contextlib.suppress(FileNotFoundError):
        return taken_up(path)
    with one_at_a_time(kind, patience=PATIENCE):
        with contextlib.suppress(FileNotFoundError):
            return taken_up(path)  # the one before wanted the same
        content = make()
        keep(path, content)
        return content


def taken_up(path: Path) -> bytes:
    """Raises FileNotFoundError."""
    content = path.read_bytes()
    path.touch()
    return content


def keep(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, and let the oldest go where there are too many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    draft.write_bytes(content)
    draft.replace(path)
    files = list(path.parent.iterdir())
    if len(files) > MOST_FILES:
        for old in sorted(files, key=used_at)[: MOST_FILES // 10]:
            old.unlink(missing_ok=True)


def used_at(path: Path) -> float:
    """When a file was last used; one that somebody else has just taken away is the oldest."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
