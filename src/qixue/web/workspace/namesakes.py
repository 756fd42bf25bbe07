"""People of one name, told apart by what the organiser knows of them anyway."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock_words import clock_of
from qixue.participation.models import LedgerEntry
from qixue.participation.queries.walk_ins import name_of
from qixue.people.models import Resident

SHOWN_DIGITS = 4


def told_apart(people: Iterable[Resident]) -> dict[int, str]:
    """By key, for names that several of the people have: year of birth and the end of the phone number, as known."""
    residents = list({person.pk: person for person in people}.values())
    names = Counter(person.name for person in residents)
    namesakes = [person for person in residents if names[person.name] > 1]
    prefetch_related_objects(namesakes, "user")
    return {person.pk: particulars(person) for person in namesakes}


def who_came(entry: LedgerEntry) -> str:
    """Whom an entry counts one by one, with the time: two people may have one name, and a walk-in may have none."""
    name = name_of(entry) or pgettext("of a walk-in", "No name")
    since = clock_of(entry.occurred_at or entry.recorded_at)
    return _("%(name)s (in since %(time)s)") % {"name": name, "time": since}


def particulars(person: Resident) -> str:
    digits = person.user.mobile[-SHOWN_DIGITS:] if person.user else ""
    phone = _("phone ending in %(digits)s") % {"digits": digits} if digits else ""
    return " · ".join(part for part in (str(person.birth_year or ""), phone) if part)
