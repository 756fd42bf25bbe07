"""Several people at the same moment, each in a transaction of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import connection, transaction

from qixue.core.refusal import Refused

LONG_ENOUGH = 1.5  # seconds for an act to come to where it waits for another one


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


def while_it_lasts(first: Callable[[], object], second: Callable[[], object]) -> str:
    """What becomes of the second act when it begins before the first is over."""
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            first()
            waiting = threads.submit(outcome, second)
            wait([waiting], LONG_ENOUGH)
        return waiting.result()
