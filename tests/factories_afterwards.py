"""People who were somewhere, by name, and the certificates that they can have of it."""

import datetime

from qixue.participation.models import LedgerEntry, Participant
from qixue.participation.operations.certificates import RuleDetails, save_rule
from qixue.participation.operations.ledger import EntryDraft, append_entries
from qixue.people.models import Resident, Role, User
from qixue.programme.models import Activity, Session
from tests.factories import NOON, ActivityFactory, MemberFactory, RoleAssignmentFactory, SessionFactory, key

DAY = datetime.timedelta(days=1)


def attend(session: Session, person: Resident, *, at: datetime.datetime = NOON) -> LedgerEntry:
    """An attendance by name, as the door enters it."""
    programme = session.activity.programme
    participant, _made = Participant.objects.get_or_create(resident=person, programme=programme)
    draft = EntryDraft(
        kind=LedgerEntry.Kind.ATTENDANCE,
        activity=session.activity,
        session=session,
        source=LedgerEntry.Source.DOOR,
        actor=None,
        recorded_at=at,
        occurred_at=session.starts_at,
        person_token=participant.token,
        client_uuid=key(),
    )
    return append_entries(session.activity.organisation, [draft])[0]


def course(*, sessions: int = 3) -> Activity:
    """An activity with sessions of two hours on the days before noon."""
    activity = ActivityFactory()
    for number in range(sessions):
        starts_at = NOON - (sessions - number) * DAY
        SessionFactory(activity=activity, starts_at=starts_at, ends_at=starts_at + datetime.timedelta(hours=2))
    return activity


def sessions_of(activity: Activity) -> list[Session]:
    return list(activity.sessions.select_related("activity__programme").order_by("starts_at", "pk"))


def attendee(activity: Activity, *, count: int = 1, name: str = "李嘉明") -> Resident:
    """A resident with an account who was at the first sessions of the activity."""
    person: Resident = MemberFactory(name=name)
    for session in sessions_of(activity)[:count]:
        attend(session, person)
    return person


def organiser_of(activity: Activity) -> User:
    user: User = RoleAssignmentFactory(organisation=activity.organisation, role=Role.ORGANISER).user
    return user


def rule_for(activity: Activity, *, least: int | None = None) -> None:
    details = RuleDetails(kind="CertificateOfCompletion", title="稻田养鱼实用技术", least_session_count=least)
    save_rule(activity, details=details, by=organiser_of(activity), at=NOON)
