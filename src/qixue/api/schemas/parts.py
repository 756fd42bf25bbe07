"""What goes in and out, common parts: bounded numbers, checked text, references and pages."""

import datetime
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, TextChoices
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from qixue.core.clock import SHANGHAI
from qixue.core.fields import plain_text_validator

HIGHEST_ID = 2**63 - 1
LONGEST_PAGE, HIGHEST_PAGE = 200, 100_000
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"


def visible(value: str) -> str:
    try:
        plain_text_validator(value)
    except ValidationError:
        raise PydanticCustomError("invisible", "invisible control characters") from None
    return value


def iso_day(value: Any) -> Any:
    """Only the full form with ASCII digits; pydantic alone would also take a number of seconds for a day."""
    is_iso = isinstance(value, str) and value.isascii() and len(value) == 10 and value[4] == value[7] == "-"
    if not is_iso:
        raise PydanticCustomError("day", "not a day")
    return value


def ascii_number(value: Any) -> Any:
    """A whole number from an address; full-width digits, signs, points and spaces are mistakes there."""
    if not (isinstance(value, int) or (value.isascii() and value.isdigit() and len(value) <= 19)):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


def choice(choices: type[TextChoices]) -> WithJsonSchema:
    """The values spelt out in place: several of our enumerations share a name, and the document keeps one of each."""
    return WithJsonSchema({"type": "string", "enum": list(choices.values)})


PlainText = AfterValidator(visible)
Code = Annotated[str, Field(max_length=60, pattern=CODE)]
RegionCode = Annotated[str, Field(min_length=2, max_length=12, pattern=r"^[0-9]+$")]
Id = Annotated[int, Field(ge=1, le=HIGHEST_ID), BeforeValidator(ascii_number)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), PlainText]
Day = Annotated[datetime.date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(iso_day)]
Moment = Annotated[datetime.datetime, AfterValidator(lambda moment: moment.astimezone(SHANGHAI))]


class Text(BaseModel):
    """One text in both languages; `en` is empty where nobody wrote an English one."""

    zh: str
    en: str


class ErrorDetail(BaseModel):
    field: str
    code: str
    message: str


class Error(BaseModel):
    code: str
    message: str
    details: list[ErrorDetail]


class PageQuery(BaseModel):
    page: Annotated[int, Field(ge=1, le=HIGHEST_PAGE), BeforeValidator(ascii_number)] = 1
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE), BeforeValidator(ascii_number)] = 50

    @property
    def span(self) -> slice:
        first = (self.page - 1) * self.limit
        return slice(first, first + self.limit)


class Named(BaseModel):
    """A reference to another record."""

    code: str
    name: Text

    @classmethod
    def of(cls, record: Any) -> "Named | None":
        return Named(code=record.code, name=Text(zh=record.name, en=record.name_en)) if record else None


Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A part of a list; `count` is the length of the whole."""

    items: list[Item]
    count: int
    page: int
    limit: int


def page_of(rows: QuerySet[Any], wanted: PageQuery, convert: Callable[[Any], Any]) -> dict[str, Any]:
    """The wanted page of an ordered query."""
    return {
        "page": wanted.page,
        "limit": wanted.limit,
        "count": rows.count(),
        "items": [convert(row) for row in rows[wanted.span]],
    }
