from typing import Any

from django.shortcuts import get_object_or_404

from qixue.participation.models import ListedPerson, Registration
from qixue.participation.queries.listed_people import lists_of
from qixue.people.models import User
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach

RELATED = (
    "session__activity__programme",
    "session__activity__organisation",
    "session__venue__region",
    "resident__guardian",
)


def registration_or_404(user: Any, pk: int) -> Registration:
    within = path_filter(reach(user, Action.MANAGE_REGISTRATIONS), "session__activity__organisation__path")
    return get_object_or_404(Registration.objects.filter(within).select_related(*RELATED), pk=pk)


def listed_person_or_404(user: User, pk: int) -> ListedPerson:
    """Somebody on a list of the user's own organisations: not even the office above reads it."""
    return get_object_or_404(lists_of(user), pk=pk)
