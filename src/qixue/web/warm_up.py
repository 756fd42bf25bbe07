"""A worker has its pages and the index of the programme before it is asked for them."""

import threading

from django.db import connection
from django.urls import get_resolver

from qixue.core.logs import get_logger
from qixue.programme.queries.listings import Listings
from qixue.web.parts import current_programme

log = get_logger("qixue.serve")


def warm_up() -> None:
    """Import every view now, and make the index beside the first requests."""
    get_resolver().url_patterns  # noqa: B018 - reading them is what imports them
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
