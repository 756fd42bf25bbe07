from django.apps import AppConfig
from django.conf import settings

from qixue.core import logs


class CoreConfig(AppConfig):
    name = "qixue.core"

    def ready(self) -> None:
        logs.set_up(settings.LOG_LEVEL)
