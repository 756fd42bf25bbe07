"""The rows of a sheet as lines of a plan: every cell that cannot be taken is named, with row, column and reason."""

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from qixue.core.clock import local_moment
from qixue.core.fields import FORBIDDEN_CHARACTERS
from qixue.core.money import parse_yuan
from qixue.core.typed import half_width, has_identity_number, parse_day, parse_time, parse_whole_number
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import Activity, Brand, Programme, Session
from qixue.programme.operations.plan_lines import PlanLineDetails
from qixue.programme.operations.seat_counts import MOST_SEATS
from qixue.programme.plan_columns import BY_NAME, COLUMNS, NO, TITLES, YES
from qixue.programme.sheet_guard import MOST_ROWS, Cell, SheetContent

LONGEST_TEXT, LONGEST_DESCRIPTION = 100, 2000
LONGEST_NUMBER = 15  # digits; a spreadsheet silently changes longer ones
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a cell or, without a row, with the sheet, in words that are translated when they are read."""

    text: str
    row: int | None = None
    column: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def what(self) -> str:
        return gettext(self.text) % self.params

    @property
    def sentence(self) -> str:
        if self.row is None:
            return self.what
        values = {"line": self.row, "column": self.column, "what": self.what}
        return gettext("Row %(line)s, %(column)s: %(what)s") % values


@dataclass
class PlanRows:
    """The lines that could be read, and everything that could not."""

    lines: list[PlanLineDetails] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What the codes and words of cells may stand for, looked up once for the whole sheet."""

    brands: dict[str, Brand]
    venues: dict[str, Venue]
    rooms: dict[tuple[int, str], Room]
    regions: dict[str, Region]
    kinds: dict[str, str]
    audiences: dict[str, str]
    counting_rules: dict[str, str]


def known_to(programme: Programme) -> Known:
    places = Region.objects.filter(path__startswith=programme.region.path)
    return Known(
        brands={brand.code: brand for brand in programme.brands.all()},
        venues={venue.code: venue for venue in Venue.objects.filter(is_group=False)},
        rooms={(room.venue_id, room.code): room for room in Room.objects.all()},
        regions={region.code: region for region in places},
        kinds=words(Activity.Kind.choices),
        audiences=words(Activity.Audience.choices),
        counting_rules=words(Session.CountingRule.choices),
    )


