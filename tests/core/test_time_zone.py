"""The clock of the machine and its zone decide nothing: Shanghai does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import datetime, time
import django
django.setup()
from qixue.core.clock import local_day, local_moment, minute_text, now
late = datetime.datetime(2026, 12, 31, 15, 30, tzinfo=datetime.UTC)  # 23:30 in Shanghai
print(local_day(late), local_day(late + datetime.timedelta(hours=1)), minute_text(late), now().utcoffset())
print(local_moment(datetime.date(1988, 7, 1), datetime.time(0, 30)).date(), time.tzname[0])
from django.utils import timezone
print(timezone.get_current_timezone_name(), timezone.localtime(late).isoformat())
"""


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "UTC"])
def test_zone_of_the_machine_changes_no_day(zone: str, tmp_path: Path) -> None:
    environment = {**os.environ, "TZ": zone, "DJANGO_SETTINGS_MODULE": "qixue.settings", "QIXUE_VAR": str(tmp_path)}

    command = [sys.executable, "-c", SCRIPT]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()

    assert said == [
        "2026-12-31 2027-01-01 2026-12-31 23:30 0:00:00",
        "1988-07-01 CST",
        "Asia/Shanghai 2026-12-31T23:30:00+08:00",
    ]
