"""Who may sign up whom, and who may correct who came."""

from qixue.people.models import Resident, User
from qixue.people.rules import Action, may
from qixue.programme.models import Session


def may_act_for(user: User, resident: Resident) -> bool:
    """Whether the resident is the user, or somebody of whom the user takes care."""
    return user.pk in {resident.user_id, resident.guardian.user_id if resident.guardian else None}


def may_manage_registrations(user: User, session: Session) -> bool:
    """Whether the user signs up and takes out others at this session: its organisers and the cadres of their part."""
    return may(user, Action.MANAGE_REGISTRATIONS, session.activity.organisation)


def may_correct_attendance(user: User, session: Session) -> bool:
    """Whether the user takes back what anybody has entered at this session, at any time."""
    return may(user, Action.CORRECT_ATTENDANCE, session.activity.organisation)


def is_cadre_at(user: User, session: Session) -> bool:
    """Whether the user is there for villagers without a phone: signs them up, and is not among the organisers."""
    return may_manage_registrations(user, session) and not may(
        user, Action.EDIT_ACTIVITY, session.activity.organisation
    )
