import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import Workbook, load_workbook
from tests.factories import NOON, BrandFactory, OrganisationFactory, ProgrammeFactory, UserFactory, VenueFactory

from qixue.core.clock import SHANGHAI
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.places.models import Room
from qixue.programme import sheet_guard
from qixue.programme.models import Plan, PlanVersion, SheetImport
from qixue.programme.operations.plan_lines import replace_lines
from qixue.programme.operations.sheet_imports import (
    AT_A_TIME,
    LEASE,
    check_sheet,
    check_waiting_sheets,
    complaints_of,
    import_sheet,
    receive_sheet,
    take_over_sheet,
)
from qixue.programme.operations.sheet_rows import read_rows
from qixue.programme.plan_columns import COLUMNS
from qixue.programme.plan_sheet import plan_sheet
from qixue.programme.sheet_guard import read_content

pytestmark = pytest.mark.django_db
HEADER = tuple(column.title for column in COLUMNS)
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
def clerk() -> User:
    return UserFactory()


@pytest.fixture
def draft() -> PlanVersion:
    VenueFactory(code="V1")
    programme = ProgrammeFactory()
    organisation = OrganisationFactory(parent=programme.organisation)
    plan = Plan.objects.create(programme=programme, organisation=organisation, invited_at=NOON)
    return PlanVersion.objects.create(plan=plan, number=1)


def workbook_of(*rows: dict[str, Any], header: Sequence[str] = HEADER) -> Workbook:
    workbook = Workbook()
    page = workbook.worksheets[0]
    page.append(list(header))
    for row in rows:
        page.append([row.get(title) for title in header])
    return workbook


def saved(workbook: Workbook) -> bytes:
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def sheet(*rows: dict[str, Any], header: Sequence[str] = HEADER) -> bytes:
    return saved(workbook_of(*rows, header=header))


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


def refusal_of(data: bytes, draft: PlanVersion) -> Refused:
    with pytest.raises(Refused) as caught:
        import_sheet(draft, data=data, by=None, at=NOON)
    assert draft.lines.count() == 0
    return caught.value


def received(draft: PlanVersion, data: bytes, clerk: User) -> SheetImport:
    return receive_sheet(draft, data=data, file_name="方案.xlsx", by=clerk, at=NOON)


def checked(draft: PlanVersion, data: bytes, clerk: User) -> SheetImport:
    found = received(draft, data, clerk)
    check_waiting_sheets(at=NOON)
    found.refresh_from_db()
    return found


def test_rows_become_the_lines_of_the_draft(draft: PlanVersion, clerk: User):
    other = {
        "活动名称": "茶叶种植",
        "类型": "讲座",
        "日期": "２０２６年１１月２６日",
        "开始": "下午2点",
        "结束": "下午4点半",
        "线上": "是",
        "预计人次": 120,
        "预算（元）": "1,200.50",
        "重点活动": "是",
    }
    found = checked(draft, sheet(GOOD, other), clerk)

    take_over_sheet(found, edit_count=1, by=clerk, at=NOON)

    fish, tea = draft.lines.order_by("position")
    assert (fish.title, fish.kind, fish.venue.code, fish.seat_count) == ("稻田养鱼", "training", "V1", 40)
    assert fish.starts_at == datetime.datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
    assert (tea.is_online, tea.expected_attendance, tea.budget_fen, tea.is_flagship) == (True, 120, 120050, True)
    assert tea.ends_at == datetime.datetime(2026, 11, 26, 16, 30, tzinfo=SHANGHAI)


def test_sheet_is_only_received_in_the_request(draft: PlanVersion, clerk: User):
    found = received(draft, sheet(GOOD), clerk)

    assert (found.state, found.row_count, draft.lines.count()) == (SheetImport.State.WAITING, None, 0)


def test_three_wrong_rows_are_named_and_nothing_is_taken_over(draft: PlanVersion, clerk: User):
    wrong = [{**GOOD, "座位": -1}, {**GOOD, "日期": "明天"}, {**GOOD, "场地代码": "X"}]
    found = checked(draft, sheet(GOOD, *wrong), clerk)

    complaints = [(complaint.row, complaint.column) for complaint in complaints_of(found)]
    assert (found.state, complaints) == (SheetImport.State.REFUSED, [(3, "座位"), (4, "日期"), (5, "场地代码")])
    with pytest.raises(Refused) as refusal:
        take_over_sheet(found, edit_count=1, by=clerk, at=NOON)
    assert (refusal.value.code, draft.lines.count()) == ("sheet_not_ready", 0)


def test_complaints_are_read_in_the_language_of_the_reader(draft: PlanVersion, clerk: User):
    found = checked(draft, sheet({**GOOD, "座位": -1}), clerk)

    with override("en"):
        english = [complaint.sentence for complaint in complaints_of(found)]
    chinese = [complaint.sentence for complaint in complaints_of(found)]
    assert english == ["Row 2, 座位: -1 is no whole number from 1."]
    assert chinese == ["第2行“座位”：-1不是从1起的整数。"]


