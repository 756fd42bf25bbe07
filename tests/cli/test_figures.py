import argparse

import pytest
from django.utils.translation import override
from tests.counted import check_in
from tests.factories import ActivityFactory, ProgrammeFactory, SessionFactory, key

from qixue.cli.figures import run
from qixue.participation.models import Tally
from qixue.participation.operations.cells import keep_cells

pytestmark = pytest.mark.django_db


def test_recount_names_the_session_whose_root_is_not_that_of_its_entries(capsys: pytest.CaptureFixture[str]) -> None:
    week = ProgrammeFactory(code="week")
    check_in(SessionFactory(activity=ActivityFactory(programme=week, code="tea"), number=1), key())
    keep_cells()
    arguments = argparse.Namespace(programme="week", json=False, recount=True)

    with override("en"):
        before = run(arguments), capsys.readouterr().err
        Tally.objects.update(entries_root="0" * 64)
        after = run(arguments), capsys.readouterr().err

    assert before == (0, "")
    assert after == (1, "Session tea/1: what stands for its entries in a seal is not what they give.\n")
