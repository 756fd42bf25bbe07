"""Loading the official tree of regions and published population values from tables, all or nothing."""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.places.models import Population, Region

DATA = Path(__file__).parent / "data"
REGION_COLUMNS = (
    "code",
    "name",
    "short_name",
    "name_en",
    "level",
    "unit_type",
    "parent_code",
    "urban_rural_class",
    "residents_committees",
    "village_committees",
    "other_units",
    "tile_row",
    "tile_column",
)
POPULATION_COLUMNS = ("code", "indicator", "reference_on", "value", "unit", "status", "source")
STATUSES = ("verified", "secondary", "derived")
LEVELS = list(Region.Level.values)


@dataclass(frozen=True)
class Row:
    """A line of a table: its number in the file and its cells by column."""

    line: int
    cells: dict[str, str]

    def complaint(self, column: str, what: str) -> str:
        return _("Line %(line)s, %(column)s: %(what)s") % {"line": self.line, "column": column, "what": what}


def read_table(path: Path, columns: tuple[str, ...]) -> tuple[list[Row], str]:
    """The rows of a CSV table and the source named in its comment lines.

    Refused: table_unreadable for a file that is no UTF-8 text, table_columns for a wrong header.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "table_unreadable", _("%(file)s cannot be read as UTF-8 text: %(error)s."), file=path.name, error=error
        ) from error
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    numbered = [(at, line) for at, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")]
    cells = list(csv.reader(line for _at, line in numbered))
    header = tuple(cells[0]) if cells else ()
    if header != columns:
        raise Refused(
            "table_columns",
            _("%(file)s does not have the columns of this table."),
            file=path.name,
            lines=list(column_complaints(header, columns)),
        )
    rows = [
        Row(at, dict(zip(columns, (cell.strip() for cell in values), strict=False)))
        for (at, _line), values in zip(numbered[1:], cells[1:], strict=True)
    ]
    return rows, source


def column_complaints(header: tuple[str, ...], columns: tuple[str, ...]) -> Iterator[str]:
    for name in columns:
        if name not in header:
            yield _("The column %(name)s is missing.") % {"name": name}
    for name in header:
        if name not in columns:
            yield _("The column %(name)s is not known here.") % {"name": name}
    if sorted(header) == sorted(columns):
        yield _("The columns must stand in this order: %(names)s.") % {"names": ", ".join(columns)}


@transaction.atomic
def load_regions(path: Path = DATA / "qingyuan-regions.csv", *, by: Any = None, at: datetime.datetime) -> int:
    """Load a tree of regions and return how many it has. Loading the same file again changes nothing.

    Refused: table_unreadable, table_columns, regions_wrong with one complaint per wrong cell.
    """
    rows, source = read_table(path, REGION_COLUMNS)
    complaints = list(region_complaints(rows))
    if complaints:
        raise Refused("regions_wrong", _("%(file)s was not loaded."), file=path.name, lines=complaints)
    known = Region.objects.in_bulk(field_name="code")
    loaded: dict[str, Region] = {}
    for row in rows:
        code = row.cells["code"]
        loaded[code] = saved_region(row, known.get(code) or Region(code=code), loaded, source)
    if rows:
        root = loaded[rows[0].cells["code"]]
        record_audit("regions.loaded", root, by=by, at=at, details={"file": path.name, "count": len(rows)})
    return len(rows)


def region_complaints(rows: list[Row]) -> Iterator[str]:
    """Everything that is wrong, cell by cell. A parent must stand above its children in the table."""
    levels: dict[str, int] = {}
    for row in rows:
        cells = row.cells
        if len(cells) < len(REGION_COLUMNS):
            yield row.complaint("-", _("some cells are missing."))
            continue
        if not (cells["code"].isascii() and cells["code"].isdigit() and len(cells["code"]) in {6, 9, 12}):
            yield row.complaint("code", _("%(value)s is no code of 6, 9 or 12 digits.") % {"value": cells["code"]})
        elif cells["code"] in levels:
            yield row.complaint("code", _("%(value)s stands here twice.") % {"value": cells["code"]})
        if not cells["name"]:
            yield row.complaint("name", _("the name is missing."))
        yield from choice_complaints(row)
        yield from parent_complaints(row, levels)
        yield from count_complaints(row)
        levels[cells["code"]] = LEVELS.index(cells["level"]) if cells["level"] in LEVELS else 0


def choice_complaints(row: Row) -> Iterator[str]:
    choices: tuple[tuple[str, list[str]], ...] = (
        ("level", LEVELS),
        ("unit_type", list(Region.UnitType.values)),
        ("urban_rural_class", ["", *Region.UrbanRural.values]),
    )
    for column, known in choices:
        if row.cells[column] not in known:
            values = {"value": row.cells[column] or "-", "known": ", ".join(filter(None, known))}
            yield row.complaint(column, _("%(value)s is not one of %(known)s.") % values)


def parent_complaints(row: Row, levels: dict[str, int]) -> Iterator[str]:
    parent, level = row.cells["parent_code"], row.cells["level"]
    if not parent:
        if levels:
            yield row.complaint("parent_code", _("only the first region may have no parent."))
    elif parent not in levels:
        yield row.complaint("parent_code", _("there is no region %(value)s above this line.") % {"value": parent})
    elif level in LEVELS and LEVELS.index(level) <= levels[parent]:
        yield row.complaint("parent_code", _("%(value)s is not a higher region.") % {"value": parent})


def count_complaints(row: Row) -> Iterator[str]:
    for column in REGION_COLUMNS[8:]:
        value = row.cells[column]
        if value and not (value.isascii() and value.isdigit() and len(value) <= 9):
            yield row.complaint(column, _("%(value)s is no whole number from 0.") % {"value": value})


def saved_region(row: Row, region: Region, loaded: dict[str, Region], source: str) -> Region:
    """The region with the row's content, written only when that changes something."""
    cells = row.cells
    parent = loaded.get(cells["parent_code"])
    values = {
        "name": cells["name"],
        "short_name": cells["short_name"] or cells["name"],
        "name_en": cells["name_en"],
        "level": cells["level"],
        "unit_type": cells["unit_type"],
        "parent_id": parent.pk if parent else None,
        "path": f"{parent.path if parent else ''}{cells['code']}/",
        "urban_rural_class": cells["urban_rural_class"],
        "residents_committee_count": whole_or_none(cells["residents_committees"]),
        "village_committee_count": whole_or_none(cells["village_committees"]),
        "other_unit_count": whole_or_none(cells["other_units"]),
        "tile_row": whole_or_none(cells["tile_row"]),
        "tile_column": whole_or_none(cells["tile_column"]),
        "source": source[:300],
    }
    if region.pk is None or any(getattr(region, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(region, name, value)
        region.save()
    return region


def whole_or_none(text: str) -> int | None:
    return int(text) if text else None


@transaction.atomic
def load_population(path: Path = DATA / "qingyuan-population.csv", *, at: datetime.datetime) -> int:
    """Load published population values and return how many. Refused as `load_regions`, with code population_wrong."""
    rows, _source = read_table(path, POPULATION_COLUMNS)
    regions = Region.objects.in_bulk(field_name="code")
    complaints = list(population_complaints(rows, regions))
    if complaints:
        raise Refused("population_wrong", _("%(file)s was not loaded."), file=path.name, lines=complaints)
    for row in rows:
        cells = row.cells
        Population.objects.update_or_create(
            region=regions[cells["code"]],
            indicator=cells["indicator"],
            reference_on=cells["reference_on"],
            source=cells["source"],
            defaults={"value": Decimal(cells["value"]), "unit": cells["unit"], "status": cells["status"]},
        )
    return len(rows)


def population_complaints(rows: list[Row], regions: dict[str, Region]) -> Iterator[str]:
    for row in rows:
        cells = row.cells
        if cells.get("code") not in regions:
            yield row.complaint("code", _("there is no region %(value)s.") % {"value": cells.get("code") or "-"})
        if not is_amount(cells.get("value", "")):
            yield row.complaint("value", _("%(value)s is no number from 0.") % {"value": cells.get("value") or "-"})
        if cells.get("status") not in STATUSES:
            values = {"value": cells.get("status") or "-", "known": ", ".join(STATUSES)}
            yield row.complaint("status", _("%(value)s is not one of %(known)s.") % values)


def is_amount(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount < 10**12
