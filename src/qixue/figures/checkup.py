"""What `qixue doctor` asks this app."""

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from qixue.core.checkup import Finding, Level, note
from qixue.figures import change_triggers


def check_change_triggers(_host: str) -> Finding:
    """Without them nobody notices that something changes on which a figure stands."""
    try:
        missing = change_triggers.missing(connection)
    except DatabaseError:
        return note("change_triggers", Level.WARNING, _("Whether figures follow what changes is unknown."))
    if missing:
        text = _("The database lacks triggers by which figures follow what changes (%(names)s); run: qixue migrate")
        return note("change_triggers", Level.WARNING, text, names=", ".join(missing))
    return note("change_triggers", Level.OK, _("Figures follow what changes."))
