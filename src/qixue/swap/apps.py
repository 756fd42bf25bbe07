from django.apps import AppConfig


class SwapConfig(AppConfig):
    name = "qixue.swap"
