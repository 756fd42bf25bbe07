from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class FiguresConfig(AppConfig):
    name = "qixue.figures"

    def ready(self) -> None:
        triggers = import_module("qixue.figures.change_triggers")
        pre_migrate.connect(triggers.before_migration, sender=self)
        post_migrate.connect(triggers.after_migration, sender=self)
        checkup = import_module("qixue.core.checkup")
        own = import_module("qixue.figures.checkup")
        checkup.register_check(own.check_change_triggers)
