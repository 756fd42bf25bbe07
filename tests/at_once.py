"""Several people at the same moment, each in a transaction of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from qixue.core.refusal import Refused


def outcome(act: Callable[[], object]) -> str:
    """What became of the act, in a thread with a connection of its own."""
    try:
        act()
    except Refused as refusal:
        return refusal.code
    finally:
        connection.close()
    return "done"


def at_once(*acts: Callable[[], object]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(threads.map(outcome, acts))
