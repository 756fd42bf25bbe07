import pytest
from tests.people.operations.people_with_factors import person_with_app

from qixue import cli
from qixue.core.models import AuditEntry
from qixue.people.factors import has_second_factor

pytestmark = pytest.mark.django_db


def test_reset_factors_removes_the_second_step(capsys):
    user = person_with_app(username="library")

    assert cli.main(["account", "reset-factors", "library"]) == 0

    assert not has_second_factor(user)
    assert AuditEntry.objects.get(action="account.factors_reset").actor_name == "system"
    assert "library" in capsys.readouterr().out


def test_reset_factors_of_nobody_is_wrong_use(capsys):
    assert cli.main(["account", "reset-factors", "nobody"]) == 2

    assert "nobody" in capsys.readouterr().err
