from importlib import import_module

from django.apps import AppConfig


class ReportConfig(AppConfig):
    name = "qixue.report"

    def ready(self) -> None:
        import_module("qixue.report.notices")  # registers what people are told
