"""The sheet on which organisations write a plan: header, drop-downs, and a page that explains it."""

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from qixue.places.models import Venue
from qixue.programme.models import Activity, Programme
from qixue.programme.operations.plan_import import COLUMNS, REQUIRED

LAST_ROW = 500
WIDTHS = {"title": 36, "venue": 24, "topic": 30}


def plan_sheet(programme: Programme) -> bytes:
    """An empty .xlsx for this programme. Codes of venues and brands stand on the second page."""
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False})
    plan, guide = workbook.add_worksheet("方案"), workbook.add_worksheet("填写说明")
    head = workbook.add_format({"bold": True, "bg_color": "#F2EDE4", "border": 1})
    names = list(COLUMNS.values())
    for column, (title, name) in enumerate(COLUMNS.items()):
        plan.write_string(0, column, f"*{title}" if name in REQUIRED else title, head)
        plan.set_column(column, column, WIDTHS.get(name, 14))
    add_choices(plan, names.index("kind"), [str(label) for _code, label in Activity.Kind.choices])
    add_choices(plan, names.index("audience"), [str(label) for _code, label in Activity.Audience.choices])
    plan.freeze_panes(1, 0)
    write_guide(guide, programme, head)
    workbook.close()
    return output.getvalue()


def add_choices(sheet: Any, column: int, choices: list[str]) -> None:
    sheet.data_validation(1, column, LAST_ROW, column, {"validate": "list", "source": choices})


def write_guide(sheet: Any, programme: Programme, head: Any) -> None:
    """What each column takes, and the codes that may be used."""
    lines = [
        _("One row is one session. Rows with the same title become one activity."),
        _("Columns with * must be filled. Day: 2026-11-25. Time: 9:30. Seats: empty means no limit."),
        _("Nothing is taken over while one row is wrong; every wrong cell is named with its row and column."),
    ]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 40)
    top = len(lines) + 1
    sheet.write_row(top, 0, [_("Code"), _("Venue or brand")], head)
    venues = Venue.objects.filter(is_group=False).order_by("region__code", "code")
    codes = [(venue.code, venue.name) for venue in venues]
    codes += [(brand.code, brand.name) for brand in programme.brands.order_by("code")]
    for row, (code, name) in enumerate(codes, start=top + 1):
        sheet.write_string(row, 0, code)
        sheet.write_string(row, 1, name)
