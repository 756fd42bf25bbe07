from pathlib import Path

import pytest
from tests.factories import OrganisationFactory, ProgrammeFactory, VenueFactory
from tests.factories_planning import PlanFactory, PlanVersionFactory
from tests.programme.operations.test_sheet_imports import GOOD, sheet

from qixue.cli import main
from qixue.programme.models import PlanLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """`qixue import plans` for an organisation that was invited."""
    VenueFactory(code="V1")
    programme = ProgrammeFactory(code="week")
    own = OrganisationFactory(code="own", parent=programme.organisation)
    PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=own))
    file = tmp_path / "plan.xlsx"
    file.write_bytes(sheet(GOOD, {**GOOD, "日期": "2026-11-26"}))
    return ["import", "plans", str(file), "--programme", "week", "--organisation", "own"]


def test_plan_is_taken_over_from_the_command_line(command: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(command) == 0
    assert capsys.readouterr().out == "1 activities with 2 sessions.\n"
    assert PlanLine.objects.count() == 2


def test_dry_run_changes_nothing(command: list[str]):
    assert (main([*command, "--dry-run"]), PlanLine.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("seats", "said"),
    [(-1, "-1 is no whole number from 1."), (9_999_999_999, "9999999999 is too many; 100000 at most.")],
)
def test_wrong_sheet_is_explained(command: list[str], seats: int, said: str, capsys: pytest.CaptureFixture[str]):
    Path(command[2]).write_bytes(sheet({**GOOD, "座位": seats}))

    assert main(command) == 2
    assert f"Row 2, 座位: {said}" in capsys.readouterr().err
    assert PlanLine.objects.count() == 0


def test_organisation_without_a_draft_is_told(command: list[str], capsys: pytest.CaptureFixture[str]):
    OrganisationFactory(code="other", name="市图书馆")

    assert main([*command[:-1], "other"]) == 2
    assert capsys.readouterr().err.startswith("市图书馆 has no draft of a plan")
