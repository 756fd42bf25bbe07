from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "qixue.people"
