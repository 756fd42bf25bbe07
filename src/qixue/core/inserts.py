"""INSERT statements written from the models, for the few acts that cannot afford the way through the ORM.

Every column of the model is written: one that is not named gets the model's own default, so that a new column is in
the statement from the day on which it is in the model.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

AS_IT_IS = frozenset({str, int, type(None)})


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
        return f"INSERT INTO {head_of(self.model)} VALUES ({holes})"  # noqa: S608 - names from the model

    def from_row(self, source: str, **computed: str) -> str:
        """The same from a row of `source`, for use in a larger statement; `computed` are SQL by column."""
        items = [computed.get(field.attname, "%s") for field in columns_of(self.model)]
        return f"INSERT INTO {head_of(self.model)} SELECT {', '.join(items)} FROM {source}"  # noqa: S608 - SQL of our own

    def parameters(self, *computed: str) -> list[Any]:
        """As the database of the connection takes them, without those that the statement computes."""
        return [
            prepared(field, self.values[field.attname] if field.attname in self.values else field.get_default())
            for field in columns_of(self.model)
            if field.attname not in computed
        ]


def insert_all(records: Sequence[models.Model]) -> tuple[str, list[Any]]:
    """One statement for records of one model that were made and not saved, and its parameters."""
    columns = columns_of(type(records[0]))
    holes = ", ".join(["({})".format(", ".join(["%s"] * len(columns)))] * len(records))
    parameters = [prepared(field, getattr(record, field.attname)) for record in records for field in columns]
    return f"INSERT INTO {head_of(type(records[0]))} VALUES {holes}", parameters  # noqa: S608 - names from the model


def prepared(field: models.Field, value: Any) -> Any:
    """As the database of the connection takes it. Texts and whole numbers are as they are, except in JSON."""
    if value.__class__ in AS_IT_IS and not isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, connection)


@cache
def head_of(model: type[models.Model]) -> str:
    names = ", ".join(str(field.column) for field in columns_of(model))
    return f"{model._meta.db_table} ({names})"


@cache
def columns_of(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)
