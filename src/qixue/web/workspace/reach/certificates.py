from typing import Any

from django.shortcuts import get_object_or_404

from qixue.participation.models import Certificate
from qixue.participation.queries.certificates import certificates
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach


def certificate_or_404(user: Any, pk: int) -> Certificate:
    within = path_filter(reach(user, Action.ISSUE_CERTIFICATES), "activity__organisation__path")
    return get_object_or_404(certificates().filter(within), pk=pk)
