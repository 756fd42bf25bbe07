"""What a page says after an act that moved people of a session: who has a seat now, and whom nobody tells but you."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.clock_words import day_clock
from qixue.participation.models import Registration
from qixue.participation.notices import is_told_by_cadre
from qixue.participation.operations.organiser import Move
from qixue.participation.queries.registered import contact_of, reach_of
from qixue.participation.queries.registrations import terms_of
from qixue.people.models import User
from qixue.programme.models import Session
from qixue.web.workspace.namesakes import names_of

State = Registration.State


def told_through(row: Registration, contact: User | None) -> str:
    """The name of whoever has the account through which a person is told, where it is another one; else empty."""
    person = row.resident
    if contact is None or contact.pk == person.user_id:
        return ""
    is_guardian = person.guardian is not None and person.guardian.user_id == contact.pk
    return person.guardian.name if person.guardian and is_guardian else contact.display_name


def untold(session: Session, rows: Sequence[Registration]) -> str:
    """Who of them has to be told in person; empty where all are told. Each is or was signed up for the session."""
    unreached = reach_of(rows).unreached
    sentence = _("Nobody is told here for %(names)s: no account. Please tell them in person.")
    return sentence % {"names": names_of(session, unreached)} if unreached else ""


def to_tell(row: Registration, by: User) -> str:
    """Why whoever takes a person out has to tell them; empty where somebody else is told."""
    if contact_of(row) == by and is_told_by_cadre(row):
        return _("You signed %(name)s up yourself: no account. Please tell them.") % {
            "name": names_of(row.session, [row])
        }
    return untold(row.session, [row])


def who_is_told(row: Registration, *, is_done: bool) -> str:
    """Who hears that a person is taken out, before it and after it; for those of whom `to_tell` says nothing."""
    name = told_through(row, contact_of(row))
    if not name:
        return _("The person is told.") if is_done else _("The person is told, with the reason that you write here.")
    if is_told_by_cadre(row):
        before = _("%(name)s, who signed this person up, is told and passes on the reason that you write here.")
        after = _("%(name)s, who signed this person up, is told and passes it on.")
    else:
        before = _("%(name)s is told for this person, with the reason that you write here.")
        after = _("%(name)s is told for this person.")
    return (after if is_done else before) % {"name": name}


def in_one(sentences: Sequence[str]) -> SafeString:
    """The sentences that are not empty, one behind the other; of those that are links the links stay."""
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


def moved_up(session: Session, rows: Sequence[Registration]) -> list[str]:
    """Who got a seat and who was offered one until when, with the way to where an offer is answered for them."""
    seated = [row for row in rows if row.state == State.CONFIRMED]
    offered = [row for row in rows if row.state == State.OFFERED]
    said = []
    if seated:
        said.append(_("Moved up, with a seat now: %(names)s.") % {"names": names_of(session, seated)})
    if offered:
        sentence = _("A seat is offered until %(moment)s to %(names)s.")
        names = names_of(session, offered)
        said.append(sentence % {"moment": day_clock(offered[0].offered_until), "names": names})
    said.append(untold(session, rows))
    if offered:
        address = reverse("workspace:registrations", args=[session.pk])
        said.append(format_html('<a href="{}?state={}">{}</a>', address, State.OFFERED, _("See the offers")))
    return said


def taken_out(found: Registration, rows: Sequence[Registration], *, by: User) -> list[str]:
    """What came of taking somebody out: `found` as it was before, `rows` are those who moved up."""
    told = to_tell(found, by) or who_is_told(found, is_done=True)
    said = [_("Taken out: %(name)s.") % {"name": names_of(found.session, [found])}, told]
    if not rows and found.state in Registration.SEATED_STATES:
        is_awaited = Registration.objects.waiting().filter(session=found.session).exists()
        said.append(
            _("The seat is free; nobody moves up, because those who wait together need more seats.")
            if is_awaited
            else _("The seat is free: nobody waits.")
        )
    return said + moved_up(found.session, rows)


def moved(session: Session, move: Move) -> list[str]:
    """What became of people who were moved from the session to another, and who moved up."""
    sentences = {
        State.CONFIRMED: _("Moved, with a seat there: %(names)s."),
        State.ENTERED: _("Moved, and entered for the draw there: %(names)s."),
    }
    sentence = sentences.get(State(move.rows[0].state), _("Moved, and waiting in line there: %(names)s."))
    said = [sentence % {"names": names_of(session, move.rows)}, untold(session, move.rows)]
    return said + moved_up(session, move.moved_up)


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
