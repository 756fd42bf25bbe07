from importlib import import_module

from django.apps import AppConfig


class SwapConfig(AppConfig):
    name = "qixue.swap"

    def ready(self) -> None:
        import_module("qixue.swap.figures")  # registers the figures that this app defines
        import_module("qixue.swap.holdings")  # registers what it keeps about people
