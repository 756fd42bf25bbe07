import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class PeopleConfig(AppConfig):
    name = "qixue.people"

    def ready(self) -> None:
        import_module("qixue.people.account_notices")  # registers what people are told
        import_module("qixue.people.security_notices")
        import_module("qixue.people.holdings")  # registers what it keeps about people
        erasure_list = import_module("qixue.people.erasure_list")
        checkup = import_module("qixue.core.checkup")
        checkup.register_check(erasure_list.check_erasures)
        duties.register(Duty("erasure_list", erasure_list.write_missing, every=datetime.timedelta(hours=1)))
        stand_ins = import_module("qixue.people.operations.stand_ins")
        duties.register(Duty("stand_ins", stand_ins.close_run_out, every=datetime.timedelta(minutes=1)))
        sessions = import_module("qixue.people.session_store")  # it needs the models, which are ready only now
        duties.register(Duty("sessions", sessions.forget_expired, every=datetime.timedelta(hours=1)))
        phone_codes = import_module("qixue.people.operations.phone_codes")
        duties.register(Duty("phone_codes", phone_codes.forget_phone_codes, every=datetime.timedelta(hours=1)))
