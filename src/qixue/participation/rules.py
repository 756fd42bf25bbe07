"""Who may sign up whom."""

from qixue.people.models import Resident, User
from qixue.people.rules import Action, may
from qixue.programme.models import Session


def may_act_for(user: User, resident: Resident) -> bool:
    """Whether the resident is the user, or somebody of whom the user takes care."""
    return user.pk in {resident.user_id, resident.guardian.user_id if resident.guardian else None}


def may_manage_registrations(user: User, session: Session) -> bool:
    """Whether the user signs up and takes out others at this session: its organisers and the cadres of their part."""
    return may(user, Action.MANAGE_REGISTRATIONS, session.activity.organisation)
