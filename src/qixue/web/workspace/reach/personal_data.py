from django.shortcuts import get_object_or_404

from qixue.participation.models import Scan
from qixue.participation.queries.without_account import people_without_account, undecided_scans
from qixue.people.models import Resident, User


def person_or_404(user: User, pk: int) -> Resident:
    """Somebody without an account whom the user's part of the tree has entered."""
    return get_object_or_404(people_without_account(user), pk=pk)


def undecided_scan_or_404(user: User, pk: int) -> Scan:
    return get_object_or_404(undecided_scans(user), pk=pk)
