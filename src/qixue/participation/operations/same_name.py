"""Whether somebody of the same name is there already: the same person would count twice, so a person is asked."""

from django.utils.translation import gettext_lazy as _

from qixue.core.clock_words import clock
from qixue.core.refusal import Doubt
from qixue.participation.queries.door_state import expected_people
from qixue.participation.queries.walk_ins import namesakes_at, walked_in_as
from qixue.people.models import Resident
from qixue.people.namesakes import name_to_compare
from qixue.programme.models import Session


def check_is_another(session: Session, name: str, *, confirmed_name: str) -> None:
    """Whether nobody of that name is there. `confirmed_name` is the one of which somebody has said that it is another
    person's: of any other name the question is open.

    Doubt: namesake_expected, namesake_inside.
    """
    if name_to_compare(name) == name_to_compare(confirmed_name):
        return
    namesakes = namesakes_at(session, name, expected_people(session))
    if any(each.came_at is None for each in namesakes):
        sentence = _("%(name)s is signed up. Please check them in instead, unless this is somebody else of that name.")
        raise Doubt("namesake_expected", sentence, field="name", name=name)
    if namesakes:
        sentence = _("%(name)s is in already, since %(time)s. Count only somebody else of that name.")
        moment = clock(min(each.came_at for each in namesakes if each.came_at))
        raise Doubt("namesake_inside", sentence, field="name", name=name, time=moment)


def check_has_not_walked_in(session: Session, person: Resident, *, confirmed_name: str) -> None:
    """The same of somebody known who is to be counted: whether nobody of that name is in without being signed up.

    Doubt: namesake_walked_in.
    """
    if name_to_compare(person.name) == name_to_compare(confirmed_name):
        return
    if since := walked_in_as(session, [person]).get(person.pk):
        sentence = _(
            "Somebody of the same name, %(name)s, came in without signing up at %(time)s. Is it the same person? Then"
            " they are counted already; count only somebody else of that name."
        )
        raise Doubt("namesake_walked_in", sentence, field="person", name=person.name, time=clock(since))
