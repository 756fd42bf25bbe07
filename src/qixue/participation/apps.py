import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class ParticipationConfig(AppConfig):
    name = "qixue.participation"

    def ready(self) -> None:
        import_module("qixue.participation.figures")  # registers the figures that this app defines
        import_module("qixue.participation.notices")  # registers what people are told
        registrations = import_module("qixue.participation.operations.registrations")
        duties.register(Duty("queues", registrations.keep_queues, every=datetime.timedelta(seconds=1)))
        check_ins = import_module("qixue.participation.operations.check_ins")
        duties.register(Duty("attended sessions", check_ins.hold_attended, every=datetime.timedelta(minutes=1)))
