import datetime
import uuid

from django.db import transaction

from qixue.people.models import Organisation, User
from qixue.programme.models import Activity, Programme
from qixue.programme.operations.activities import ActivityDetails, create_activity
from qixue.programme.operations.programmes import lock_programme
from qixue.programme.operations.sessions import SessionDetails, add_session


@transaction.atomic
def plan_ceremony(
    programme: Programme,
    *,
    organisation: Organisation,
    details: ActivityDetails,
    session: SessionDetails,
    client_uuid: uuid.UUID,
    confirmed: bool = False,
    by: User,
    at: datetime.datetime,
) -> Activity:
    """Draft a launch or closing ceremony with its one session. The same form sent twice makes one.

    Refused: those of `lock_programme`, `create_activity` and `add_session`; unless confirmed, a doubt about its day.
    """
    lock_programme(programme, None, by=by)
    activity = create_activity(
        programme, organisation=organisation, details=details, by=by, at=at, client_uuid=client_uuid
    )
    add_session(activity, details=session, number=1, by=by, at=at, confirmed=confirmed)
    return activity
