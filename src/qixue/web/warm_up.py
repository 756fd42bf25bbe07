"""A worker has the index of the programme before it is asked for it."""

import threading

from django.db import connection

from qixue.core.logs import get_logger
from qixue.programme.queries.listings import Listings
from qixue.web.parts import current_programme

log = get_logger("qixue.serve")


def warm_up() -> None:
    """Make the index beside the first requests."""
    threading.Thread(target=make_index_apart, name="index-at-start", daemon=True).start()


def make_index_apart() -> None:
    try:
        make_index()
    except Exception as error:  # the pages themselves will say what is wrong
        log.warning("no_index_at_start", error=repr(error))
    finally:
        connection.close()


def make_index() -> None:
    """The index of the current programme; whoever asks for its sessions meanwhile waits for this one."""
    if programme := current_programme():
        Listings(programme)
