"""The sheet on which organisations write a plan: header, drop-downs, the lines there are, a page that explains it."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from qixue.core.clock import SHANGHAI
from qixue.core.money import yuan_text
from qixue.places.models import Region, Room, Venue
from qixue.programme.models import Activity, PlanLine, Programme, Session
from qixue.programme.plan_columns import COLUMNS, NO, YES, Column

LAST_ROW = 2000
CHOICES = {
    "kind": Activity.Kind,
    "audience": Activity.Audience,
    "counting_rule": Session.CountingRule,
}


def plan_sheet(programme: Programme, lines: Iterable[PlanLine] = ()) -> bytes:
    """An .xlsx with the lines of a plan, or none; what it says can be changed and taken over again.

    Codes of venues, rooms, brands and towns stand on the second page.
    """
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    plan, guide = workbook.add_worksheet("方案"), workbook.add_worksheet("填写说明")
    head = workbook.add_format({"bold": True, "bg_color": "#F2EDE4", "border": 1, "text_wrap": True, "valign": "top"})
    text = workbook.add_format({"num_format": "@"})
    for number, column in enumerate(COLUMNS):
        plan.write_string(0, number, f"*{column.title}" if column.is_required else column.title, head)
        plan.set_column(number, number, column.width, text)
        offer(plan, number, column)
    for row, line in enumerate(lines, start=1):
        for number, column in enumerate(COLUMNS):
            plan.write_string(row, number, cell_text(line, column.name))
    plan.freeze_panes(1, 1)
    write_guide(guide, programme, head)
    workbook.close()
    return output.getvalue()


def offer(sheet: Any, number: int, column: Column) -> None:
    """Let a column be filled in from a list."""
    if column.name in CHOICES:
        source = [str(label) for _code, label in CHOICES[column.name].choices]
    elif column.name in {"is_online", "is_flagship"}:
        source = [YES, NO]
    else:
        return
    sheet.data_validation(1, number, LAST_ROW, number, {"validate": "list", "source": source})


def cell_text(line: PlanLine, name: str) -> str:
    """What a line says in a column, as the sheet is read again."""
    starts, ends = line.starts_at.astimezone(SHANGHAI), line.ends_at.astimezone(SHANGHAI)
    texts = {
        "kind": line.get_kind_display(),
        "audience": line.get_audience_display(),
        "counting_rule": line.get_counting_rule_display(),
        "brand": line.brand.code if line.brand else "",
        "venue": line.venue.code if line.venue else "",
        "room": line.room.code if line.room else "",
        "region": line.region.code if line.region else "",
        "day": starts.date().isoformat(),
        "start": f"{starts:%H:%M}",
        "end": f"{ends:%H:%M}",
        "seats": "" if line.seat_count is None else str(line.seat_count),
        "expected": "" if line.expected_attendance is None else str(line.expected_attendance),
        "budget": "" if line.budget_fen is None else yuan_text(line.budget_fen),
        "is_online": YES if line.is_online else NO,
        "is_flagship": YES if line.is_flagship else NO,
    }
    return texts[name] if name in texts else str(getattr(line, name))


def write_guide(sheet: Any, programme: Programme, head: Any) -> None:
    """What each column takes, and the codes that may be used."""
    rules = [
        _("One row is one session. Rows with the same title become one activity."),
        _("Columns with * must be filled. Day: 2026-11-25. Time: 9:30. Seats: empty means no limit."),
        _("A session needs a venue code, or 是 under 线上. A room can be given where the venue has rooms."),
        _("Budget in yuan: 1200 or 1200.50; empty means that nothing is said, 0 that it costs nothing."),
        _("Please do not merge cells and write no formulas. Leave 编号 as it is: by it a row is known again."),
        _("Nothing is taken over while one row is wrong; every wrong cell is named with its row and column."),
    ]
    for row, rule in enumerate(rules):
        sheet.write_string(row, 0, rule)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 36)
    row = len(rules) + 1
    for heading, codes in code_lists(programme):
        row = write_codes(sheet, row, heading, codes, head)


def code_lists(programme: Programme) -> list[tuple[str, Sequence[tuple[str, str, str]]]]:
    """Lists of (code, name, where) under their headings."""
    venues = Venue.objects.filter(is_group=False).select_related("region").order_by("region__code", "code")
    rooms = Room.objects.select_related("venue").order_by("venue__code", "code")
    towns = Region.objects.filter(path__startswith=programme.region.path, level=Region.Level.TOWNSHIP)
    return [
        (_("Venues"), [(venue.code, venue.name, venue.region.name if venue.region else "") for venue in venues]),
        (_("Rooms"), [(room.code, room.name, room.venue.code) for room in rooms]),
        (_("Brands"), [(brand.code, brand.name, "") for brand in programme.brands.order_by("code")]),
        (
            _("Towns"),
            [(town.code, town.name, town.parent.name if town.parent else "") for town in towns],
        ),
    ]


def write_codes(sheet: Any, row: int, heading: str, codes: Sequence[tuple[str, str, str]], head: Any) -> int:
    """Write one list; returns the row below it."""
    sheet.write_row(row, 0, [heading, _("Name"), _("Where")], head)
    for offset, texts in enumerate(codes, start=1):
        for column, text in enumerate(texts):
            sheet.write_string(row + offset, column, text)
    return row + len(codes) + 2
