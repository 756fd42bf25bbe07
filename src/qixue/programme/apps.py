import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class ProgrammeConfig(AppConfig):
    name = "qixue.programme"

    def ready(self) -> None:
        import_module("qixue.programme.figures")  # registers the figures that this app defines
        import_module("qixue.programme.session_figures")
        import_module("qixue.programme.regularity_figures")
        import_module("qixue.programme.turnaround")  # and those about how long the steps of coordination take
        import_module("qixue.programme.notices.plans")  # registers what people are told
        import_module("qixue.programme.notices.follow_ups")
        import_module("qixue.programme.return_figures")
        import_module("qixue.programme.notices.returns")
        reminders = import_module("qixue.programme.operations.return_reminders")
        duties.register(Duty("returns", reminders.remind_of_returns, every=datetime.timedelta(minutes=10)))
        sheets = import_module("qixue.programme.operations.sheet_imports")
        duties.register(Duty("sheets", sheets.check_waiting_sheets, every=datetime.timedelta(seconds=1)))
        schedule = import_module("qixue.programme.operations.follow_up_schedule")
        duties.register(Duty("follow_ups", schedule.chase_follow_ups, every=datetime.timedelta(minutes=5)))
        import_module("qixue.programme.recognition_figures")
        import_module("qixue.programme.notices.recognitions")
        public_notices = import_module("qixue.programme.operations.public_notices")
        duties.register(Duty("public_notices", public_notices.end_notices, every=datetime.timedelta(minutes=1)))
        listings = import_module("qixue.programme.operations.listings")
        duties.register(Duty("listings", listings.notice_new_names, every=datetime.timedelta(minutes=5)))
