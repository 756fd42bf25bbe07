"""INSERT statements written from the models, for the few acts that cannot afford the way through the ORM.

Every column of the model is written: one that is not named gets the model's own default, so that a new column is in
the statement from the day on which it is in the model.
"""

import datetime
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from pydantic_core import to_json

from qixue.core.statements import vendor

Record = TypeVar("Record", bound=models.Model)
# Of these a value goes to the database as it is.
PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
KNOWN_TO_JSON = (*PLAIN, models.ForeignKey, models.DateTimeField, models.UUIDField, models.JSONField)
NOTHING: Mapping[str, None] = {}


class Insert:
    """One row to be. Values are given by the names of their columns, as the model takes them."""

    def __init__(self, model: type[models.Model], **values: Any) -> None:
        self.model, self.values = model, values

    def from_row(self, source: str, **computed: str) -> str:
        """The same from a row of `source`, for use in a larger statement; `computed` are SQL by column."""
        items = [computed.get(field.attname, "%s") for field in columns_of(self.model)]
        return f"INSERT INTO {head_of(self.model)} SELECT {', '.join(items)} FROM {source}"  # noqa: S608 - SQL of our own

    def parameters(self, *computed: str) -> list[Any]:
        """As the database of the connection takes them, without those that the statement computes."""
        values = self.values
        return [
            prepare(values[field.attname] if field.attname in values else field.get_default())
            for field, prepare in prepared_columns(self.model, vendor())
            if field.attname not in computed
        ]


def made(model: type[Record], related: Mapping[str, models.Model | None] = NOTHING, /, **values: Any) -> Record:
    """A record that is not saved, of values by the names of their columns; the others get the model's own defaults.

    `related` are the records that it points at, by the names of their fields; they are not asked for again.
    The record is as the model's own constructor leaves it, without the time that one takes; no signal tells of it.
    Raises TypeError for a name that is no column.
    """
    defaults, makers = defaults_of(model)
    row, keys = defaults | values, keys_of(model)
    for name, other in related.items():
        column, key = keys[name]
        row[column] = getattr(other, key) if other else None
    if len(row) > len(defaults):
        raise TypeError(f"{model.__name__} has no {', '.join(values.keys() - defaults.keys())}.")
    for name, make in makers:
        if name not in values:
            row[name] = make()
    record = model.__new__(model)
    state = ModelState()
    state.fields_cache = dict(related)
    record.__dict__ = row
    record._state = state
    return record


def as_read(model: type[Record], names: Sequence[str], values: Sequence[Any]) -> Record:
    """A record of columns that were read by hand, as Django's own `from_db` leaves it; the others are read when asked
    for.
    """
    record = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    record.__dict__.update(zip(names, values, strict=True), _state=state)
    return record


