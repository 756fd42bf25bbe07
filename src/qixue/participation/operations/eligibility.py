"""Whether somebody can sign up: what the session asks for, and who asks."""

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qixue.core.clock import SHANGHAI
from qixue.core.clock_words import day_clock_lazy
from qixue.core.refusal import Refused
from qixue.participation.models import RegistrationTerms
from qixue.participation.queries.no_shows import HOURS_BEFORE, missed_counts
from qixue.participation.queries.registrations import obstacle_to_registering
from qixue.participation.rules import may_act_for
from qixue.people.models import GuardianConsent, Resident, User
from qixue.people.operations.residents import is_child_in
from qixue.people.queries import consents_in_force
from qixue.programme.models import Session

NOT_YOURS = _("You can act for yourself and for people in your household only.")
NO_GUARDIAN = _(
    "%(name)s is under 14 or turns 14 this year. Please let a parent or guardian add the child to their household "
    "first."
)
NO_CONSENT = _(
    "%(name)s is under 14 or turns 14 this year, and no guardian agrees at present: nobody can sign the child up. The "
    "guardian can agree under “My household”."
)


def must_act_for(user: User, people: Sequence[Resident], *, is_staff: bool) -> None:
    """Refused: not_yours."""
    if not is_staff and not all(may_act_for(user, person) for person in people):
        raise Refused("not_yours", NOT_YOURS)


def must_act_for_one_of(user: User, people: Sequence[Resident], *, is_staff: bool) -> None:
    """Of people who stay together, also where they have come to belong to two households. Refused: not_yours."""
    if not is_staff and not any(may_act_for(user, person) for person in people):
        raise Refused("not_yours", NOT_YOURS)


def check_window(session: Session, terms: RegistrationTerms, *, at: datetime.datetime, is_staff: bool) -> None:
    """Refused: no_registration, registration_not_open, registration_closed."""
    if obstacle := obstacle_to_registering(session, terms, at=at, is_staff=is_staff):
        raise obstacle


def must_not_be_called_off(session: Session) -> None:
    """Of a session that is held: whoever is signed up for it is let go within a moment. Refused: session_off."""
    if session.state == Session.State.CANCELLED:
        raise Refused("session_off", _("This session was called off: nobody has a seat there any more."))


def check_people(
    session: Session,
    terms: RegistrationTerms,
    people: Sequence[Resident],
    *,
    at: datetime.datetime,
    are_moved: bool = False,
) -> None:
    """Whoever is moved was signed up before: an age that nobody asked for then is asked for only where one is limited.

    Refused: guardian_needed, too_young, too_old, other_region, age_unknown, each naming the person.
    """
    year = year_of(session, at=at)
    for person in people:
        if not are_moved:
            check_year_known(person)
        check_age(terms, person, year)
        home = person.home_region.path if person.home_region else ""
        if terms.region and not home.startswith(terms.region.path):
            sentence = _("This session is for residents of %(region)s; the home of %(name)s is another place.")
            values = {"region": terms.region.name_in_sentence, "name": person.name}
            raise Refused("other_region", sentence, field="people", **values)


def year_of(session: Session, *, at: datetime.datetime) -> int:
    """The year at whose end the ages count."""
    return (session.starts_at or at).astimezone(SHANGHAI).year


def check_year_known(person: Resident) -> None:
    """What is not known would be a way around a guardian's consent. Refused: age_unknown."""
    if person.is_age_open and not has_guardian_consent(person):
        sentence = _("Please add the year of birth of %(name)s first: for a child under 14 a guardian has to agree.")
        raise Refused("age_unknown", sentence, field="people", name=person.name)


def check_age(terms: RegistrationTerms, person: Resident, year: int) -> None:
    """Age in full years at the end of `year`: only the year of birth is known."""
    age = year - person.birth_year if person.birth_year else None
    if is_child_in(year, person.birth_year) and not has_guardian_consent(person):
        sentence = NO_GUARDIAN if person.guardian_id is None else NO_CONSENT
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


def check_missed(
    session: Session, terms: RegistrationTerms, people: Sequence[Resident], *, at: datetime.datetime
) -> None:
    """Whoever missed sessions without a word waits until the last hours, when seats are left for everybody.

    Refused: missed_too_often, naming the person.
    """
    if terms.no_show_limit is None or session.starts_at is None or at >= session.starts_at - HOURS_BEFORE:
        return
    counts = missed_counts(session, people, at=at)
    for person in people:
        if (count := counts.get(person.pk, 0)) >= terms.no_show_limit:
            sentence = _(
                "%(name)s had a seat at %(count)s sessions of this organiser and did not come. For %(name)s signing up "
                "is possible from %(moment)s on, if seats are left. Was there a good reason? Please call the organiser."
            )
            moment = day_clock_lazy(session.starts_at - HOURS_BEFORE)
            raise Refused("missed_too_often", sentence, field="people", name=person.name, count=count, moment=moment)


def children_without_consent(people: Sequence[Resident], session: Session, *, at: datetime.datetime) -> list[Resident]:
    """Those of a household whose guardian does not agree that they are signed up, or does not any more."""
    year, agreed = year_of(session, at=at), consents_in_force(people)
    children = [person for person in people if person.guardian_id and is_child_in(year, person.birth_year)]
    return [child for child in children if child.pk not in agreed]


def has_guardian_consent(person: Resident) -> bool:
    """Whether somebody takes care of the child and agreed to what is kept about it."""
    in_force = GuardianConsent.objects.filter(resident=person, withdrawn_at=None)
    return person.guardian_id is not None and in_force.exists()
