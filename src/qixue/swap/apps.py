import datetime
from importlib import import_module

from django.apps import AppConfig

from qixue.core.duties import Duty, duties


class SwapConfig(AppConfig):
    name = "qixue.swap"

    def ready(self) -> None:
        import_module("qixue.swap.figures")  # registers the figures that this app defines
        import_module("qixue.swap.round_figures")
        import_module("qixue.swap.holdings")  # registers what it keeps about people
        import_module("qixue.swap.round_holdings")
        import_module("qixue.swap.operations.notices")  # registers what people are told
        rounds = import_module("qixue.swap.operations.rounds")
        duties.register(Duty("swap_rounds", rounds.keep_rounds, every=datetime.timedelta(seconds=2)))
        plans = import_module("qixue.swap.operations.plans")
        every = datetime.timedelta(seconds=1)
        duties.register(Duty("swap_plans", plans.keep_plans, every=every, has_work=plans.has_plans_to_make))
