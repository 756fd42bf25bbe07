"""The terms on which people sign up for a session, and the same for all sessions of its activity."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.clock_words import day_clock_lazy, day_lazy
from qixue.core.models import record_audit
from qixue.core.refusal import Doubt, Refused, ask_at_once
from qixue.participation import lottery as rule
from qixue.participation.models import Lottery, RegistrationTerms
from qixue.participation.models.registrations import MOST_MISSED, MOST_PLACES
from qixue.participation.operations.in_charge import must_be_in_charge
from qixue.participation.operations.lotteries import check_allotment, check_public_number, has_begun
from qixue.participation.operations.seats import locked_sessions
from qixue.participation.queries.lotteries import is_before_draw
from qixue.participation.queries.registrations import terms_of
from qixue.people.models import User
from qixue.people.rules import Action
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.programme.operations.plan_publication import named

Allotment = RegistrationTerms.Allotment
MOST_OFFER_HOURS = 72
OLDEST = 120
# By the field of an end that is past already: the code of the doubt, and what it says of one session and of several.
PAST_ENDS = {
    "closes_at": (
        "closed_at_once",
        _("%(moment)s is past: nobody could sign up any more from now on."),
        _("Sessions for which nobody could sign up any more from now on: %(sessions)s, for example %(session)s."),
    ),
    "cancel_until": (
        "kept_at_once",
        _("%(moment)s is past: nobody could give up a seat any more from now on."),
        _(
            "Sessions for which nobody could give up a seat any more from now on: %(sessions)s, for example "
            "%(session)s."
        ),
    ),
}


@dataclass(frozen=True)
class TermsDetails:
    """What an organiser decides; see the fields of RegistrationTerms. Ages in years, `offer_hours` in hours."""

    allotment: str = Allotment.FIRST_COME
    draw_at: datetime.datetime | None = None
    public_number: str = ""
    opens_at: datetime.datetime | None = None
    closes_at: datetime.datetime | None = None
    cancel_until: datetime.datetime | None = None
    place_limit: int = 4
    min_age: int | None = None
    max_age: int | None = None
    region: Region | None = None
    offer_hours: int | None = None
    no_show_limit: int | None = None

    def values(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def moved(self, by: datetime.timedelta) -> "TermsDetails":
        """For a session that starts so much later: what hangs on its start moves along, the opening does not."""
        closes = self.closes_at + by if self.closes_at else None
        cancel = self.cancel_until + by if self.cancel_until else None
        draw = self.draw_at + by if self.draw_at else None
        return dataclasses.replace(self, closes_at=closes, cancel_until=cancel, draw_at=draw)


@transaction.atomic
def save_terms(
    session: Session,
    *,
    details: TermsDetails,
    by: User,
    at: datetime.datetime,
    for_all: bool = False,
    confirmed: bool = False,
) -> list[Session]:
    """Keep the terms of a session; `for_all`: of every session of its activity that is still to come, too.

    Whoever is signed up stays signed up. Returns the sessions. Refused: not_in_charge, number_for_one,
    closes_before_it_opens, closes_after_the_end, cancel_after_the_start, ages_out_of_order, those of numbers out of
    range, and of `check_allotment`, `check_draw`, `check_draw_in_time` and `check_public_number`. Unless confirmed,
    at once the doubts of `doubts_about_ends`.
    """
    must_be_in_charge(by, Action.EDIT_ACTIVITY, session)
    if obstacles := obstacles_in_numbers(details):
        raise obstacles[0]
    others = session.activity.sessions.filter(state=Session.State.PLANNED, starts_at__gt=at) if for_all else []
    found = locked_sessions(session, *(other for other in others if other.pk != session.pk))
    if details.public_number and len(found) > 1:
        sentence = _(
            "A public number is for one session: people could still enter another one when it is known already. Please "
            "save it for this session alone, or leave it empty."
        )
        raise Refused("number_for_one", sentence, field="for_all")
    saved = []
    for each in found:
        own = details
        if each.pk != session.pk and each.starts_at and session.starts_at:
            own = details.moved(each.starts_at - session.starts_at)
        check_times(each, own)
        check_allotment(each, own.allotment)
        check_draw(each, own)
        check_draw_in_time(each, own.draw_at or own.closes_at, field="draw_at" if own.draw_at else "closes_at")
        check_public_number(each, own.public_number, by=by, at=at)
        saved.append((each, own))
    if not confirmed:
        ask_at_once(doubts_about_ends(saved, at=at))
    for each, own in saved:
        RegistrationTerms.objects.update_or_create(session=each, defaults=own.values())
        record_audit("registration.terms_set", each, by=by, at=at)
    return found


def fit_terms(session: Session, *, by: User, at: datetime.datetime) -> None:
    """Bring the terms of a session that has moved, and is locked, within its time: signing up ends when the session
    does at the latest, and seats are given up until it starts.

    Moments of a draw are promised and do not move by themselves. Refused: opens_after_the_end, draw_after_the_start.
    """
    terms = RegistrationTerms.objects.filter(session=session).first()
    if terms is None:
        return
    closes, cancel = terms.closes_at, terms.cancel_until
    if closes and session.ends_at and terms.allotment == Allotment.FIRST_COME:
        closes = min(closes, session.ends_at)
    if cancel and session.starts_at:
        cancel = min(cancel, session.starts_at)
    last = closes or session.starts_at
    if terms.opens_at and last and last <= terms.opens_at:
        sentence = _(
            "%(session)s: signing up would begin only on %(moment)s, which is too late then. Please change the terms "
            "of signing up first."
        )
        moment = day_clock_lazy(terms.opens_at)
        raise Refused("opens_after_the_end", sentence, field="start", session=named(session), moment=moment)
    if is_before_draw(session, terms):
        check_draw_in_time(session, terms.draw_at or terms.closes_at, field="start")
    if (closes, cancel) != (terms.closes_at, terms.cancel_until):
        terms.closes_at, terms.cancel_until = closes, cancel
        terms.save(update_fields=["closes_at", "cancel_until"])
        record_audit("registration.terms_set", session, by=by, at=at)


def obstacles_in_numbers(details: TermsDetails) -> list[Refused]:
    """All numbers that cannot be, each with its field. To be asked where they are typed; saving asks the same."""
    ranges: Sequence[tuple[str, int | None, int, int]] = (
        ("place_limit", details.place_limit, 1, MOST_PLACES),
        ("min_age", details.min_age, 1, OLDEST),
        ("max_age", details.max_age, 1, OLDEST),
        ("offer_hours", details.offer_hours, 1, MOST_OFFER_HOURS),
        ("no_show_limit", details.no_show_limit, 1, MOST_MISSED),
    )
    sentence = _("Please give a number from %(low)s to %(high)s.")
    found = [
        Refused(f"{name}_out_of_range", sentence, field=name, low=low, high=high)
        for name, number, low, high in ranges
        if number is not None and not low <= number <= high
    ]
    if details.min_age and details.max_age and details.max_age < details.min_age:
        in_order = _("Please give a highest age that is not below the lowest one.")
        found.append(Refused("ages_out_of_order", in_order, field="max_age"))
    return found


def check_times(session: Session, details: TermsDetails) -> None:
    """In the words of the session, where it is one of several."""
    day = day_lazy(local_day(session.starts_at)) if session.starts_at else ""
    closes = details.closes_at or session.starts_at
    if details.opens_at and closes and closes <= details.opens_at:
        sentence = _("For the session on %(day)s signing up would end before it begins. Please give a later end.")
        field = "closes_at" if details.closes_at else "opens_at"
        raise Refused("closes_before_it_opens", sentence, field=field, day=day)
    if details.closes_at and session.ends_at and details.closes_at > session.ends_at:
        sentence = _("Please let signing up end before the session of %(day)s does.")
        raise Refused("closes_after_the_end", sentence, field="closes_at", day=day)
    if details.cancel_until and session.starts_at and details.cancel_until > session.starts_at:
        sentence = _("Seats can be given up until the session of %(day)s starts at the latest.")
        raise Refused("cancel_after_the_start", sentence, field="cancel_until", day=day)


def doubts_about_ends(saved: Sequence[tuple[Session, TermsDetails]], *, at: datetime.datetime) -> Iterator[Doubt]:
    """An end of signing up or of giving up that is past already is a slip more often than meant; of several sessions,
    which still have their former terms, it is asked once.

    Doubts: closed_at_once, kept_at_once.
    """
    to_come = [(each, own, terms_of(each)) for each, own in saved if each.starts_at is None or each.starts_at > at]
    for field, (code, of_one, of_several) in PAST_ENDS.items():
        past = [
            (each, getattr(own, field))
            for each, own, before in to_come
            if is_new_and_past(getattr(before, field), getattr(own, field), at)
        ]
        if not past:
            continue
        first, moment = past[0]
        if len(saved) == 1:
            yield Doubt(code, of_one, field=field, moment=day_clock_lazy(moment))
        else:
            yield Doubt(code, of_several, field=field, sessions=len(past), session=named(first))


def is_new_and_past(before: datetime.datetime | None, after: datetime.datetime | None, at: datetime.datetime) -> bool:
    return after is not None and after != before and after <= at


def check_draw(session: Session, details: TermsDetails) -> None:
    """A draw needs a list that is closed before it; what was closed stays closed.

    Nobody knows the public number before the list is closed: once somebody has entered, it closes no later.
    Refused: draw_needs_an_end, draw_before_the_end, number_too_early, no_draw_here, lottery_closed, lottery_begun.
    """
    if details.allotment != Allotment.LOTTERY:
        if details.draw_at:
            sentence = _("Please leave the moment of the draw empty: seats go to whoever signs up first.")
            raise Refused("no_draw_here", sentence, field="draw_at")
        if details.public_number:
            sentence = _("Please leave the public number empty: seats go to whoever signs up first.")
            raise Refused("no_draw_here", sentence, field="public_number")
        return
    if details.closes_at is None:
        raise Refused(
            "draw_needs_an_end", _("Please say when signing up ends: the draw comes after it."), field="closes_at"
        )
    if details.draw_at and details.draw_at < details.closes_at:
        raise Refused("draw_before_the_end", _("Please let the draw come after signing up has ended."), field="draw_at")
    if details.public_number and details.draw_at and local_day(details.draw_at) <= local_day(details.closes_at):
        sentence = _(
            "Please let the draw come on a later day than signing up ends, or leave its moment empty: a number of the "
            "same day could be known while people still enter."
        )
        raise Refused("number_too_early", sentence, field="draw_at")
    closes_on = local_day(details.closes_at)
    day = rule.day_named(details.public_number, closed_on=closes_on)
    if day and day <= closes_on:
        sentence = _(
            "The number is that of %(day)s: it could be known while people still enter. Please name the number of a "
            "later day than signing up ends."
        )
        raise Refused("number_too_early", sentence, field="public_number", day=day_lazy(day))
    before = RegistrationTerms.objects.filter(session=session).first()
    is_closed = Lottery.objects.filter(session=session, closed_at__isnull=False).exists()
    if is_closed and before and before.closes_at != details.closes_at:
        raise Refused("lottery_closed", _("The list for the draw is closed: its end stays."), field="closes_at")
    closed_before = before and before.public_number and before.closes_at
    if closed_before and details.closes_at > closed_before and has_begun(session):
        sentence = _(
            "People have entered, and the draw waits for a public number: signing up cannot end later any more."
        )
        raise Refused("lottery_begun", sentence, field="closes_at")


def check_draw_in_time(session: Session, draw_at: datetime.datetime | None, *, field: str) -> None:
    """Whoever enters a draw must hear of it before the session starts. Refused: draw_after_the_start."""
    if draw_at and session.starts_at and draw_at > session.starts_at:
        sentence = _(
            "%(session)s: the draw would be on %(moment)s, when it has begun. Please let the draw come before the "
            "session."
        )
        moment = day_clock_lazy(draw_at)
        raise Refused("draw_after_the_start", sentence, field=field, session=named(session), moment=moment)
