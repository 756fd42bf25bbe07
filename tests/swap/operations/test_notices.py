"""What is said of the hours of a round, in the inbox and in a text message."""

import datetime

import pytest
from django.utils.translation import override
from tests.factories_swap import ListingFactory
from tests.factories_swap_rounds import SwapRoundFactory

from qixue.core.clock import SHANGHAI
from qixue.people.notices import short_of, text_of
from qixue.swap.operations.notices import told

pytestmark = pytest.mark.django_db

MORNING = datetime.datetime(2020, 11, 26, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(8, "09:00-17:00"), (32, "09:00至2020年11月27日（周五）17:00")],
)
def test_notices_say_until_when_a_round_lasts_also_on_another_day(hours: int, said: str) -> None:
    before, end = MORNING - datetime.timedelta(days=1), MORNING + datetime.timedelta(hours=hours)
    round_ = SwapRoundFactory(entries_close_at=before, answers_until=before, starts_at=MORNING, ends_at=end)
    _owner, notice = told("swap_exchange_found", round_, ListingFactory(programme=round_.programme), 1, gets="台灯")

    with override("zh-hans"):
        texts = (text_of(notice.kind, notice.params), short_of(notice.kind, notice.params))

    assert [said in text for text in texts] == [True, True]
    assert ["请在开始前答复是否同意，不答复就换不成" in text for text in texts] == [True, True]
