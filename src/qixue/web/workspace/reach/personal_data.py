from django.http import Http404
from django.shortcuts import get_object_or_404

from qixue.participation.models import Scan
from qixue.participation.queries.without_account import people_known_to, people_without_account, undecided_scans
from qixue.people.models import Resident, User
from qixue.people.personal_data import Pair

LONGEST_KEY = 19  # digits: more are no row of any database


def person_or_404(user: User, pk: int) -> Resident:
    """Somebody without an account whom the user's part of the tree has entered."""
    return get_object_or_404(people_without_account(user), pk=pk)


def pair_or_404(user: User, keys: str) -> Pair:
    """Two records that the user's part of the tree knows, by their keys with a dash between them."""
    numbers = [int(key) for key in keys.split("-") if key.isdecimal() and len(key) < LONGEST_KEY]
    people = people_known_to(user).select_related("user", "home_region", "guardian__user").in_bulk(numbers[:2])
    if len(people) < 2:
        raise Http404
    return Pair.of(*people.values())


def undecided_scan_or_404(user: User, pk: int) -> Scan:
    return get_object_or_404(undecided_scans(user), pk=pk)
