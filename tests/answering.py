"""Servers that stand in for those of others, in a thread beside the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

LOOKS_UP_EVERY = 0.01  # seconds; by itself a server sees twice a second whether it is to end, and every test would wait


@contextmanager
def answering(server: BaseServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, args=(LOOKS_UP_EVERY,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
