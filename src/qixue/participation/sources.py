"""How people were signed up: by their own household, or by somebody of the staff."""

from qixue.participation.models import Registration
from qixue.people.models import Resident, User

FROM_HOME = frozenset({Registration.Source.SELF, Registration.Source.FAMILY})


def source_at_home(resident: Resident, by: User) -> Registration.Source:
    """Of somebody whom an account of their own household signs up."""
    return Registration.Source.SELF if resident.user_id == by.pk else Registration.Source.FAMILY
