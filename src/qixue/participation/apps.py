from importlib import import_module

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "qixue.participation"

    def ready(self) -> None:
        import_module("qixue.participation.figures")  # registers the figures that this app defines
