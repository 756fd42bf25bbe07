"""Which head counts the ledger takes: of what session, when, and which numbers."""

import datetime

from django.utils.translation import gettext_lazy as _

from qixue.core.quantity import Qualifier
from qixue.core.refusal import Refused
from qixue.participation import queries
from qixue.programme.models import Session

HIGHEST_COUNT = 1_000_000
COUNTABLE = frozenset({Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_LEAST, Qualifier.NEARLY})


def check_session_takes_head_count(session: Session, at: datetime.datetime) -> None:
    """Refused: session_cancelled, session_not_started, session_counts_names, head_count_exists."""
    check_not_off(session)
    check_begun(session, at)
    if session.counting_rule == Session.CountingRule.LIST:
        raise Refused(
            "session_counts_names", _("This session is counted by names on a list; a head count would double it.")
        )
    if queries.effective_head_count(session):
        raise Refused("head_count_exists", _("A head count was already entered; please correct that one instead."))


def check_not_off(session: Session) -> None:
    """Refused: session_cancelled."""
    if session.state in Session.OFF_STATES:
        raise Refused("session_cancelled", _("This session did not take place, so nobody can be counted."))


def has_begun(session: Session, moment: datetime.datetime) -> bool:
    """Before that no count of heads is one of the session."""
    return session.starts_at is not None and session.starts_at <= moment


def check_begun(session: Session, moment: datetime.datetime) -> None:
    """Refused: session_not_started."""
    if not has_begun(session, moment):
        raise Refused("session_not_started", _("Please enter the head count after the session has started."))


def check_count(count: int, qualifier: Qualifier) -> None:
    """Refused: count_out_of_range, qualifier_not_countable."""
    if not 0 <= count <= HIGHEST_COUNT:
        raise Refused(
            "count_out_of_range",
            _("Please give a number of people from 0 to %(highest)s, not %(count)s."),
            field="count",
            highest=HIGHEST_COUNT,
            count=count,
        )
    if qualifier not in COUNTABLE:
        sentence = _("Please say whether the number is exact or an estimate.")
        raise Refused("qualifier_not_countable", sentence, field="qualifier")
