"""How many seats a session can have, whether it is typed, planned, in a sheet or sent by a program."""

from django.utils.translation import gettext_lazy as _

from qixue.core.refusal import Refused

MOST_SEATS = 100_000  # more than any hall or stadium of a city has: a slip of the finger


def check_seat_count(count: int | None) -> None:
    """None is no limit. Refused: seats_out_of_range."""
    if count is not None and not 1 <= count <= MOST_SEATS:
        sentence = _("Please give 1 to %(most)s seats, or leave the field empty for no limit.")
        raise Refused("seats_out_of_range", sentence, field="seat_count", most=MOST_SEATS)
