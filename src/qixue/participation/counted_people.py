"""Whom figures of people count: few of them are not told in public."""

from dataclasses import replace

import numpy as np

from qixue.core.figures import People, Scope
from qixue.participation.models import CertificateRule
from qixue.participation.queries.cells import counts_in, people_in, whole_of
from qixue.participation.queries.placed import Column, Tallies, certificates_placed
from qixue.programme.models import Activity


def in_training(scope: Scope) -> Scope:
    """The trainings in the scope; in a scope of another kind there are none."""
    return replace(scope, kind=Activity.Kind.TRAINING if scope.kind in (None, Activity.Kind.TRAINING) else "none")


def nobody(tallies: Tallies) -> Column:
    return np.zeros(len(tallies.at), dtype=np.int64)


# 人次: who is counted by heads may be few as well.
ALL_WHO_CAME = People(
    lambda scope: whole_of(counts_in(scope)).attendance, lambda tallies: tallies.attendance, has_stated=True
)
BY_NAME = People(lambda scope: len(people_in(scope)), lambda tallies: tallies.named)
TRAINED = People(
    lambda scope: BY_NAME.within(in_training(scope)),
    lambda tallies: tallies.named * tallies.sessions.is_training[tallies.at],
)
CERTIFIED = People(lambda scope: sum(certificates_placed(scope.programme).within(scope)), nobody)
COMPLETED = People(
    lambda scope: sum(certificates_placed(scope.programme, CertificateRule.Kind.COMPLETION).within(in_training(scope))),
    nobody,
)