def test_taking_over_twice_writes_once(draft: PlanVersion, clerk: User):
    found = checked(draft, sheet(GOOD), clerk)

    take_over_sheet(found, edit_count=1, by=clerk, at=NOON)
    take_over_sheet(found, edit_count=1, by=clerk, at=NOON)

    draft.refresh_from_db()
    assert (draft.lines.count(), draft.edit_count) == (1, 2)


def test_draft_that_changed_since_it_was_compared_is_not_overwritten(draft: PlanVersion, clerk: User):
    found = checked(draft, sheet(GOOD), clerk)
    replace_lines(draft, details=[], edit_count=1, by=clerk, at=NOON)

    with pytest.raises(Refused) as refusal:
        take_over_sheet(found, edit_count=1, by=clerk, at=NOON)

    assert refusal.value.code == "changed_meanwhile"


def test_sheet_whose_venue_is_gone_is_sent_again(draft: PlanVersion, clerk: User):
    found = checked(draft, sheet(GOOD), clerk)
    found.lines[0]["venue"] = 999_999
    found.save()

    with pytest.raises(Refused) as refusal:
        take_over_sheet(found, edit_count=1, by=clerk, at=NOON)

    assert refusal.value.code == "records_gone"


def test_sheet_is_checked_by_one_worker_only(draft: PlanVersion, clerk: User):
    received(draft, sheet(GOOD), clerk)
    first, second = SheetImport.objects.get(), SheetImport.objects.get()

    assert [check_sheet(first, at=NOON), check_sheet(second, at=NOON)] == [True, False]


def test_sheet_of_a_worker_that_died_is_checked_again(draft: PlanVersion, clerk: User):
    received(draft, sheet(GOOD), clerk)
    SheetImport.objects.update(state=SheetImport.State.CHECKING, lease_until=NOON + LEASE)

    counts = [check_waiting_sheets(at=NOON), check_waiting_sheets(at=NOON + 2 * LEASE)]

    assert counts == [0, 1]
    assert SheetImport.objects.get().state == SheetImport.State.READY


def test_five_hundred_rows_are_checked_with_progress_and_few_queries(
    draft: PlanVersion, clerk: User, django_assert_max_num_queries: Any
):
    rows = [{**GOOD, "活动名称": f"活动{number}"} for number in range(500)]
    found = received(draft, sheet(*rows), clerk)

    with django_assert_max_num_queries(20 + 500 // AT_A_TIME):
        check_waiting_sheets(at=NOON)
    found.refresh_from_db()
    take_over_sheet(found, edit_count=1, by=clerk, at=NOON)

    assert (found.row_count, found.checked_count, draft.lines.count()) == (500, 500, 500)


def test_progress_is_told_row_by_row(draft: PlanVersion):
    told: list[int] = []

    read_rows(read_content(sheet(GOOD, GOOD, GOOD)), draft.plan.programme, checked=told.append)

    assert told == [1, 2, 3]


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
        ({"场地代码": None}, "场地代码"),
        ({"线上": "是"}, "线上"),
        ({"线上": "也许"}, "线上"),
        ({"房间代码": "R9"}, "房间代码"),
        ({"镇街代码": 999999999}, "镇街代码"),
        ({"座位": -5}, "座位"),
        ({"座位": 0}, "座位"),
        ({"座位": 2.5}, "座位"),
        ({"座位": 1234567890123456}, "座位"),
        ({"座位": "=1+1"}, "座位"),
        ({"主讲": 4418001990010112345}, "主讲"),
        ({"主讲": "王老师 11010519491231002x"}, "主讲"),
        ({"预算（元）": "很多"}, "预算（元）"),
        ({"预算（元）": -3}, "预算（元）"),
        ({"编号": "一号"}, "编号"),
    ],
)
def test_wrong_cell_is_named_by_row_and_column(changes: dict[str, Any], column: str, draft: PlanVersion):
    with override("en"):
        refusal = refusal_of(sheet(GOOD, {**GOOD, **changes}), draft)

    assert (refusal.code, len(refusal.lines)) == ("sheet_wrong", 1)
    assert str(refusal.lines[0]).startswith(f"Row 3, {column}: ")


def test_number_that_only_looks_like_one_of_an_identity_card_is_taken(draft: PlanVersion, clerk: User):
    import_sheet(draft, data=sheet({**GOOD, "简介": "流水号 110105194912310021"}), by=clerk, at=NOON)

    assert draft.lines.get().description == "流水号 110105194912310021"


def test_room_of_the_venue_is_found(draft: PlanVersion, clerk: User):
    venue = VenueFactory(code="V2")
    Room.objects.create(venue=venue, code="R1", name="报告厅")

    import_sheet(draft, data=sheet({**GOOD, "场地代码": "V2", "房间代码": "R1"}), by=clerk, at=NOON)

    assert draft.lines.get().room.name == "报告厅"


