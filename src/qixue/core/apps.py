import datetime
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

from qixue.core import logs
from qixue.core.duties import Duty, duties


class CoreConfig(AppConfig):
    name = "qixue.core"

    def ready(self) -> None:
        logs.set_up(settings.LOG_LEVEL)
        import_module("qixue.core.among")  # a lookup for all fields
        outbox = import_module("qixue.core.outbox")  # it needs the models, which are ready only now
        duties.register(Duty("outbox", outbox.deliver_due, every=datetime.timedelta(seconds=2)))
        duties.register(Duty("sent_messages", outbox.forget_recipients, every=datetime.timedelta(hours=1)))
        traces = import_module("qixue.core.sqlite.traces")
        duties.register(Duty("traces", traces.wipe_log, every=datetime.timedelta(hours=1)))
        kept_answers = import_module("qixue.core.kept_answers")
        duties.register(Duty("kept_answers", kept_answers.forget_answers, every=datetime.timedelta(hours=1)))
        changes = import_module("qixue.core.changes")
        duties.register(Duty("changes", changes.add_up, every=datetime.timedelta(seconds=10)))
