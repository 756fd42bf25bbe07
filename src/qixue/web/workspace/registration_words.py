"""What a page says after an act that moved people of a session: who has a seat now, and whom nobody tells but you."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.clock_words import day_clock
from qixue.participation.models import Registration
from qixue.participation.notices import names_of
from qixue.participation.queries.registered import reach_of
from qixue.participation.queries.registrations import terms_of
from qixue.programme.models import Session

State = Registration.State


def untold(rows: Sequence[Registration]) -> str:
    """Who of them has to be told in person; empty where all are told."""
    unreached = reach_of(rows).unreached
    sentence = _("Nobody is told here for %(names)s: no account. Please tell them in person.")
    return sentence % {"names": names_of(unreached)} if unreached else ""


def in_one(sentences: Sequence[str]) -> SafeString:
    """The sentences that are not empty, one behind the other; of those that are links the links stay."""
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


def moved_up(session: Session, rows: Sequence[Registration]) -> list[str]:
    """Who got a seat and who was offered one until when, with the way to where an offer is answered for them."""
    seated = [row for row in rows if row.state == State.CONFIRMED]
    offered = [row for row in rows if row.state == State.OFFERED]
    said = []
    if seated:
        said.append(_("Moved up, with a seat now: %(names)s.") % {"names": names_of(seated)})
    if offered:
        sentence = _("A seat is offered until %(moment)s to %(names)s.")
        said.append(sentence % {"moment": day_clock(offered[0].offered_until), "names": names_of(offered)})
    said.append(untold(rows))
    if offered:
        address = reverse("workspace:registrations", args=[session.pk])
        said.append(format_html('<a href="{}?state={}">{}</a>', address, State.OFFERED, _("See the offers")))
    return said


def taken_out(found: Registration, rows: Sequence[Registration]) -> list[str]:
    """What came of taking somebody out: `found` as it was before, `rows` are those who moved up."""
    said = [_("Taken out: %(name)s.") % {"name": found.resident.name}, untold([found])]
    if not rows and found.state in Registration.SEATED_STATES:
        is_awaited = Registration.objects.waiting().filter(session=found.session).exists()
        said.append(
            _("The seat is free; nobody moves up, because those who wait together need more seats.")
            if is_awaited
            else _("The seat is free: nobody waits.")
        )
    return said + moved_up(found.session, rows)


def moments_of_terms(session: Session) -> list[str]:
    """Of a session that starts at another time: which moments of its terms hold now, with the way there."""
    terms = terms_of(session)
    moments = (
        (terms.closes_at, _("Signing up ends on %(moment)s.")),
        (terms.draw_at, _("The draw is on %(moment)s.")),
        (terms.cancel_until, _("Seats can be given up until %(moment)s.")),
    )
    to_come = ((moment, sentence) for moment, sentence in moments if moment and moment > now())
    said: list[str] = [sentence % {"moment": day_clock(moment)} for moment, sentence in to_come]
    if said:
        address = reverse("workspace:registration_terms", args=[session.pk])
        said.append(format_html('<a href="{}">{}</a>', address, _("Change the terms of signing up")))
    return said
