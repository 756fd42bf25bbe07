"""A plan that an organisation sends as a sheet: read safely, checked cell by cell, taken over whole or not at all."""

import datetime
import io
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from qixue.core.clock import local_moment
from qixue.core.fields import FORBIDDEN_CHARACTERS
from qixue.core.refusal import Refused
from qixue.core.typed import parse_day, parse_time, parse_whole_number
from qixue.people.models import Organisation, User
from qixue.places.models import Venue
from qixue.programme.models import Activity, Brand, Programme, Session
from qixue.programme.operations.activities import ActivityDetails, create_activity
from qixue.programme.operations.sessions import SessionDetails, add_session

# Header of the sheet -> name in code. English headers are taken as well.
COLUMNS = {
    "活动名称": "title",
    "类型": "kind",
    "适合人群": "audience",
    "品牌代码": "brand",
    "日期": "day",
    "开始": "start",
    "结束": "end",
    "场地代码": "venue",
    "座位": "seats",
    "主题": "topic",
    "主讲": "speaker",
}
ENGLISH = {name.title().replace("_", " "): name for name in COLUMNS.values()}
REQUIRED = ("title", "kind", "day", "start", "end", "venue")
LARGEST_FILE, LARGEST_CONTENT, MOST_MEMBERS, HIGHEST_RATIO = (
    10 * 2**20,
    50 * 2**20,
    200,
    100,
)  # bytes, bytes, files, times
MOST_ROWS, MOST_COLUMNS = 2000, 40
# What zipfile, the XML readers and openpyxl raise for files that were damaged or made to hurt.
UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
LONGEST_TEXT = 100
LONGEST_NUMBER = 15  # digits; a spreadsheet silently changes longer ones


@dataclass(frozen=True)
class PlanRow:
    """One session of the plan; rows with one title belong to one activity."""

    line: int
    activity: ActivityDetails
    session: SessionDetails


@dataclass(frozen=True)
class Plan:
    rows: tuple[PlanRow, ...]

    @property
    def titles(self) -> list[str]:
        return list(dict.fromkeys(row.activity.title for row in self.rows))


def read_plan(data: bytes, programme: Programme) -> Plan:
    """The plan in a sheet.

    Refused: sheet_unsafe, sheet_unreadable, sheet_columns, sheet_wrong (one complaint per wrong cell).
    """
    check_archive(data)
    lines = read_lines(data)
    header = [str(cell.value or "").strip().lstrip("*") for cell in lines[0]] if lines else []
    names = column_names(header)
    complaints: list[str] = []
    rows = []
    for at, line in enumerate(lines[1:], start=2):
        values = {name: cell for name, cell in zip(names, line, strict=False) if name}
        if any(cell.value not in (None, "") for cell in values.values()):
            rows.append(checked_row(at, values, programme, complaints))
    if not rows:
        complaints.append(_("The sheet has no rows below its header."))
    if len(rows) > MOST_ROWS:
        complaints.append(_("The sheet has more than %(most)s rows.") % {"most": MOST_ROWS})
    if complaints:
        raise Refused("sheet_wrong", _("The sheet was not taken over."), lines=complaints)
    return Plan(tuple(row for row in rows if row))


