"""Moving a session to another time or place, and telling everybody who is signed up for it."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import minute_text
from qixue.core.clock_words import day_clock_lazy
from qixue.core.refusal import Doubt, ask_at_once
from qixue.participation.models import LedgerEntry, Registration
from qixue.participation.notices import both, event_of
from qixue.participation.operations.check_ins import hold_attended
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.leaving import let_go
from qixue.participation.operations.people_inside import (
    doubts_about_inside,
    hold_doors,
    take_back_inside,
    tell_unregistered,
)
from qixue.participation.operations.seats import (
    addressed,
    offered_until,
    promote,
    tell_in_charge,
    with_session,
)
from qixue.participation.operations.terms import fit_terms
from qixue.participation.queries.attendances import those_of
from qixue.participation.queries.plan_effects import is_moved, is_moved_away
from qixue.participation.queries.registered import Reach, active_rows, reach_of
from qixue.participation.queries.registrations import terms_of
from qixue.participation.queries.unregistered import Unregistered
from qixue.participation.session_notice_kinds import CHECK_IN_MOVED, OF_CHANGE
from qixue.people.models import User
from qixue.people.operations.notifications import notify_each
from qixue.people.rules import Action
from qixue.programme.models import Session
from qixue.programme.operations import sessions

TOO_SOON = datetime.timedelta(hours=1)  # for everybody to hear of it
MOVED = _("The session was moved to another time.")  # why whoever was let in before is taken back


@dataclass(frozen=True)
class Changed:
    """What came of a change: whom it told of another time or place, who got or was offered a seat by it, of how many
    people the check-ins were taken back, and who of them were not signed up: those are told who have an account.
    """

    session: Session
    told: Reach
    moved_up: Sequence[Registration]
    taken_back: int
    unregistered: Unregistered


@transaction.atomic
def change_session(
    session: Session,
    *,
    details: sessions.SessionDetails,
    version: int,
    by: User,
    at: datetime.datetime,
    confirmed: bool = False,
) -> Changed:
    """Change a session as `edit_session` does. Where time or place change, tell whoever is signed up; more seats go to
    those who wait. Whoever was let in already is taken back where it moves away, as `is_moved_away` says.

    Its terms and offers follow as `fit_terms` and `fit_offers` say. Refused: not_in_charge, and as by `edit_session`
    and `fit_terms`. Unless confirmed, at once the doubts of `doubts_about_time` where the time changes, starts_too_soon
    and people_are_in.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    if is_moved_away(session.starts_at, details.starts_at, at=at):
        hold_doors(session.activity.organisation, [session])
        hold_attended(Session.objects.filter(pk=session.pk), at=at)
    before = sessions.locked(session)
    after = sessions.edit_session(session, details=details, version=version, by=by, at=at)
    moved_away = [after] if is_moved_away(before.starts_at, after.starts_at, at=at) else []
    if not confirmed:
        ask_at_once([*doubts_about_change(before, after, at=at), *doubts_about_inside(moved_away)])
    fit_terms(after, by=by, at=at)
    taken_back = take_back_inside(moved_away, str(MOVED), by=by, at=at)
    release_forgotten(moved_away, at=at)
    told = tell_if_moved(before, after, taken_back, at=at)
    told_too = tell_unregistered(CHECK_IN_MOVED, after, taken_back, at=at, **words_of_change(before, after))
    return Changed(after, told, promote(after, terms_of(after), at=at), len(taken_back), told_too)


def release_forgotten(moved_away: Iterable[Session], *, at: datetime.datetime) -> None:
    """The sessions are locked, and whoever was in is taken back: to the seats of those who are forgotten since nobody
    comes any more.
    """
    for session in moved_away:
        rows = list(Registration.objects.active().filter(session=session, was_there=True).order_by("pk"))
        if rows:
            let_go(session, rows, at=at)


def doubts_about_change(before: Session, after: Session, *, at: datetime.datetime) -> Iterator[Doubt]:
    """What is odd about a new time, as `doubts_about_time` says; and a start of which people would hardly hear in time
    is a slip more often than meant: starts_too_soon.
    """
    start, end = after.starts_at, after.ends_at
    if start and end and (start, end) != (before.starts_at, before.ends_at):
        yield from sessions.doubts_about_time(start, end, after.activity.programme, at=at)
    if after.starts_at is None or after.starts_at == before.starts_at or after.starts_at >= at + TOO_SOON:
        return
    if not is_moved(before, after, at=at):
        return
    if count := Registration.objects.active().filter(session=after).count():
        sentence = _(
            "Signed up: %(people)s. It would start on %(moment)s: they would hardly hear of it in time. Please check "
            "the day and the time."
        )
        moment = day_clock_lazy(after.starts_at)
        yield Doubt("starts_too_soon", sentence, field="start", people=count, moment=moment)


def tell_if_moved(
    before: Session, after: Session, taken_back: Sequence[LedgerEntry], *, at: datetime.datetime
) -> Reach:
    """Who is told, after its offers fit its time; nobody where the session stays where it is. `taken_back`: by what
    people were in who were taken back with the change, also of other sessions.
    """
    if not is_moved(before, after, at=at):
        return reach_of([])
    fit_offers(before, after, at=at)
    once_in = [entry for entry in taken_back if entry.session_id == after.pk]
    return tell_of_change(before, after, once_in, at=at)


def fit_offers(before: Session, after: Session, *, at: datetime.datetime) -> None:
    """Offers end when the session starts at the latest. What only its former start cut short gets the usual time from
    now on.
    """
    offered = Registration.objects.filter(session=after, state=Registration.State.OFFERED)
    offered.filter(offered_until__gt=after.starts_at).update(offered_until=after.starts_at)
    until = offered_until(after, terms_of(after), at=at)
    if until and before.starts_at and at < before.starts_at < until:
        offered.filter(offered_until=before.starts_at).update(offered_until=until)


def tell_of_change(
    before: Session, after: Session, taken_back: Sequence[LedgerEntry], *, at: datetime.datetime
) -> Reach:
    """Each account for all its people, with the old time and place beside the new ones. Of a seat that is offered they
    are told until when: it is not theirs yet, whatever the session's new time. Who was taken back is told so.
    """
    words = words_of_change(before, after)
    rows, key = with_session(after, active_rows(after)), f"{after.pk}-{after.version}"
    once_in = those_of(taken_back, rows)
    groups: dict[tuple[bool, bool], list[Registration]] = {of: [] for of in OF_CHANGE}
    for row in rows:
        groups[row.state == Registration.State.OFFERED, row.pk in once_in].append(row)
    told = [one for of, kind in OF_CHANGE.items() for one in addressed(reach_of(groups[of]), kind, key=key, **words)]
    notify_each(told, at=at)
    offered = [row for row in rows if row.state == Registration.State.OFFERED]
    tell_in_charge(offered, at=at, key=f"-{after.version}")
    return reach_of(rows)


def words_of_change(before: Session, after: Session) -> dict[str, str]:
    """When it ends, and when and where it was: further words of a notice of where it is now."""
    was = event_of(before)
    return {
        "ends": minute_text(after.ends_at),
        "was_on": was.words["day_on"],
        "was_time": was.words["time"],
        "was_ends": minute_text(before.ends_at),
        **both("was_place", was.place, was.place_en),
    }
