"""What feedback, certificates and the learning record hold of one person: all of it listed, and erased."""

from typing import Any

from django.db import transaction

from qixue.participation.learning_export import record_document
from qixue.participation.models import Certificate, Feedback, LearningAccount, LearningEntry, Participant
from qixue.participation.queries.learning_record import record_of
from qixue.people.models import Resident


def held_afterwards(person: Resident, *, base_url: str) -> dict[str, Any]:
    """The learning record as its owner downloads it, and what the person said about sessions."""
    tokens = Participant.objects.filter(resident=person).values("token")
    answers = Feedback.objects.filter(person_token__in=tokens).select_related("session__activity")
    return {
        "learning_record": record_document(record_of(person), base_url=base_url),
        "feedback": [
            {
                "session": row.session.activity.title,
                "face": row.face,
                "reason": row.reason,
                "sentence": row.sentence,
                "given_at": row.given_at.isoformat(),
                "changed_at": row.changed_at.isoformat(),
            }
            for row in answers.order_by("given_at", "pk")
        ],
    }


@transaction.atomic
def erase_afterwards(person: Resident) -> dict[str, int]:
    """Erase it, before the person's tokens go. Figures stay: answers keep face and reason, and lose their sentence.

    A certificate keeps its serial number and dates, so that its page still answers, and nothing that names anybody.
    Returns how many rows of each kind were changed or deleted; the audit entry is written by whoever erases the rest.
    """
    tokens = Participant.objects.filter(resident=person).values("token")
    return {
        "feedback": Feedback.objects.filter(person_token__in=tokens).exclude(sentence="").update(sentence=""),
        "certificates": Certificate.objects.filter(resident=person).update(
            resident=None, name="", salt="", credential=""
        ),
        "learning_entries": LearningEntry.objects.filter(resident=person).delete()[0],
        "learning_account": LearningAccount.objects.filter(resident=person).delete()[0],
    }
