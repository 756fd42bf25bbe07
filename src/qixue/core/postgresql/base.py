"""Django's PostgreSQL backend, which asks a connection whether it is alive only where there is reason to."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """A server that ends says so, and what it says lies in the socket of a connection that nobody has used since.

        Where nothing lies there, SELECT 1 with each request would be one more way there and back. A server that was
        lost without a word is found out by the statement that it does not answer, as SELECT 1 would be.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()
