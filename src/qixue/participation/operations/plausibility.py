"""Counts that can be right but rarely are: asked about once, before they enter the ledger."""

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Doubt
from qixue.programme.models import Session

FAR_ABOVE = 1.5  # times the seats, or the people that the venue holds


def check_plausible(session: Session, count: int) -> None:
    """Doubt: count_is_zero, count_far_above (more than one and a half times what the seats or the venue hold)."""
    if count == 0:
        sentence = _("Nobody came? Enter 0 only when the session was held and nobody was there; else call it off.")
        raise Doubt("count_is_zero", sentence, field="count")
    known = [session.seat_count, session.venue.capacity if session.venue else None]
    most = max((number for number in known if number), default=None)
    if most is not None and count > FAR_ABOVE * most:
        sentence = _("%(count)s people are far more than the %(most)s that there is room for. Please check the number.")
        raise Doubt("count_far_above", sentence, field="count", count=count, most=most)
