from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "qixue.core"
