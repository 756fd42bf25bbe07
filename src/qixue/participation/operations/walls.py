"""The code on the wall: shown by the organiser, scanned by residents, who check their household in themselves."""

import datetime
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.core.sealed import seal
from qixue.participation.merge import NAMESAKE, Facts, Holder, judge
from qixue.participation.models import Scan, WallCode
from qixue.participation.operations.check_ins import CheckIn, Source, check_open, check_takes_place, enter
from qixue.participation.operations.eligibility import check_people, must_act_for
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.ledger import lock_chain
from qixue.participation.operations.seats import locked_session
from qixue.participation.queries.door import window_of
from qixue.participation.queries.registrations import terms_of
from qixue.participation.queries.walk_ins import walked_in_as
from qixue.participation.queries.wall import SEALED_FOR, AtTheWall, household_at, open_wall, places_for_walk_ins
from qixue.participation.wall_code import is_good_at, is_late_at
from qixue.people.models import Resident, User
from qixue.people.operations.locks import hold_or_refuse
from qixue.people.rules import Action
from qixue.programme.models import Session

LANDING_LASTS = datetime.timedelta(minutes=10)  # signing in and saying who one is takes some minutes
LATE = "late"  # mark of a scan whose code was just over
ACTOR = "wall"  # in the ledger, which holds no name of somebody who was counted


@dataclass(frozen=True)
class Landing:
    """That a browser came with a code of the wall: which step, and when."""

    step: int
    at: datetime.datetime

    def is_good_at(self, moment: datetime.datetime) -> bool:
        """Whether the code was good when it was scanned and that is not long ago."""
        return is_good_at(self.step, self.at) and datetime.timedelta(0) <= moment - self.at <= LANDING_LASTS


@transaction.atomic
def show_wall(session: Session, *, by: User, at: datetime.datetime) -> WallCode:
    """Begin to show a code, with a new secret; a wall that shows one stays as it is.

    Refused: not_in_charge, session_off.
    """
    must_be_in_charge(by, Action.RECORD_ATTENDANCE, session)
    check_takes_place(session)
    wall = WallCode.objects.select_for_update().filter(session=session).first()
    if wall and wall.closed_at is None:
        return wall
    values = {"sealed_secret": seal(secrets.token_hex(32), SEALED_FOR), "opened_at": at, "opened_by": by}
    wall, _made = WallCode.objects.update_or_create(session=session, defaults={**values, "closed_at": None})
    record_audit("wall.opened", session, by=by, at=at)
    return wall


@transaction.atomic
def close_wall(session: Session, *, by: User, at: datetime.datetime) -> None:
    """No code of this wall is good any more. Doing it again changes nothing. Refused: not_in_charge."""
    must_be_in_charge(by, Action.RECORD_ATTENDANCE, session)
    if WallCode.objects.filter(session=session, closed_at=None).update(closed_at=at):
        record_audit("wall.closed", session, by=by, at=at)


@transaction.atomic
def check_in_by_wall(
    session: Session,
    *,
    people: Sequence[Resident],
    landing: Landing,
    late_limit: int,
    by: User,
    at: datetime.datetime,
    client_uuid: uuid.UUID,
) -> list[Scan]:
    """Check people of a household in who scanned the code on the wall. Whoever is in already stays in as they came.

    Once `late_limit` scans of one code came after it was over, further ones wait for a person. The same form again
    gives the same answer. Refused: code_over, session_off, session_not_open, not_yours, on_waiting_list,
    no_place_left, changed_meanwhile, and for those who are not signed up what `check_people` refuses.
    """
    hold_or_refuse([person.pk for person in people])
    lock_chain(session.activity.organisation)
    session = locked_session(session)  # nobody signs up for the seats that walk-ins take
    keys = [uuid.uuid5(client_uuid, str(person.pk)) for person in people]
    if earlier := list(Scan.objects.filter(device=None, uuid__in=keys).order_by("pk")):
        return earlier
    must_act_for(by, people, is_staff=False)
    if open_wall(session) is None or not landing.is_good_at(at):
        raise code_over()
    check_open(session, at=at)
    found = household_at(session, people)
    check_walk_ins(session, found, at=at)
    is_late = is_late_at(landing.step, landing.at)
    passed_on = is_late and late_uses(session, landing.step) >= late_limit
    scans = [
        wall_scan(session, each, key, landing, is_late=is_late, passed_on=passed_on, at=at)
        for each, key in zip(found, keys, strict=True)
    ]
    counting = [scan for scan in scans if scan.verdict == Scan.Verdict.COUNTED]
    mark_namesakes(session, counting)
    check_ins = [CheckIn(session, Source.WALL, landing.at, scan.entry_key, scan.resident_id) for scan in counting]
    entered = enter(session.activity.organisation, check_ins, by=None, device_name=ACTOR, at=at) if counting else []
    for scan, result in zip(counting, entered, strict=True):
        scan.entry = result.entry
        scan.verdict = Scan.Verdict.COUNTED if result.is_new else Scan.Verdict.ALREADY_IN
    record_audit("attendance.by_wall", session, by=by, at=at, details={"people": len(scans)})
    return Scan.objects.bulk_create(scans)


def mark_namesakes(session: Session, scans: Sequence[Scan]) -> None:
    """Mark whoever is not in yet while a walk-in has the name: it can be the same person, whom the door wrote down."""
    walked_in = walked_in_as(session, [scan.resident for scan in scans if scan.resident])
    for scan in scans:
        if scan.resident_id in walked_in:
            scan.marks = f"{scan.marks} {NAMESAKE}".strip()


def code_over() -> Refused:
    return Refused("code_over", _("This code is over. Please scan the one that the wall shows now."))


def check_walk_ins(session: Session, found: Sequence[AtTheWall], *, at: datetime.datetime) -> None:
    """Refused: on_waiting_list, no_place_left, and what `check_people` refuses."""
    if any(each.waits for each in found):
        raise Refused("on_waiting_list", _("Whoever is on the waiting list please speaks to the people at the door."))
    new = [each.resident for each in found if not each.is_expected and not each.entry]
    if not new:
        return
    check_people(session, terms_of(session), new, at=at)
    left = places_for_walk_ins(session)
    if left is not None and len(new) > left:
        sentence = _("There is no place left for people who are not signed up. Please speak to the people at the door.")
        raise Refused("no_place_left", sentence, field="people")


def late_uses(session: Session, step: int) -> int:
    """How many scans of a step came after it was over."""
    return Scan.objects.filter(device=None, session=session, sequence=step, marks__contains=LATE).count()


def wall_scan(
    session: Session,
    person: AtTheWall,
    key: uuid.UUID,
    landing: Landing,
    *,
    is_late: bool,
    passed_on: bool,
    at: datetime.datetime,
) -> Scan:
    """The scan of one person with its verdict; `sequence` is the step of the code."""
    holder = Holder(str(person.registration.state), is_here=True) if person.registration else None
    facts = Facts(landing.at, landing.at, at, None, window_of(session), holder, needs_holder=False)
    reason = judge(facts).reason or ("wall_late" if passed_on else "")
    return Scan(
        uuid=key,
        sequence=landing.step,
        digest=Scan.digest_of({"session": session.pk, "person": person.resident.pk, "step": landing.step}),
        kind=Scan.Kind.WALL,
        session=session,
        registration=person.registration,
        resident=person.resident,
        occurred_at=landing.at,
        corrected_at=landing.at,
        received_at=at,
        verdict=Scan.Verdict.REVIEW if reason else Scan.Verdict.COUNTED,
        reason=reason,
        marks=LATE if is_late else "",
    )
