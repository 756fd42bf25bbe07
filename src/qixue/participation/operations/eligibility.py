"""Whether somebody can sign up: what the session asks for, and who asks."""

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.refusal import Refused
from qixue.participation.models import RegistrationTerms
from qixue.participation.rules import may_act_for
from qixue.people.models import Resident, User
from qixue.programme.models import Activity, Programme, Session

GUARDIAN_BELOW = 14  # Personal Information Protection Law, article 31: a guardian decides for children under 14


def must_act_for(user: User, people: Sequence[Resident], *, is_staff: bool) -> None:
    """Refused: not_yours."""
    if not is_staff and not all(may_act_for(user, person) for person in people):
        raise Refused("not_yours", _("You can act for yourself and for people in your household only."))


def check_window(session: Session, terms: RegistrationTerms, *, at: datetime.datetime, is_staff: bool) -> None:
    """Whether one can sign up now; the organisers can as long as the session has not ended.

    Refused: no_registration, registration_not_open, registration_closed.
    """
    if not is_public(session) or session.state in (Session.State.CANCELLED, Session.State.POSTPONED):
        raise Refused("no_registration", _("One cannot sign up for this session."))
    if session.seat_count is None:
        raise Refused("no_registration", _("No sign-up is needed here. Please just come."))
    closes_at = session.ends_at if is_staff else terms.closes_at or session.starts_at
    if session.state == Session.State.HELD or (closes_at and at >= closes_at):
        raise Refused("registration_closed", _("Signing up for this session is over."))
    if terms.opens_at and at < terms.opens_at and not is_staff:
        opens = terms.opens_at.astimezone(SHANGHAI)
        sentence = _("Signing up opens on %(moment)s.")
        raise Refused("registration_not_open", sentence, moment=f"{opens:%Y-%m-%d %H:%M}")


def is_public(session: Session) -> bool:
    activity = session.activity
    return activity.state == Activity.State.PUBLISHED and activity.programme.state in Programme.PUBLIC_STATES


def check_people(
    session: Session, terms: RegistrationTerms, people: Sequence[Resident], *, at: datetime.datetime
) -> None:
    """Refused: guardian_needed, too_young, too_old, other_region, age_unknown, each naming the person."""
    year = (session.starts_at or at).astimezone(SHANGHAI).year
    for person in people:
        check_age(terms, person, year)
        home = person.home_region.path if person.home_region else ""
        if terms.region and not home.startswith(terms.region.path):
            sentence = _("This session is for residents of %(region)s; the home of %(name)s is another place.")
            values = {"region": terms.region.local_name, "name": person.name}
            raise Refused("other_region", sentence, field="people", **values)


def check_age(terms: RegistrationTerms, person: Resident, year: int) -> None:
    """Age in full years at the end of `year`: only the year of birth is known."""
    age = year - person.birth_year if person.birth_year else None
    if age is not None and age < GUARDIAN_BELOW and person.guardian_id is None:
        sentence = _("%(name)s is under 14. Please let a parent or guardian sign up.")
        raise Refused("guardian_needed", sentence, field="people", name=person.name)
    if age is None and (terms.min_age or terms.max_age):
        sentence = _("Please add the year of birth of %(name)s: this session has an age limit.")
        raise Refused("age_unknown", sentence, field="people", name=person.name)
    if age is not None and terms.min_age and age < terms.min_age:
        sentence = _("This session is for people from %(age)s years on; %(name)s is younger.")
        raise Refused("too_young", sentence, field="people", name=person.name, age=terms.min_age)
    if age is not None and terms.max_age and age > terms.max_age:
        sentence = _("This session is for people up to %(age)s years; %(name)s is older.")
        raise Refused("too_old", sentence, field="people", name=person.name, age=terms.max_age)
