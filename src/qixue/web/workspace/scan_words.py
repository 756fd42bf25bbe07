"""What speaks for or against a scan as things are now, beside the reason for which it was put aside."""

from django.utils.translation import gettext as _

from qixue.core.clock_words import day_clock
from qixue.participation.merge import is_before_door
from qixue.participation.models import Registration, Scan
from qixue.participation.queries.door import window_of
from qixue.programme.models import Session
from qixue.programme.queries.time_changes import has_moved_since


def remarks_on(scan: Scan, session: Session) -> list[str]:
    """About its hour, about a session that has moved since, and about a registration that is cancelled."""
    said = [about_the_hour(scan, session)] if scan.reason == "outside_hours" else []
    if has_moved_since(session, scan.corrected_at):
        said.append(_("The session has been given another time since this was scanned."))
    row = scan.registration
    if row and row.state == Registration.State.CANCELLED and row.cancelled_at:
        sentence = _("The registration is cancelled, since %(moment)s: %(why)s.")
        said.append(sentence % {"moment": day_clock(row.cancelled_at), "why": row.get_cancel_reason_display()})
    return [sentence for sentence in said if sentence]


def about_the_hour(scan: Scan, session: Session) -> str:
    """Which of both it was, by the times that the session has now; empty where it has none, or fits them."""
    starts_at = session.starts_at
    if starts_at is None or window_of(session).is_open_at(scan.corrected_at):
        return ""
    if is_before_door(starts_at, scan.corrected_at):
        sentence = _("It was scanned too early: the session starts on %(moment)s.")
        return sentence % {"moment": day_clock(starts_at)}
    sentence = _("It was scanned after the session, which ended on %(moment)s.")
    return sentence % {"moment": day_clock(session.ends_at or starts_at)}
