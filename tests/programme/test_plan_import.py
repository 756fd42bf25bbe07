import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import Workbook, load_workbook
from tests.factories import NOON, BrandFactory, ProgrammeFactory, UserFactory, VenueFactory, key

from qixue.core.refusal import Refused
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.operations import plan_import
from qixue.programme.operations.plan_import import COLUMNS, import_plan, read_plan
from qixue.programme.plan_sheet import plan_sheet

pytestmark = pytest.mark.django_db
HEADER = tuple(COLUMNS)
GOOD = {
    "活动名称": "稻田养鱼",
    "类型": "培训",
    "日期": "2026-11-25",
    "开始": "9:00",
    "结束": "11:00",
    "场地代码": "V1",
    "座位": 40,
}


@pytest.fixture
def programme() -> Programme:
    VenueFactory(code="V1")
    return ProgrammeFactory()


def sheet(*rows: dict[str, Any], header: Sequence[str] = HEADER) -> bytes:
    workbook = Workbook()
    page = workbook.worksheets[0]
    page.append(list(header))
    for row in rows:
        page.append([row.get(title) for title in header])
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def repacked(data: bytes, added: dict[str, bytes]) -> bytes:
    """The sheet with members added or replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, content in added.items():
            new.writestr(name, content)
    return output.getvalue()


def refusal_of(data: bytes, programme: Programme) -> Refused:
    with pytest.raises(Refused) as caught:
        read_plan(data, programme)
    assert Activity.objects.count() == 0
    return caught.value


def taken_over(data: bytes, programme: Programme, form: Any = None) -> list[Activity]:
    plan = read_plan(data, programme)
    organisation = programme.organisation
    return import_plan(plan, programme, organisation=organisation, by=UserFactory(), at=NOON, key=form or key())


def test_rows_with_one_title_become_one_draft_with_its_sessions(programme: Programme) -> None:
    other = {**GOOD, "活动名称": "茶叶种植", "日期": "２０２６年１１月２６日", "开始": "下午2点", "结束": "下午4点半"}

    activities = taken_over(sheet(GOOD, {**GOOD, "日期": "2026-11-27"}, other), programme)

    assert [(item.title, item.state, item.sessions.count()) for item in activities] == [
        ("稻田养鱼", Activity.State.DRAFT, 2),
        ("茶叶种植", Activity.State.DRAFT, 1),
    ]


def test_plan_taken_over_twice_changes_nothing(programme: Programme) -> None:
    form = key()
    taken_over(sheet(GOOD), programme, form)

    taken_over(sheet(GOOD), programme, form)

    assert (Activity.objects.count(), Session.objects.count()) == (1, 1)


def test_plan_that_fails_in_the_middle_leaves_nothing(programme: Programme) -> None:
    plan = read_plan(sheet(GOOD, {**GOOD, "活动名称": "茶叶种植"}), programme)
    stranger = ProgrammeFactory().organisation

    with pytest.raises(Refused):
        import_plan(plan, programme, organisation=stranger, by=UserFactory(), at=NOON, key=key())

    assert (Activity.objects.count(), Session.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"活动名称": None}, "活动名称"),
        ({"活动名称": "很长" * 60}, "活动名称"),
        ({"活动名称": "反\u202e写"}, "活动名称"),
        ({"类型": "不知道"}, "类型"),
        ({"品牌代码": "NO-SUCH"}, "品牌代码"),
        ({"日期": "2026-02-30"}, "日期"),
        ({"日期": "=TODAY()"}, "日期"),
        ({"开始": "早饭后"}, "开始"),
        ({"结束": "8:00"}, "结束"),
        ({"场地代码": "NO-SUCH"}, "场地代码"),
        ({"座位": -5}, "座位"),
        ({"座位": 0}, "座位"),
        ({"座位": 1234567890123456}, "座位"),
        ({"座位": "=1+1"}, "座位"),
        ({"主讲": 4418001990010112345}, "主讲"),
    ],
)
def test_wrong_cell_is_named_by_row_and_column(changes: dict[str, Any], column: str, programme: Programme) -> None:
    with override("en"):
        refusal = refusal_of(sheet(GOOD, {**GOOD, **changes}), programme)

    assert (refusal.code, len(refusal.lines)) == ("sheet_wrong", 1)
    assert str(refusal.lines[0]).startswith(f"Row 3, {column}: ")


def test_all_wrong_cells_are_named_at_once(programme: Programme) -> None:
    refusal = refusal_of(sheet({**GOOD, "座位": -1, "日期": "明天"}, {**GOOD, "场地代码": "X"}), programme)

    assert len(refusal.lines) == 3


def test_complaints_are_in_the_language_of_the_reader(programme: Programme) -> None:
    with override("en"):
        refusal = refusal_of(sheet({**GOOD, "座位": -1}), programme)

    assert refusal.lines == ("Row 2, 座位: -1 is no number of seats from 1.",)


def test_missing_and_unknown_columns_are_named(programme: Programme) -> None:
    header = [title for title in HEADER if title != "日期"] + ["天气"]

    refusal = refusal_of(sheet(GOOD, header=header), programme)

    assert (refusal.code, len(refusal.lines)) == ("sheet_columns", 2)


@pytest.mark.parametrize("data", [b"", b"no sheet at all", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0old .xls"])
def test_file_that_is_no_sheet_is_refused(data: bytes, programme: Programme) -> None:
    assert refusal_of(data, programme).code == "sheet_unreadable"


def test_empty_sheet_is_refused(programme: Programme) -> None:
    assert refusal_of(sheet(), programme).code == "sheet_wrong"


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_sheet_with_macros_or_links_is_refused(name: str, programme: Programme) -> None:
    assert refusal_of(repacked(sheet(GOOD), {name: b"content"}), programme).code == "sheet_unsafe"


def test_zip_bomb_is_refused(programme: Programme) -> None:
    assert refusal_of(repacked(sheet(GOOD), {"xl/big.xml": b" " * 60_000_000}), programme).code == "sheet_unsafe"


def test_sheet_of_many_members_is_refused(programme: Programme) -> None:
    added = {f"xl/part{number}.xml": b"x" for number in range(plan_import.MOST_MEMBERS)}

    assert refusal_of(repacked(sheet(GOOD), added), programme).code == "sheet_unsafe"


def test_file_above_the_limit_is_refused(programme: Programme) -> None:
    assert refusal_of(b"x" * (plan_import.LARGEST_FILE + 1), programme).code == "sheet_unsafe"


@pytest.mark.parametrize(
    "content",
    [
        b"<worksheet><sheetData><row",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
    ],
)
def test_damaged_or_hostile_xml_is_refused(content: bytes, programme: Programme) -> None:
    data = repacked(sheet(GOOD), {"xl/worksheets/sheet1.xml": content})

    assert refusal_of(data, programme).code in {"sheet_unreadable", "sheet_columns"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_empty_sheet_of_ours_can_be_filled_in_and_read(language: str, programme: Programme) -> None:
    programme.brands.add(BrandFactory())
    with override(language):
        workbook = load_workbook(io.BytesIO(plan_sheet(programme)))
        label = str(Activity.Kind.TRAINING.label)
    page = workbook.worksheets[0]
    row = {**GOOD, "类型": label}
    for cell in page[1]:
        page.cell(2, cell.column, row.get(str(cell.value).lstrip("*")))
    output = io.BytesIO()
    workbook.save(output)

    activities = taken_over(output.getvalue(), programme)

    assert [(item.title, item.kind) for item in activities] == [("稻田养鱼", Activity.Kind.TRAINING)]
