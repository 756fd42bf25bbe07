import pytest
from tests.factories import RoleAssignmentFactory
from tests.factories_swap_rounds import SwapRoundFactory

from qixue.people.models import Role, User
from qixue.swap.models import SwapRound


@pytest.fixture
def round_() -> SwapRound:
    return SwapRoundFactory()


@pytest.fixture
def organiser(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation).user


@pytest.fixture
def desk(round_: SwapRound) -> User:
    return RoleAssignmentFactory(organisation=round_.organisation, role=Role.DOOR_VOLUNTEER).user
