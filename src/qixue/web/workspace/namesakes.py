"""People of a session and whom its entries count, in words that tell two people of one name apart."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock_words import clock_of
from qixue.core.language import enumeration
from qixue.participation.models import LedgerEntry, Registration
from qixue.participation.queries.walk_ins import WalkIn, name_of
from qixue.people.models import Resident
from qixue.people.namesakes import named_apart
from qixue.programme.models import Session


def expected_or_in(registrations: Iterable[Registration], walk_ins: Iterable[WalkIn]) -> list[Resident]:
    """Everybody with a name on a page of a session, to be told apart."""
    walked_in = [each.resident for each in walk_ins if each.resident]
    return [*(row.resident for row in registrations), *walked_in]


def names_at(session: Session) -> dict[int, str]:
    """By key the names of all who are or were signed up for it, told apart."""
    return named_apart(Resident.objects.filter(registrations__session=session).distinct().order_by("pk"))


def names_of(session: Session, rows: Iterable[Registration]) -> str:
    """Enumerates people of its registrations."""
    names = names_at(session)
    return enumeration(names.get(row.resident_id, row.resident.name) for row in rows)


def who_came(entry: LedgerEntry) -> str:
    """Whom an entry counts one by one, with the time: two people may have one name, and a walk-in may have none."""
    name = name_of(entry) or pgettext("of a walk-in", "No name")
    since = clock_of(entry.occurred_at or entry.recorded_at)
    return _("%(name)s (in since %(time)s)") % {"name": name, "time": since}
