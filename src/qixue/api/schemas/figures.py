"""Figures and the records behind them."""

from ninja import Schema
from pydantic import ConfigDict, Field

from qixue.api.schemas.parts import Text
from qixue.core.figures import EvidenceRow
from qixue.figures.queries import number


class Unit(Schema):
    code: str
    zh: str
    en: str


class Period(Schema):
    """Days or reduced dates as the source gives them; `to` is null where it states no end."""

    model_config = ConfigDict(populate_by_name=True)

    start: str = Field(alias="from")
    to: str | None
    quote: str


class Lines(Schema):
    zh: list[str]
    en: list[str]


class Issue(Schema):
    quote: str
    zh: str
    en: str


class StatementOut(Schema):
    """A figure with its rule and its hedge. Decimals travel as text. Withheld: too few people for everybody to know."""

    code: str
    definition: str
    rule_version: int
    dimensions: dict[str, str]
    name: Text
    rule: Text
    unit: Unit
    value: int | str | None
    qualifier: str | None
    lower_exclusive: int | str | None
    upper_exclusive_by_usage: int | str | None
    text: Text | None
    period: Period
    as_of: str | None
    status: str
    is_printed: bool
    is_withheld: bool
    quotes: list[str]
    notes: Lines
    issues: list[Issue]
    left_out: list[str]


class FigureOut(StatementOut):
    """A figure with the ids of its evidence and a digest that changes when a record behind it does."""

    evidence: list[str]
    evidence_digest: str


class EvidenceOut(Schema):
    """One record behind a figure. `quote` is the wording of a document, or a note of staff for those who may see it."""

    id: str
    title: str
    value: int | str | None
    qualifier: str | None
    unit: str | None
    occurred_on: str
    place: str
    source: str
    quote: str
    digest: str
    session_id: int | None

    @classmethod
    def of(cls, row: EvidenceRow, *, with_notes: bool) -> "EvidenceOut":
        """A note of staff may name somebody; the wording of a document, which belongs to no session, is public."""
        quantity = row.quantity
        return cls(
            id=row.id,
            title=row.title,
            value=number(quantity.value) if quantity else None,
            qualifier=quantity.qualifier if quantity else None,
            unit=quantity.unit.code if quantity else None,
            occurred_on=row.occurred_on,
            place=row.place,
            source=str(row.source),
            quote=row.quote if with_notes or row.session_id is None else "",
            digest=row.digest,
            session_id=row.session_id,
        )
