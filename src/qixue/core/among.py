"""The lookup `among`: as Django's `in`, for hundreds of plain values at once.

Django looks at each value several times and gives it a placeholder of its own, which took a fifth of the calls of a
delivery of 500 scans. Here all of them are one parameter, so that the text of a statement is the same for any number.
"""

from typing import Any

from django.db.models import Field, Lookup

from qixue.core.inserts import preparation_of
from qixue.core.statements import among, listed


class Among(Lookup):
    """`filter(uuid__among=keys)`: the field has one of the values, which are as the field takes them. NULL is none."""

    lookup_name = "among"
    prepare_rhs = False  # each value is prepared once, below

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, frozenset(rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.db_type(connection).partition("(")[0]
        values = map(preparation_of(self.lhs.output_field), self.rhs)
        return among(column, kind), (*parameters, listed(values))


Field.register_lookup(Among)
