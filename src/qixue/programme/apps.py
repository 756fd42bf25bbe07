import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class ProgrammeConfig(AppConfig):
    name = "qixue.programme"

    def ready(self) -> None:
        import_module("qixue.programme.figures")  # registers the figures that this app defines
        import_module("qixue.programme.notices.plans")  # registers what people are told
        import_module("qixue.programme.recognition_figures")
        import_module("qixue.programme.notices.recognitions")
        sheets = import_module("qixue.programme.operations.sheet_imports")
        duties.register(Duty("sheets", sheets.check_waiting_sheets, every=datetime.timedelta(seconds=1)))
        public_notices = import_module("qixue.programme.operations.public_notices")
        duties.register(Duty("public_notices", public_notices.end_notices, every=datetime.timedelta(minutes=1)))
