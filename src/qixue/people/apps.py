import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class PeopleConfig(AppConfig):
    name = "qixue.people"

    def ready(self) -> None:
        import_module("qixue.people.account_notices")  # registers what people are told
        stand_ins = import_module("qixue.people.operations.stand_ins")
        duties.register(Duty("stand_ins", stand_ins.close_run_out, every=datetime.timedelta(minutes=1)))
