from importlib import import_module

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "qixue.programme"

    def ready(self) -> None:
        import_module("qixue.programme.figures")  # registers the figures that this app defines
        import_module("qixue.programme.notices.plans")  # registers what people are told
