"""An approved version comes into force: its lines become activities and sessions, found again by the lines' keys."""

import datetime
import uuid

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import day_clock
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.people.operations.notifications import notify
from qixue.programme.models import Activity, Plan, PlanLine, PlanStep, PlanVersion, Programme, RoomBooking, Session
from qixue.programme.notices import plans as notices
from qixue.programme.operations.activities import code_of
from qixue.programme.operations.listings import keep_listings
from qixue.programme.operations.plans import approving_organisation, people_who_file, record_step, refuse_others
from qixue.programme.operations.rooms import book_rooms
from qixue.programme.operations.sessions import SessionDetails, check_change, next_number
from qixue.programme.plan_difference import Difference
from qixue.programme.queries.publications import SESSION_FIELDS, Publication

State = PlanVersion.State
ACTIVITY_FIELDS = ("kind", "audience", "brand", "description")


@transaction.atomic
def bring_into_force(version: PlanVersion, work: Publication, *, by: User, at: datetime.datetime) -> None:
    """Announce what was approved, whole or not at all: do `work` on its sessions, and replace the version before.

    The version is held and checked. Refused: counting_rule_fixed, seats_below_taken, room_taken; each names the
    sessions.
    """
    call_off_removed(work, at)
    book_rooms(write_sessions(work, make_activities(work), at), by=by)
    call_off_empty(work.plan)
    keep_listings(Session.objects.filter(activity__plan=work.plan))
    version.plan.versions.filter(state=State.PUBLISHED).update(state=State.SUPERSEDED)
    version.state = State.PUBLISHED
    version.save(update_fields=["state"])
    record_step(version, PlanStep.Kind.PUBLISHED, by=by, at=at, organisation=approving_organisation(version.plan))
    record_audit("plan.came_into_force", version, by=by, at=at, details=kept(work.changes))
    notify(people_who_file(version.plan), notices.moved_on("plan_published", version), at=at)


def check_publication(version: PlanVersion, *, by: User) -> None:
    """Whether they may bring it into force as it is now. Refused: not_approver, not_approved, programme_closed."""
    refuse_others(version, by)
    if version.state != State.APPROVED:
        raise Refused("not_approved", _("This version is not approved yet, or not any more."))
    if version.plan.programme.state == Programme.State.CLOSED:
        raise Refused("programme_closed", _("This programme is closed; nothing can be added to it."))


def kept(changes: Difference) -> dict[str, object]:
    """The difference as the audit entry keeps it."""
    return {
        "added": [str(line.key) for line in changes.added],
        "removed": [str(line.key) for line in changes.removed],
        "changed": {str(change.after.key): sorted(change.names) for change in changes.changed},
    }


def hold_sessions(plan: Plan) -> None:
    """Nobody signs up for the sessions of the plan until the transaction ends.

    They are held in the order of their keys, as `seats.locked_sessions` does, so that no two acts block each other.
    """
    sessions = Session.objects.filter(activity__plan=plan).only("pk")
    list(sessions.select_for_update(of=("self",), no_key=True).order_by("pk"))


def call_off_removed(work: Publication, at: datetime.datetime) -> None:
    """Call off what the plan has no longer and let go of the rooms."""
    for session in (gone := work.called_off(at=at)):
        session.state = Session.State.CANCELLED
        session.version += 1
    Session.objects.bulk_update(gone, ["state", "version"])
    RoomBooking.objects.filter(session__in=gone).delete()


def call_off_empty(plan: Plan) -> None:
    """An activity without any session is called off. Where its sessions were, it stays, and their pages say so."""
    used = Session.objects.values("activity")
    plan.activities.exclude(pk__in=used).exclude(state=Activity.State.CANCELLED).update(
        state=Activity.State.CANCELLED, version=F("version") + 1
    )


def make_activities(work: Publication) -> dict[str, Activity]:
    """One published activity per title: the one that has it, else the one that was retitled, else a new one."""
    there = {activity.title: activity for activity in work.plan.activities.order_by("-pk")}
    groups: dict[str, list[PlanLine]] = {}
    for line in work.lines:
        groups.setdefault(line.title, []).append(line)
    activities: dict[str, Activity] = {}
    renamed: set[int] = set()
    for title, lines in groups.items():
        activity = there.get(title) or retitled(work, lines, keep=set(groups), taken=renamed)
        if activity is None:
            activity = Activity(programme=work.plan.programme, organisation=work.plan.organisation, plan=work.plan)
            activity.code = code_of(uuid.uuid4())
        else:
            renamed.add(activity.pk)
        describe(activity, lines, work)
        activities[title] = activity
    return activities


def retitled(work: Publication, lines: list[PlanLine], *, keep: set[str], taken: set[int]) -> Activity | None:
    """The activity that these lines had under a title that the plan has no longer."""
    for line in lines:
        session = work.sessions.get(line.key)
        if session and session.activity.title not in keep and session.activity_id not in taken:
            return session.activity
    return None


def describe(activity: Activity, lines: list[PlanLine], work: Publication) -> None:
    """Give the activity what its first line says: all of it when it is new, else what this version changes."""
    first = lines[0]
    is_new = activity.pk is None
    fields = ("title", *ACTIVITY_FIELDS)
    names = fields if is_new else work.touched(first, fields)
    for name in names:
        setattr(activity, name, getattr(first, name))
    is_elsewhere = is_new or bool(work.touched(first, ("region", "venue")))
    if is_elsewhere:
        activity.region = first.region or (first.venue.region if first.venue else None) or work.plan.organisation.region
    if names or is_elsewhere or activity.state != Activity.State.PUBLISHED:
        activity.state = Activity.State.PUBLISHED
        activity.version += 0 if is_new else 1
        activity.save()


def write_sessions(work: Publication, activities: dict[str, Activity], at: datetime.datetime) -> list[Session]:
    """Make and change the sessions of the lines and give them; what was held or called off stays as it is."""
    numbers = {activity.pk: next_number(activity) for activity in activities.values()}
    new, changed = [], []
    for line in work.lines:
        activity = activities[line.title]
        session = work.sessions.get(line.key)
        if session is None:
            session = Session(plan_line_key=line.key, **{name: getattr(line, name) for name in SESSION_FIELDS})
            new.append(session)
        elif session.state == Session.State.PLANNED and change_session(session, line, work, at):
            changed.append(session)
        else:
            continue
        if session.activity_id != activity.pk:
            session.activity, session.number = activity, numbers[activity.pk]
            numbers[activity.pk] += 1
    Session.objects.bulk_create(new)
    Session.objects.bulk_update(changed, [*SESSION_FIELDS, "activity", "number", "version"])
    return [*new, *changed]


def change_session(session: Session, line: PlanLine, work: Publication, at: datetime.datetime) -> bool:
    """Set what this version changes. False when that is nothing. Refused as by `check_change`, naming the session."""
    names = work.touched(line, ("title", *SESSION_FIELDS))
    if not names:
        return False
    seat_count = line.seat_count if "seat_count" in names else None
    details = SessionDetails(line.starts_at, line.ends_at, line.counting_rule, seat_count=seat_count)
    try:
        check_change(session, details, names, at)
    except Refused as refusal:
        raise Refused(refusal.code, refusal.text, lines=[named(session)], **refusal.params) from refusal
    for name in names:
        if name != "title":
            setattr(session, name, getattr(line, name))
    session.version += 1
    return True


def named(session: Session) -> str:
    """Its activity and its start, for a refusal that lists sessions."""
    return f"{session.activity.local_title} {day_clock(session.starts_at)}"
