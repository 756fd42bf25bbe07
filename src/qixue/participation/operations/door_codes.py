"""Six digits for the door, for whoever has no phone at hand: unique among those who come to a session or wait."""

import secrets

from qixue.participation.models import Registration
from qixue.participation.models.registrations import DOOR_CODES, random_door_code
from qixue.programme.models import Session

SPARE = 8  # codes drawn beyond those needed, for those that are taken


def free_door_codes(session: Session, count: int) -> list[str]:
    """Random codes that nobody has at the session, which is locked. Raises ValueError when there are not enough."""
    drawn = list(dict.fromkeys(random_door_code() for _number in range(2 * count + SPARE)))
    active = Registration.objects.active().filter(session=session)
    taken = set(active.filter(door_code__in=drawn).values_list("door_code", flat=True))
    free = [code for code in drawn if code not in taken]
    return free[:count] if len(free) >= count else rarely_free_codes(session, count)


def rarely_free_codes(session: Session, count: int) -> list[str]:
    """The same for a session at which nearly all codes are taken: one look at all of them."""
    taken = set(Registration.objects.active().filter(session=session).values_list("door_code", flat=True))
    free = [code for code in (f"{number:06}" for number in range(DOOR_CODES)) if code not in taken]
    return secrets.SystemRandom().sample(free, count)
