import datetime
from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from qixue.core.duties import Duty, duties


class ParticipationConfig(AppConfig):
    name = "qixue.participation"

    def ready(self) -> None:
        import_module("qixue.participation.figures")  # registers the figures that this app defines
        import_module("qixue.participation.people_figures")
        import_module("qixue.participation.equity_figures")
        import_module("qixue.participation.feedback_figures")
        import_module("qixue.participation.known_people_figures")
        import_module("qixue.participation.notices")  # registers what people are told
        import_module("qixue.participation.session_notice_kinds")
        import_module("qixue.participation.holdings")  # registers what it keeps about people
        import_module("qixue.participation.metrics")  # registers what a collector is told
        listings = import_module("qixue.programme.queries.listings")
        listings.seat_rules.append(import_module("qixue.participation.queries.lotteries").gives_seats_now)
        checkup = import_module("qixue.core.checkup")
        own = import_module("qixue.participation.checkup")
        checkup.register_check(own.check_promised_draws)
        checkup.register_check(own.check_cell_triggers)
        registrations = import_module("qixue.participation.operations.registrations")
        duties.register(Duty("queues", registrations.keep_queues, every=datetime.timedelta(seconds=1)))
        feedback = import_module("qixue.participation.operations.feedback")
        duties.register(Duty("feedback", feedback.invite_to_feedback, every=datetime.timedelta(minutes=10)))
        verification = import_module("qixue.participation.operations.verification")
        duties.register(Duty("verification_counts", verification.forget_tries, every=datetime.timedelta(hours=6)))
        lotteries = import_module("qixue.participation.operations.lotteries")
        duties.register(Duty("lotteries", lotteries.keep_lotteries, every=datetime.timedelta(seconds=1)))
        check_ins = import_module("qixue.participation.operations.check_ins")
        duties.register(Duty("attended sessions", check_ins.hold_attended, every=datetime.timedelta(minutes=1)))
        calling_off = import_module("qixue.participation.operations.calling_off")
        duties.register(Duty("called off", calling_off.take_back_left_inside, every=datetime.timedelta(days=1)))
        cells = import_module("qixue.participation.operations.cells")
        duties.register(Duty("cells", lambda at: cells.keep_cells(), every=datetime.timedelta(seconds=10)))
        triggers = import_module("qixue.participation.cell_triggers")
        pre_migrate.connect(triggers.before_migration, sender=self)
        post_migrate.connect(triggers.after_migration, sender=self)
