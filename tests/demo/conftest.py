"""The synthetic city of the tests: always the same one, on the same day."""

import datetime

from qixue.core.clock import SHANGHAI
from qixue.demo.load import Edition

EDITION = Edition(seed=7, today=datetime.date(2026, 11, 5))
AT = datetime.datetime(2026, 11, 5, 12, tzinfo=SHANGHAI)
