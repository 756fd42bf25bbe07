"""What `qixue doctor` asks this app."""

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from qixue.core.checkup import Finding, Level, note
from qixue.participation import cell_triggers
from qixue.participation.queries.lotteries import lost_draws


def check_promised_draws(_host: str) -> Finding:
    """A seed that was promised without a public number is sealed under the secret key, and is lost with it."""
    try:
        sessions = lost_draws()
    except DatabaseError:
        return note("promised_draws", Level.WARNING, _("Whether promised draws can be made is unknown."))
    if sessions:
        text = _(
            "The secret key has changed, so promised draws cannot be made (sessions %(sessions)s). Put the former key "
            "back until they are made, or call these sessions off and announce them anew with a public number."
        )
        return note("promised_draws", Level.FATAL, text, sessions=", ".join(map(str, sessions)))
    return note("promised_draws", Level.OK, _("Every promised draw can be made."))


def check_cell_triggers(_host: str) -> Finding:
    """Without them nobody notices that a session or an activity moves, and the worker merges nothing."""
    try:
        missing = cell_triggers.missing(connection)
    except DatabaseError:
        return note("cell_triggers", Level.WARNING, _("Whether figures follow sessions that move is unknown."))
    if missing:
        text = _(
            "The database lacks triggers by which figures follow sessions that move (%(names)s); run: qixue migrate"
        )
        return note("cell_triggers", Level.WARNING, text, names=", ".join(missing))
    return note("cell_triggers", Level.OK, _("Figures follow sessions that move."))
