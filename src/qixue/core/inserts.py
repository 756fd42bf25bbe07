"""INSERT statements written from the models, for the few acts that cannot afford the way through the ORM.

Every column of the model is written: one that is not named gets the model's own default, so that a new column is in
the statement from the day on which it is in the model.
"""

from functools import cache
from typing import Any

from django.db import connection, models


class Insert:
    """One row to be. Values are given by the names of their columns, as the model takes them."""

    def __init__(self, model: type[models.Model], **values: Any) -> None:
        self.model, self.values = model, values

    @classmethod
    def of(cls, record: models.Model) -> "Insert":
        """The row of a record that was made and not saved."""
        model = type(record)
        return cls(model, **{field.attname: getattr(record, field.attname) for field in columns_of(model)})

    def statement(self) -> str:
        """With one placeholder for each column."""
        holes = ", ".join(["%s"] * len(columns_of(self.model)))
        return f"INSERT INTO {self.head()} VALUES ({holes})"  # noqa: S608 - names from the model

    def from_row(self, source: str, **computed: str) -> str:
        """The same from a row of `source`, for use in a larger statement; `computed` are SQL by column."""
        items = [computed.get(field.attname, "%s") for field in columns_of(self.model)]
        return f"INSERT INTO {self.head()} SELECT {', '.join(items)} FROM {source}"  # noqa: S608 - SQL of our own

    def head(self) -> str:
        names = ", ".join(str(field.column) for field in columns_of(self.model))
        return f"{self.model._meta.db_table} ({names})"

    def parameters(self, *computed: str) -> list[Any]:
        """As the database of the connection takes them, without those that the statement computes."""
        return [
            field.get_db_prep_save(
                self.values[field.attname] if field.attname in self.values else field.get_default(), connection
            )
            for field in columns_of(self.model)
            if field.attname not in computed
        ]


@cache
def columns_of(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)