def insert_many(records: Sequence[models.Model]) -> None:
    """Write the rows of records of one model that were made and not saved. What keys they get is not known.

    PostgreSQL takes them as a copy, which costs it a fifth of one INSERT for each.
    """
    if not records:
        return
    model, rows = type(records[0]), rows_of(records)
    with connection.cursor() as cursor:
        if vendor() != "postgresql":
            cursor.executemany(statement_of(model), rows)
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {head_of(model)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def insert_new(records: Sequence[models.Model], column: str) -> set[Any]:
    """Write those records of one model, made and not saved, that no constraint forbids; with the values of a column
    of those that were written.
    """
    text, parameters = insert_all(records)
    with connection.cursor() as cursor:
        cursor.execute(f"{text} ON CONFLICT DO NOTHING RETURNING {column}", parameters)
        return {value for (value,) in cursor.fetchall()}


def insert_all(records: Sequence[models.Model]) -> tuple[str, list[Any]]:
    """One statement for records of one model that were made and not saved, and its parameter.

    All rows are one JSON document: a text that is the same for any number of them is read and planned once for each
    connection. Raises TypeError for a model with a field whose values JSON does not know.
    """
    model = type(records[0])
    if vendor() == "postgresql":
        read, _changes = reading_of(model, vendor())
        names = [field.column for field in columns_of(model)]
        rows: list[Any] = [dict(zip(names, read(record.__dict__), strict=True)) for record in records]
    else:
        rows = rows_of(records)
    return insertion_of(model, vendor()), [to_json(rows).decode()]


def rows_of(records: Sequence[models.Model]) -> list[list[Any]]:
    """As the database of the connection takes them."""
    read, changes = reading_of(type(records[0]), vendor())
    rows = [list(read(record.__dict__)) for record in records]
    for place, prepare in changes:
        for row in rows:
            row[place] = prepare(row[place])
    return rows


def prepared(model: type[models.Model], name: str, value: Any) -> Any:
    """The value of a column as the database of the connection takes it, for use in a statement."""
    return preparations_of(model, vendor())[name](value)


@cache
def preparations_of(model: type[models.Model], vendor: str) -> dict[str, Callable[[Any], Any]]:
    return {field.name: prepare for field, prepare in prepared_columns(model, vendor)}


@cache
def columns_of(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def defaults_of(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The default of each column, in their order; and those that are made anew for each record."""
    fields = model._meta.concrete_fields
    made_anew = [field for field in fields if field.has_default() and callable(field.default)]
    return (
        {field.attname: None if field in made_anew else field.get_default() for field in fields},
        [(field.attname, field.get_default) for field in made_anew],
    )


@cache
def keys_of(model: type[models.Model]) -> dict[str, tuple[str, str]]:
    """By the name of each foreign key its attribute, and that of the other record which it holds."""
    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return {field.name: (field.attname, field.target_field.attname) for field in keys}


@cache
def head_of(model: type[models.Model]) -> str:
    names = ", ".join(str(field.column) for field in columns_of(model))
    return f"{model._meta.db_table} ({names})"


@cache
def insertion_of(model: type[models.Model], vendor: str) -> str:
    """That of `insert_all`; something that begins with ON CONFLICT or RETURNING may follow."""
    if strange := [field.name for field in columns_of(model) if not isinstance(field, KNOWN_TO_JSON)]:
        raise TypeError(f"JSON does not know the values of {', '.join(strange)}.")
    if vendor == "postgresql":
        names = ", ".join(str(field.column) for field in columns_of(model))
        source = f"json_populate_recordset(NULL::{model._meta.db_table}, %s)"
        return f"INSERT INTO {head_of(model)} SELECT {names} FROM {source}"  # noqa: S608 - names from the model
    values = ", ".join(f"value ->> {place}" for place in range(len(columns_of(model))))
    return f"INSERT INTO {head_of(model)} SELECT {values} FROM json_each(%s) WHERE TRUE"  # noqa: S608 - as above


@cache
def statement_of(model: type[models.Model]) -> str:
    """With one placeholder for each column."""
    holes = ", ".join(["%s"] * len(columns_of(model)))
    return f"INSERT INTO {head_of(model)} VALUES ({holes})"  # noqa: S608 - names from the model


@cache
def reading_of(
    model: type[models.Model], vendor: str
) -> tuple[Callable[[dict[str, Any]], tuple[Any, ...]], list[tuple[int, Callable[[Any], Any]]]]:
    """What reads the columns from a record's attributes; and those, by place, whose values are not written as is."""
    columns = prepared_columns(model, vendor)
    changes = [(place, prepare) for place, (_field, prepare) in enumerate(columns) if prepare is not as_it_is]
    return itemgetter(*[field.attname for field, _prepare in columns]), changes


@cache
def prepared_columns(model: type[models.Model], _vendor: str) -> tuple[tuple[models.Field, Callable[[Any], Any]], ...]:
    """The columns, and what makes of a value what the database of the connection takes."""
    return tuple((field, preparation_of(field)) for field in columns_of(model))


def preparation_of(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.ForeignKey):
        return preparation_of(field.target_field)
    if isinstance(field, PLAIN):
        return as_it_is
    if isinstance(field, models.DateTimeField):
        return as_it_is if vendor() == "postgresql" else in_utc
    if isinstance(field, models.UUIDField):
        return as_it_is if connection.features.has_native_uuid_field else in_hexadecimal
    if isinstance(field, models.JSONField) and field.encoder is None and vendor() == "sqlite":
        return as_json
    return lambda value: field.get_db_prep_save(value, connection)


def as_it_is(value: Any) -> Any:
    return value


def as_json(value: Any) -> str | None:
    """As Django writes it: SQLite compares whole values as texts, and what one way refuses the other must not take."""
    return None if value is None else json.dumps(value)


@lru_cache(maxsize=2_000)  # the moment of a request stands in most of its rows, that of a scan in two
def in_utc(moment: datetime.datetime | None) -> str | None:
    """As Django writes it, in a quarter of the time."""
    return moment.astimezone(datetime.UTC).isoformat(" ").removesuffix("+00:00") if moment else None


def in_hexadecimal(value: uuid.UUID | None) -> str | None:
    return value.hex if value else None
