"""Whether whoever acts for others at a session answers for it. Every way in asks: page, API and command."""

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused
from qixue.people.models import Organisation, User
from qixue.people.rules import Action, may
from qixue.programme.models import Session


def must_be_in_charge(by: User, action: Action, session: Session, *, field: str = "") -> None:
    """Refused: not_in_charge."""
    must_answer_for(by, action, session.activity.organisation, field=field)


def must_answer_for(by: User, action: Action, organisation: Organisation, *, field: str = "") -> None:
    """The same of what an organisation holds for its sessions. Refused: not_in_charge."""
    if not may(by, action, organisation):
        sentence = _("Only the organisation that runs the session, or one above it, can do this.")
        raise Refused("not_in_charge", sentence, field=field)
