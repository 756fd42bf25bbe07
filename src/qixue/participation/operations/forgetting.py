"""What happens to the feedback and the certificates of people who are being forgotten. Figures stay."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from qixue.core.models import OutboxMessage
from qixue.core.outbox import forget_messages
from qixue.participation.models import Certificate, Feedback, Participant
from qixue.people.models import Notification, Resident


@transaction.atomic
def forget_sentences(people: Sequence[Resident]) -> None:
    """Before their tokens go: an answer keeps its face and reason, which name nobody, and loses its sentence."""
    tokens = Participant.objects.filter(resident__in=people).values("token")
    Feedback.objects.filter(person_token__in=tokens).exclude(sentence="").update(sentence="")
    keys = {str(person.pk) for person in people}
    told = Notification.objects.filter(kind="feedback_invited").filter(about(people))
    forget_notices([notice.key for notice in told if keys & set(notice.key.rpartition(":")[2].split("-"))])


@transaction.atomic
def forget_holders(people: Sequence[Resident]) -> None:
    """A certificate keeps its number and dates, so that its page still answers, and nothing that names anybody."""
    rows = Certificate.objects.filter(resident__in=people)
    kinds = ("certificate_issued", "certificate_revoked")
    forget_notices([f"{kind}:{pk}" for kind in kinds for pk in rows.order_by("pk").values_list("pk", flat=True)])
    rows.update(resident=None, name="", salt="", credential="")


def about(people: Sequence[Resident]) -> Q:
    """What the accounts of the people, and those of their guardians, were told."""
    keys = [person.pk for person in people]
    return Q(user__resident__in=keys) | Q(user__resident__dependents__in=keys)


def forget_notices(keys: Sequence[str]) -> None:
    """Names stand in them, and in the letters that went with them."""
    Notification.objects.filter(key__in=keys).delete()
    for key in keys:
        forget_messages(OutboxMessage.objects.filter(key__startswith=f"{key}:"))
