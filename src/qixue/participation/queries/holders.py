"""Whether the person who holds a registration is in, by name; who is forgotten is in `forgotten`."""

from django.db.models import Exists, OuterRef

from qixue.participation.models import Attendance, Participant


def holder_is_in() -> Exists:
    """Of a registration: whether its holder is in at its session."""
    tokens = Participant.objects.filter(resident=OuterRef(OuterRef("resident"))).values("token")
    return Exists(Attendance.objects.filter(session=OuterRef("session"), person_token__in=tokens))
