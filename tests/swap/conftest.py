import pytest
from tests.factories import RoleAssignmentFactory
from tests.factories_swap_rounds import SwapRoundFactory

from qixue.people.models import User
from qixue.swap.models import SwapRound


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory()


@pytest.fixture
def organiser(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation).user
