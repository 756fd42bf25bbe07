"""Django's PostgreSQL backend, which asks a connection whether it is alive only where there is reason to."""

import select
import time

from django.db.backends.postgresql import base

# Seconds. Where requests come one after the other, one in so many seconds pays for the question; a connection that a
# router or a failover dropped without a word while nobody needed it is found out before a page fails on it.
TRUSTED_FOR = 5


class DatabaseWrapper(base.DatabaseWrapper):
    looked_at = float("-inf")  # the last time (time.monotonic)

    def is_usable(self) -> bool:
        """Django looks once in each request that needs the connection, before the first statement.

        A server that ends says so, and what it says lies in the socket. Where nothing lies there, SELECT 1 with each
        request would be one more way there and back: it is sent only where nobody has looked for some seconds.
        """
        if self.connection is None or self.connection.closed:
            return False
        now = time.monotonic()
        is_rested, self.looked_at = now - self.looked_at > TRUSTED_FOR, now
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if is_rested or poll.poll(0) else True
