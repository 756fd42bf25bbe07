"""Whether staff must sign in with a second step."""

import pytest
from django.conf import LazySettings

from qixue.core import second_factor


@pytest.fixture
def installation(settings: LazySettings, tmp_path) -> LazySettings:
    """Of a city that has set nothing."""
    settings.VAR = tmp_path
    settings.DEBUG = False
    settings.QIXUE = {**settings.QIXUE, "SECOND_FACTOR": ""}
    return settings


def test_second_step_is_required_where_a_city_says_nothing(installation):
    assert second_factor.policy() == "required"


def test_second_step_is_an_offer_while_debugging(installation):
    installation.DEBUG = True

    assert second_factor.policy() == "offered"


def test_second_step_is_an_offer_from_the_moment_at_which_a_demo_is_there(installation, tmp_path):
    assert second_factor.policy() == "required"
    (tmp_path / "demo").mkdir()

    assert second_factor.policy() == "offered"


@pytest.mark.parametrize("chosen", ["required", "offered"])
def test_what_a_city_says_goes_before_everything(installation, tmp_path, chosen: str):
    installation.QIXUE = {**installation.QIXUE, "SECOND_FACTOR": chosen}
    (tmp_path / "demo").mkdir()

    assert second_factor.policy() == chosen