def test_missing_and_unknown_columns_are_named(draft: PlanVersion):
    header = [title for title in HEADER if title != "日期"] + ["天气"]

    refusal = refusal_of(sheet(GOOD, header=header), draft)

    assert refusal.lines == ("缺少“日期”列。", "这里没有“天气”列。")


def test_merged_cells_are_refused(draft: PlanVersion):
    workbook = workbook_of(GOOD, GOOD)
    workbook.worksheets[0].merge_cells("A2:A3")

    refusal = refusal_of(saved(workbook), draft)

    assert refusal.lines == ("请拆分合并的单元格：A2:A3。",)


def test_sheet_with_too_many_rows_is_refused(draft: PlanVersion, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qixue.programme.operations.sheet_rows.MOST_ROWS", 1)

    assert refusal_of(sheet(GOOD, GOOD), draft).lines == ("表格超过1行。",)


@pytest.mark.parametrize("data", [b"", b"no sheet at all", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0old .xls"])
def test_file_that_is_no_sheet_is_refused(data: bytes, draft: PlanVersion):
    assert refusal_of(data, draft).code == "sheet_unreadable"


def test_empty_sheet_is_refused(draft: PlanVersion):
    assert refusal_of(sheet(), draft).lines == ("表头下面没有内容。",)


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_sheet_with_macros_or_links_is_refused_at_once(name: str, draft: PlanVersion, clerk: User):
    with pytest.raises(Refused) as refusal:
        received(draft, repacked(sheet(GOOD), {name: b"content"}), clerk)

    assert (refusal.value.code, SheetImport.objects.count()) == ("sheet_unsafe", 0)


def test_zip_bomb_is_refused(draft: PlanVersion):
    assert refusal_of(repacked(sheet(GOOD), {"xl/big.xml": b" " * 60_000_000}), draft).code == "sheet_unsafe"


def test_sheet_of_many_members_is_refused(draft: PlanVersion):
    added = {f"xl/part{number}.xml": b"x" for number in range(sheet_guard.MOST_MEMBERS)}

    assert refusal_of(repacked(sheet(GOOD), added), draft).code == "sheet_unsafe"


def test_file_above_the_limit_is_refused(draft: PlanVersion):
    assert refusal_of(b"x" * (sheet_guard.LARGEST_FILE + 1), draft).code == "sheet_unsafe"


@pytest.mark.parametrize(
    "content",
    [
        b"<worksheet><sheetData><row",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
    ],
)
def test_damaged_or_hostile_xml_is_refused(content: bytes, draft: PlanVersion, clerk: User):
    found = checked(draft, repacked(sheet(GOOD), {"xl/worksheets/sheet1.xml": content}), clerk)

    assert (found.state, len(found.complaints) > 0) == (SheetImport.State.REFUSED, True)


def test_sheet_that_takes_too_much_memory_is_refused(draft: PlanVersion, monkeypatch: pytest.MonkeyPatch):
    """Its XML is small enough to be unpacked; its cells are too many for the process that reads them."""
    cells = b"".join(b'<c r="A1" t="inlineStr"><is><t>%d</t></is></c>' % number for number in range(900_000))
    content = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    content += cells + b"</row></sheetData></worksheet>"
    monkeypatch.setattr(sheet_guard, "HIGHEST_RATIO", 10_000)
    monkeypatch.setattr(sheet_guard, "SECONDS", 1)

    assert refusal_of(repacked(sheet(GOOD), {"xl/worksheets/sheet1.xml": content}), draft).code == "sheet_unreadable"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_empty_sheet_of_ours_can_be_filled_in_and_read(language: str, draft: PlanVersion, clerk: User):
    programme = draft.plan.programme
    programme.brands.add(BrandFactory())
    with override(language):
        workbook = load_workbook(io.BytesIO(plan_sheet(programme)))
    page = workbook.worksheets[0]
    for cell in page[1]:
        page.cell(2, cell.column, GOOD.get(str(cell.value).lstrip("*")))

    import_sheet(draft, data=saved(workbook), by=clerk, at=NOON)

    assert [(line.title, line.kind) for line in draft.lines.all()] == [("稻田养鱼", "training")]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_plan_written_out_and_sent_in_again_is_the_same_plan(language: str, draft: PlanVersion, clerk: User):
    rich = {
        **GOOD,
        "主题": "水质",
        "主讲": "房志坚",
        "预计人次": 30,
        "预算（元）": 0,
        "简介": "带水桶",
        "计数方式": "只按名单",
    }
    import_sheet(draft, data=sheet(GOOD, {**rich, "计数方式": "list"}), by=clerk, at=NOON)
    draft.refresh_from_db()
    before = list(draft.lines.order_by("position").values())

    with override(language):
        written = plan_sheet(draft.plan.programme, draft.lines.order_by("position"))
    import_sheet(draft, data=written, by=clerk, at=NOON)

    after = list(draft.lines.order_by("position").values())
    assert [{**line, "id": 0} for line in after] == [{**line, "id": 0} for line in before]