def words(choices: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """A choice by its code or its name, Chinese or English: sheet and reader may differ in language."""
    pairs = list(choices)
    found = {str(code): str(code) for code, _label in pairs}
    for language in ("zh-hans", "en"):
        with override(language):
            found.update({str(label): str(code) for code, label in pairs})
    return found


def read_rows(
    content: SheetContent, programme: Programme, *, checked: Callable[[int], None] = lambda count: None
) -> PlanRows:
    """The plan in a sheet. `checked` is told after each row how many have been looked at."""
    result = PlanRows(complaints=complaints_about(content))
    if result.complaints:
        return result
    names = [TITLES.get(title, "") for title in titles_of(content)]
    known = known_to(programme)
    for number, row in enumerate(content.rows[1:], start=2):
        cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
        if any(cells.values()):
            reader = RowReader(number, cells, result.complaints)
            if line := line_of(reader, known):
                result.lines.append(line)
        checked(number - 1)
    if not result.lines and not result.complaints:
        result.complaints.append(Complaint(_("The sheet has no rows below its header.")))
    return result


def titles_of(content: SheetContent) -> list[str]:
    header = content.rows[0] if content.rows else ()
    return [str(cell.value).strip().lstrip("*").strip() if cell else "" for cell in header]


def complaints_about(content: SheetContent) -> list[Complaint]:
    """What is wrong with the sheet as a whole."""
    titles = titles_of(content)
    names = {TITLES[title] for title in titles if title in TITLES}
    found = [
        Complaint(_("Please take the merged cells apart: %(area)s."), params={"area": area}) for area in content.merged
    ]
    found += [
        Complaint(_("The column %(name)s is missing."), params={"name": column.title})
        for column in COLUMNS
        if column.is_required and column.name not in names
    ]
    found += [
        Complaint(_("The column %(name)s is not known here."), params={"name": title})
        for title in titles
        if title and title not in TITLES
    ]
    if len(content.rows) > MOST_ROWS + 1:
        found.append(Complaint(_("The sheet has more than %(most)s rows."), params={"most": MOST_ROWS}))
    return found


def line_of(reader: "RowReader", known: Known) -> PlanLineDetails | None:
    """The row as a line of the plan; None when a cell of it was complained about."""
    before = len(reader.complaints)
    title, kind = reader.text("title"), reader.choice("kind", known.kinds)
    day, start, end = reader.day("day"), reader.time("start"), reader.time("end")
    venue = reader.record("venue", known.venues)
    is_online = reader.truth("is_online")
    if start and end and end <= start:
        reader.complain("end", _("the end must come after the start."))
    if is_online and venue:
        reader.complain("is_online", _("a session is either online or at a venue."))
    if not is_online and "venue" not in reader.wrong and venue is None:
        reader.complain("venue", _("please give a venue, or 是 under 线上."))
    details = {
        "audience": reader.choice("audience", known.audiences) or Activity.Audience.EVERYBODY,
        "brand": reader.record("brand", known.brands),
        "topic": reader.text("topic"),
        "speaker": reader.text("speaker"),
        "region": reader.record("region", known.regions),
        "room": reader.room(venue, known.rooms),
        "seat_count": reader.number("seats", least=1, most=MOST_SEATS),
        "counting_rule": reader.choice("counting_rule", known.counting_rules) or Session.CountingRule.LIST_AND_OTHERS,
        "expected_attendance": reader.number("expected", least=0),
        "budget_fen": reader.money("budget"),
        "is_flagship": reader.truth("is_flagship"),
        "description": reader.text("description", longest=LONGEST_DESCRIPTION),
        "key": reader.key("key"),
    }
    if len(reader.complaints) > before or not (day and start and end):
        return None
    starts_at, ends_at = local_moment(day, start), local_moment(day, end)
    return PlanLineDetails(
        title=title, kind=kind, starts_at=starts_at, ends_at=ends_at, venue=venue, is_online=is_online, **details
    )


class RowReader:
    """Reads the cells of one row and complains with row and column about those it cannot take."""

    def __init__(self, row: int, cells: dict[str, Cell | None], complaints: list[Complaint]) -> None:
        self.row = row
        self.cells = cells
        self.complaints = complaints
        self.wrong: set[str] = set()

    def complain(self, name: str, what: str, **params: Any) -> None:
        self.wrong.add(name)
        self.complaints.append(Complaint(what, self.row, BY_NAME[name].title, params))

    def cell(self, name: str) -> Cell | None:
        """The cell; formulas, errors, spoilt numbers and those of identity cards are refused."""
        cell = self.cells.get(name)
        if cell is None:
            if BY_NAME[name].is_required:
                self.complain(name, _("this is missing."))
            return None
        if cell.kind == "f":
            self.complain(name, _("please write the value, not a formula."))
            return None
        if cell.kind == "x":
            self.complain(name, _("%(value)s is an error of the spreadsheet."), value=cell.value)
            return None
        if has_identity_number(str(cell.value)):
            self.complain(name, _("please leave out identity numbers: nothing here needs one."))
            return None
        if cell.kind == "n" and not abs(cell.value) < 10**LONGEST_NUMBER:
            self.complain(name, _("a number of more than 15 digits loses its end in a sheet; please write it as text."))
            return None
        return cell

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        cell = self.cell(name)
        text = str(cell.value).strip() if cell else ""
        if len(text) > longest:
            self.complain(name, _("at most %(limit)s characters fit here."), limit=longest)
        if FORBIDDEN_CHARACTERS.search(text):
            self.complain(name, _("please remove the invisible control characters."))
        return text

    def code(self, name: str) -> str:
        """A code as text: a spreadsheet makes 441826105 a number."""
        cell = self.cell(name)
        if cell is None:
            return ""
        whole = cell.kind == "n" and cell.value == int(cell.value)
        return half_width(str(int(cell.value) if whole else cell.value))

    def choice(self, name: str, known: dict[str, str]) -> str:
        text = self.text(name)
        if text and text not in known:
            choices = "、".join(word for word, code in known.items() if word != code and not word.isascii())
            self.complain(name, _("%(value)s is not one of %(known)s."), value=text, known=choices)
        return known.get(text, "")

    def record(self, name: str, known: dict[str, Any]) -> Any:
        code = self.code(name)
        if code and code not in known:
            self.complain(name, _("there is nothing with the code %(value)s."), value=code)
        return known.get(code)

    def room(self, venue: Venue | None, known: dict[tuple[int, str], Room]) -> Room | None:
        code = self.code("room")
        found = known.get((venue.pk, code)) if venue and code else None
        if code and found is None and "venue" not in self.wrong:
            self.complain("room", _("this venue has no room %(value)s."), value=code)
        return found

    def day(self, name: str) -> datetime.date | None:
        cell = self.cell(name)
        if cell is None or (day := parse_day(str(cell.value))) is not None:
            return day if cell else None
        self.complain(name, _("%(value)s is no day; please write 2026-11-25."), value=cell.value)
        return None

    def time(self, name: str) -> datetime.time | None:
        cell = self.cell(name)
        if cell is None or (time := parse_time(str(cell.value))) is not None:
            return time if cell else None
        self.complain(name, _("%(value)s is no time; please write 9:30."), value=cell.value)
        return None

    def number(self, name: str, *, least: int, most: int = MOST_PEOPLE) -> int | None:
        cell = self.cell(name)
        if cell is None:
            return None
        number = int(cell.value) if cell.kind == "n" and cell.value == int(cell.value) else None
        number = parse_whole_number(str(cell.value)) if cell.kind == "s" else number
        if number is None or number < least:
            self.complain(name, _("%(value)s is no whole number from %(least)s."), value=cell.value, least=least)
            return None
        if number > most:
            self.complain(name, _("%(value)s is too many; %(most)s at most."), value=cell.value, most=most)
            return None
        return number

    def money(self, name: str) -> int | None:
        cell = self.cell(name)
        if cell is None or (fen := parse_yuan(str(cell.value))) is not None:
            return fen if cell else None
        self.complain(name, _("%(value)s is no sum in yuan; please write 1200 or 1200.50."), value=cell.value)
        return None

    def truth(self, name: str) -> bool:
        cell = self.cell(name)
        if cell is None or cell.kind == "b":
            return bool(cell and cell.value)
        text = str(cell.value).strip()
        if text not in (YES, NO):
            self.complain(name, _("%(value)s is neither 是 nor 否."), value=text)
        return text == YES

    def key(self, name: str) -> uuid.UUID | None:
        text = self.text(name)
        try:
            return uuid.UUID(text) if text else None
        except ValueError:
            self.complain(name, _("please leave this as it was written out, or empty."))
            return None
