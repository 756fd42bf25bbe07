import io
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from openpyxl import load_workbook
from tests.counted import check_in, head_count
from tests.factories import NOON, SessionFactory, key
from tests.report.writing import week_to_write_about

from qixue.core.digests import root_of_set
from qixue.figures.models import NamedFigure
from qixue.participation.models import LedgerEntry
from qixue.people.models import User
from qixue.programme.models import Activity, Programme, Session
from qixue.report.annex import annex_bytes
from qixue.report.summary import SummaryDraft, draft_summary

pytestmark = pytest.mark.django_db


def rows(data: bytes, sheet: str) -> list[dict[str, object]]:
    header, *lines = load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_annex_lists_each_figure_with_rule_hedge_and_evidence(draft: SummaryDraft) -> None:
    figures = {row["代码"]: row for row in rows(annex_bytes(draft), "数字")}

    assert set(figures) == {"F1", "F2", "F3", "F4", "F5", "B1-S1", "B1-S2", "B1-S3"}
    assert (figures["F4"]["文中写法"], figures["F4"]["限定"], figures["F4"]["截至"]) == (
        "近4000多人",
        "自相矛盾",
        "来源未写明",
    )
    assert all(row["口径"] and row["佐证数"] == 1 for row in figures.values())


def test_annex_says_of_which_days_each_figure_is(draft: SummaryDraft, people: tuple[Programme, User, User]) -> None:
    stated = {row["代码"]: row["统计期间"] for row in rows(annex_bytes(draft), "数字")}
    [counted] = rows(annex_bytes(draft_summary(people[0], at=NOON)), "数字")

    assert (stated["F1"], stated["F2"], counted["统计期间"]) == ("2016", "来源未写明", "整个活动周")


def test_annex_lists_the_records_behind_each_figure(draft: SummaryDraft) -> None:
    [entry] = LedgerEntry.objects.filter(activity__code="B1-A")

    [row] = [item for item in rows(annex_bytes(draft), "佐证") if item["数字代码"] == "F1"]

    assert (row["佐证编号"], row["数量"], row["原文"]) == ("ledger:ORG-EDU/1", "3500多人次", "共有3500多人次参加活动")
    assert row["摘要（SHA-256）"] == entry.hash


def test_annex_tells_what_is_missing_and_what_to_check(draft: SummaryDraft) -> None:
    kinds = {row["类别"] for row in rows(annex_bytes(draft), "提示")}

    assert kinds == {"缺少事实", "校对", "来源疑点"}


def test_text_never_becomes_a_formula(draft: SummaryDraft) -> None:
    Activity.objects.filter(code="B1-A").update(title="=1+1")

    workbook = load_workbook(io.BytesIO(annex_bytes(draft_summary(draft.programme, at=NOON))))

    cells = [cell for sheet in workbook for line in sheet.iter_rows() for cell in line if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_evidence_beyond_the_last_row_of_a_sheet_stands_on_the_next(draft: SummaryDraft, monkeypatch) -> None:
    whole = rows(annex_bytes(draft), "佐证")
    monkeypatch.setattr("qixue.report.tables.MOST_ROWS", 3)

    data = annex_bytes(draft)

    sheets = [name for name in load_workbook(io.BytesIO(data)).sheetnames if name.startswith("佐证")]
    assert sheets == ["佐证", "佐证 2", "佐证 3"]
    assert [row for sheet in sheets for row in rows(data, sheet)] == whole


@pytest.fixture
def week() -> Programme:
    """Three came by name to the first session, one to the second, where forty heads were counted as well."""
    week, _one, _other = week_to_write_about()
    for position, code in enumerate(("attendance", "participants"), start=2):
        NamedFigure.objects.create(programme=week, code=code, definition=code, position=position)
    first = Session.objects.select_related("activity__organisation").get(activity__programme=week)
    Session.objects.filter(pk=first.pk).update(state=Session.State.HELD)
    second = SessionFactory(
        activity=first.activity, number=2, state="held", counting_rule=Session.CountingRule.LIST_AND_OTHERS
    )
    check_in(first, key(), key(), key())
    check_in(second, key())
    head_count(second, 40)
    return week


def hashes(**narrowing: object) -> list[str]:
    entries = LedgerEntry.objects.filter(activity__programme__code="week", **narrowing)
    return list(entries.values_list("hash", flat=True))


def test_session_stands_for_its_entries_with_their_number_root_and_where_they_open(week: Programme) -> None:
    data = annex_bytes(draft_summary(week, at=NOON))

    by_id: dict[object, list[dict[str, object]]] = {}
    for row in rows(data, "佐证"):
        by_id.setdefault(row["佐证编号"], []).append(row)
    [first] = by_id["tally:tea/1"]  # all of its entries are by name, so that both figures stand on the same
    everybody, named = by_id["tally:tea/2"]
    pk = Session.objects.get(activity__code="tea", number=1).pk
    assert (first["数字代码"], first["数量"], first["场次记录数"]) == ("attendance、participants", "3人次", 3)
    assert first["摘要（SHA-256）"] == root_of_set(hashes(session__number=1))
    opens = resolve(urlsplit(str(first["逐条查看"])).path)
    assert opens.view_name == "workspace:figure_session"
    assert opens.kwargs == {"code": "week", "figure_code": "attendance", "session_pk": pk}
    assert (everybody["数字代码"], everybody["数量"], everybody["场次记录数"]) == ("attendance", "41人次", 2)
    assert (named["数字代码"], named["数量"], named["场次记录数"]) == ("participants", "1人", 1)
    assert [row["摘要（SHA-256）"] for row in (everybody, named)] == [
        root_of_set(hashes(session__number=2)),
        root_of_set(hashes(session__number=2, kind="attendance")),
    ]
    [figure] = [row for row in rows(data, "数字") if row["代码"] == "attendance"]
    leaves = [str(row["摘要（SHA-256）"]) for row in (first, everybody)]
    assert (figure["佐证数"], figure["佐证摘要（SHA-256）"]) == (5, root_of_set(leaves))


def test_single_entries_of_sessions_are_listed_while_they_are_few(week: Programme) -> None:
    found = rows(annex_bytes(draft_summary(week, at=NOON)), "明细")

    assert sorted(str(row["摘要（SHA-256）"]) for row in found) == sorted(hashes())
    assert [row["场次佐证编号"] for row in found] == ["tally:tea/1"] * 3 + ["tally:tea/2"] * 2


def test_more_entries_than_people_read_are_left_to_the_platform(
    week: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qixue.report.annex.MOST_ENTRIES", 4)

    [row] = rows(annex_bytes(draft_summary(week, at=NOON)), "明细")

    assert "共5条记录，超过4条" in str(row["场次佐证编号"])
