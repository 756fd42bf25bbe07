"""A plan as a sheet, page by page, without script."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.programme.operations.test_sheet_imports import GOOD, repacked, sheet

from qixue.people.models import Role
from qixue.programme.models import PlanVersion, SheetImport
from qixue.programme.operations.sheet_imports import check_waiting_sheets

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> PlanVersion:
    VenueFactory(code="V1")
    programme = ProgrammeFactory()
    organisation = OrganisationFactory(parent=programme.organisation)
    return PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=organisation))


@pytest.fixture
def page(client: Client, draft: PlanVersion) -> Client:
    client.force_login(RoleAssignmentFactory(organisation=draft.plan.organisation, role=Role.ORGANISER).user)
    return client


def send(page: Client, draft: PlanVersion, data: bytes) -> Any:
    file = SimpleUploadedFile("方案.xlsx", data)
    return page.post(reverse("workspace:upload_sheet", args=[draft.plan_id]), {"sheet": file})


def test_sheet_is_sent_watched_looked_at_and_taken_over(page: Client, draft: PlanVersion):
    answer = send(page, draft, sheet(GOOD))
    address = answer["Location"]

    waiting = page.get(address)
    check_waiting_sheets(at=NOON)
    ready = page.get(address)
    done = page.post(address, {"version": ready.context["form"]["version"].value()})

    assert waiting["Refresh"] == "2"
    assert "<progress" in waiting.content.decode()
    assert ("Refresh" in ready, ready.context["line_count"]) == (False, 1)
    assert done["Location"] == reverse("workspace:plan", args=[draft.plan_id])
    assert draft.lines.get().title == "稻田养鱼"


def test_how_far_the_check_is_stands_on_the_page(page: Client, draft: PlanVersion):
    address = send(page, draft, sheet(GOOD))["Location"]
    SheetImport.objects.update(state=SheetImport.State.CHECKING, row_count=500, checked_count=125)

    content = page.get(address).content.decode()

    assert "125 / 500行" in content
    assert ('max="500"' in content, 'value="125"' in content) == (True, True)


def test_wrong_cells_are_listed_and_the_draft_stays(page: Client, draft: PlanVersion):
    address = send(page, draft, sheet(GOOD, {**GOOD, "座位": -1}, {**GOOD, "日期": "明天"}))["Location"]
    check_waiting_sheets(at=NOON)

    content = page.get(address).content.decode()

    assert ("有2处需要修改，没有导入任何内容" in content, "-1不是从1起的整数。" in content) == (True, True)
    assert draft.lines.count() == 0


def test_macro_file_is_refused_at_once_with_the_reason(page: Client, draft: PlanVersion):
    answer = send(page, draft, repacked(sheet(GOOD), {"xl/vbaProject.bin": b"macro"}))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["sheet"])
    assert SheetImport.objects.count() == 0


def test_draft_that_changed_while_the_sheet_was_looked_at_stays(page: Client, draft: PlanVersion):
    address = send(page, draft, sheet(GOOD))["Location"]
    check_waiting_sheets(at=NOON)
    PlanVersion.objects.update(edit_count=7)

    answer = page.post(address, {"version": 1})

    assert (answer.status_code, draft.lines.count()) == (422, 0)


def test_sheet_for_a_version_that_was_filed_says_so(page: Client, draft: PlanVersion):
    address = send(page, draft, sheet(GOOD))["Location"]
    check_waiting_sheets(at=NOON)
    PlanVersion.objects.update(state=PlanVersion.State.SUBMITTED)

    content = page.get(address).content.decode()

    assert "对应的版本已经报送，请重新上传。" in content


def test_plan_is_written_out_with_its_lines(page: Client, draft: PlanVersion):
    PlanLineFactory(version=draft, title="茶叶种植")

    answer = page.get(reverse("workspace:plan_sheet", args=[draft.plan_id]))

    first = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [first["A1"].value, first["A2"].value] == ["*活动名称", "茶叶种植"]
    assert answer["Content-Disposition"] == f'attachment; filename="plan-{draft.plan.organisation.code}-v1.xlsx"'
