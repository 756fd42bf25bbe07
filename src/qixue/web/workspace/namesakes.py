"""Whom an entry of the ledger counts, in words that tell two people of one name apart."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock_words import clock_of
from qixue.participation.models import LedgerEntry
from qixue.participation.queries.walk_ins import name_of


def who_came(entry: LedgerEntry) -> str:
    """Whom an entry counts one by one, with the time: two people may have one name, and a walk-in may have none."""
    name = name_of(entry) or pgettext("of a walk-in", "No name")
    since = clock_of(entry.occurred_at or entry.recorded_at)
    return _("%(name)s (in since %(time)s)") % {"name": name, "time": since}
