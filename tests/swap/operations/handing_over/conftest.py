import pytest
from tests.factories_swap_rounds import SwapRoundFactory

from qixue.swap.models import SwapRound


@pytest.fixture
def round_() -> SwapRound:
    """One whose things are being handed over."""
    return SwapRoundFactory(state="handing_over", has_gifts=True)
