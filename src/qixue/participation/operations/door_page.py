"""What somebody at the door does by hand beyond checking in those who are signed up."""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import check_person_name
from qixue.core.form_keys import key_reused
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.check_ins import check_open, enter_by_hand
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import entered_before, take_back, with_chain_held
from qixue.participation.operations.same_name import check_is_another
from qixue.participation.queries.door_state import TAKEN_BACK_WITHIN
from qixue.participation.queries.walk_ins import name_of
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.programme.models import Session

NOT_OWN = _("Only who let somebody in here can take it back; please ask an organiser.")


@transaction.atomic
def count_walk_in(
    session: Session, *, name: str, confirmed_name: str = "", by: User, at: datetime.datetime, client_uuid: uuid.UUID
) -> LedgerEntry:
    """Count somebody who is not signed up, by name or without one.

    Refused: those of `check_in`. Doubt: those of `check_is_another`.
    """
    must_be_in_charge(by, Action.RECORD_ATTENDANCE, session)
    session = with_chain_held(session)
    if earlier := entered_before(client_uuid, session=session):
        if name_of(earlier) != name:
            raise key_reused()
        return earlier
    check_open(session, at=at)
    check_person_name(name)
    if name:
        check_is_another(session, name, confirmed_name=confirmed_name)
    return enter_by_hand(session, name=name, by=by, at=at, client_uuid=client_uuid)


@transaction.atomic
def take_back_own(entry: LedgerEntry, *, by: User, at: datetime.datetime) -> LedgerEntry:
    """Take back somebody whom one has just let in by mistake; whoever may correct can do it at any time, with a reason.

    Again changes nothing. Refused: not_in_charge, not_own_entry, too_late_to_take_back, already_replaced. Raises
    ValueError for an entry without a session.
    """
    if entry.session is None:
        raise ValueError("What a document states was not entered at a door.")
    must_be_in_charge(by, Action.RECORD_ATTENDANCE, entry.session)
    if entry.kind != LedgerEntry.Kind.ATTENDANCE or entry.actor_id != by.pk:
        raise Refused("not_own_entry", NOT_OWN)
    if at - entry.recorded_at > TAKEN_BACK_WITHIN:
        sentence = _("This was more than %(minutes)s minutes ago; please ask an organiser to take it back.")
        minutes = TAKEN_BACK_WITHIN // datetime.timedelta(minutes=1)
        raise Refused("too_late_to_take_back", sentence, minutes=minutes)
    with override(settings.LANGUAGE_CODE):
        reason = gettext("Entered by mistake at the door.")
    key = uuid.uuid5(entry.client_uuid, "qixue-taken-back")
    return take_back(entry, reason=reason, by=by, at=at, client_uuid=key)
