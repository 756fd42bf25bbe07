"""What the database knows about its tables when it plans a statement."""

from django.db import connection


def take_statistics() -> None:
    """Let PostgreSQL look at what this transaction has written: by itself it does so some time after the commit, and
    until then it takes full tables for empty ones and reads them over and over. SQLite needs none.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