def read_lines(data: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet, row by row. Refused: sheet_unreadable."""
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        return list(workbook.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))
    except UNREADABLE as error:
        raise Refused("sheet_unreadable", _("This file is no .xlsx sheet that can be read.")) from error


def check_archive(data: bytes) -> None:
    """Nothing is unpacked that was made to hurt. Refused: sheet_unsafe, sheet_unreadable."""
    if len(data) > LARGEST_FILE:
        raise Refused("sheet_unsafe", _("The file is larger than 10 MB."))
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise Refused("sheet_unreadable", _("This file is no .xlsx sheet that can be read.")) from error
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > MOST_MEMBERS or size > LARGEST_CONTENT or size / packed > HIGHEST_RATIO:
        raise Refused("sheet_unsafe", _("This file unpacks to far more than a plan needs."))
    if any("vbaproject" in member.filename.lower() for member in members):
        raise Refused("sheet_unsafe", _("This file has macros; please save it as .xlsx without them."))
    if any("externallinks/" in member.filename.lower() for member in members):
        raise Refused("sheet_unsafe", _("This file links to other files; please send values only."))


def column_names(header: list[str]) -> list[str]:
    """The code names of the columns in their order. Refused: sheet_columns, naming what is missing or unknown."""
    known = {**COLUMNS, **ENGLISH}
    names = [known.get(title, "") for title in header]
    complaints = [
        _("The column %(name)s is missing.") % {"name": title}
        for title, name in COLUMNS.items()
        if name in REQUIRED and name not in names
    ]
    complaints += [
        _("The column %(name)s is not known here.") % {"name": title}
        for title, name in zip(header, names, strict=True)
        if title and not name
    ]
    if complaints:
        raise Refused("sheet_columns", _("The sheet does not have the columns of a plan."), lines=complaints)
    return names


def checked_row(at: int, cells: dict[str, Any], programme: Programme, complaints: list[str]) -> PlanRow | None:
    """The row as activity and session; what is wrong goes to the complaints, with row and column."""
    before = len(complaints)
    reader = RowReader(at, cells, complaints)
    title, kind = reader.text("title"), reader.choice("kind", Activity.Kind.choices)
    audience = reader.choice("audience", Activity.Audience.choices) or Activity.Audience.EVERYBODY
    brand = reader.record("brand", Brand.objects.filter(programmes=programme))
    venue = reader.record("venue", Venue.objects.filter(is_group=False))
    day, start, end = reader.day(), reader.time("start"), reader.time("end")
    seats = reader.seats()
    if start and end and end <= start:
        reader.complain("end", _("the end must come after the start."))
    if len(complaints) > before or not (day and start and end):
        return None
    session = SessionDetails(
        starts_at=local_moment(day, start),
        ends_at=local_moment(day, end),
        counting_rule=Session.CountingRule.LIST_AND_OTHERS,
        venue=venue,
        topic=reader.text("topic"),
        speaker=reader.text("speaker"),
        seat_count=seats,
    )
    return PlanRow(at, ActivityDetails(title=title, kind=kind, audience=audience, brand=brand), session)


class RowReader:
    """Reads the cells of one row and complains with row and column about those it cannot take."""

    def __init__(self, line: int, cells: dict[str, Any], complaints: list[str]) -> None:
        self.line = line
        self.cells = cells
        self.complaints = complaints

    def complain(self, name: str, what: str) -> None:
        title = next(title for title, known in COLUMNS.items() if known == name)
        values = {"line": self.line, "column": title, "what": what}
        self.complaints.append(_("Row %(line)s, %(column)s: %(what)s") % values)

    def value(self, name: str) -> Any:
        """The cell's content; formulas and numbers that a spreadsheet has already spoilt are refused."""
        cell = self.cells.get(name)
        value = cell.value if cell is not None else None
        if cell is not None and getattr(cell, "data_type", "") == "f":
            self.complain(name, _("please write the value, not a formula."))
            return None
        if isinstance(value, int | float) and not abs(value) < 10**LONGEST_NUMBER:  # also what is no number at all
            self.complain(name, _("a number of more than 15 digits loses its end in a sheet; please write it as text."))
            return None
        if value in (None, "") and name in REQUIRED:
            self.complain(name, _("this is missing."))
        return value

    def text(self, name: str) -> str:
        text = str(self.value(name) or "").strip()
        if len(text) > LONGEST_TEXT:
            self.complain(name, _("at most %(limit)s characters fit here.") % {"limit": LONGEST_TEXT})
        if FORBIDDEN_CHARACTERS.search(text):
            self.complain(name, _("please remove the invisible control characters."))
        return text

    def choice(self, name: str, choices: list[tuple[str, Any]]) -> str:
        """A choice by its code or its name, Chinese or English: sheet and reader may differ in language."""
        text = str(self.value(name) or "").strip()
        known = {str(code): str(code) for code, _label in choices}
        for language in ("zh-hans", "en"):
            with override(language):
                known.update({str(label): str(code) for code, label in choices})
        if text and text not in known:
            values = {"value": text, "known": "、".join(str(label) for _code, label in choices)}
            self.complain(name, _("%(value)s is not one of %(known)s.") % values)
        return known.get(text, "")

    def record(self, name: str, records: Any) -> Any:
        code = str(self.value(name) or "").strip()
        found = records.filter(code=code).first() if code else None
        if code and found is None:
            self.complain(name, _("there is nothing with the code %(value)s.") % {"value": code})
        return found

    def day(self) -> datetime.date | None:
        value = self.value("day")
        text = value.date().isoformat() if isinstance(value, datetime.datetime) else str(value or "")
        if text and (day := parse_day(text)) is not None:
            return day
        if value not in (None, ""):
            self.complain("day", _("%(value)s is no day; please write 2026-11-25.") % {"value": value})
        return None

    def time(self, name: str) -> datetime.time | None:
        value = self.value(name)
        if isinstance(value, datetime.time):
            return value
        if value not in (None, "") and (time := parse_time(str(value))) is not None:
            return time
        if value not in (None, ""):
            self.complain(name, _("%(value)s is no time; please write 9:30.") % {"value": value})
        return None

    def seats(self) -> int | None:
        value = self.value("seats")
        if value in (None, ""):
            return None
        number = value if isinstance(value, int) else parse_whole_number(str(value))
        if number is None or not 1 <= number <= 100_000:
            self.complain("seats", _("%(value)s is no number of seats from 1.") % {"value": value})
            return None
        return number


@transaction.atomic
def import_plan(
    plan: Plan,
    programme: Programme,
    *,
    organisation: Organisation,
    by: User | None,
    at: datetime.datetime,
    key: uuid.UUID,
) -> list[Activity]:
    """Draft the plan's activities with their sessions, all or nothing; the same `key` again changes nothing."""
    activities: dict[str, Activity] = {}
    for title in plan.titles:
        rows = [row for row in plan.rows if row.activity.title == title]
        activities[title] = create_activity(
            programme,
            organisation=organisation,
            details=rows[0].activity,
            by=by,
            at=at,
            client_uuid=uuid.uuid5(key, title),
        )
        if activities[title].sessions.exists():  # this plan was taken over before
            continue
        for number, row in enumerate(rows, start=1):
            add_session(activities[title], details=row.session, number=number, by=by, at=at, confirmed=True)
    return list(activities.values())
