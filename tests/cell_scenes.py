"""The figures that cells say, beside a recount."""

from qixue.core.figures import Scope, registry

FIGURES = ("attendance", "participants", "named_share", "repeat_rate", "training_attendances")


def assert_recount(scope: Scope) -> None:
    for code in FIGURES:
        figure = registry.definitions[code]
        assert (code, figure.value(scope).quantity) == (code, figure.recount(scope).quantity)
