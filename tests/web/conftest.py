"""For every page: the same noon, so that what is over and what is to come stays so in years to come."""

from collections.abc import Iterator

import pytest
from tests.factories import NOON
from time_machine import travel


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with travel(NOON, tick=False):
        yield
