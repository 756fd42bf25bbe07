"""What this app keeps about residents after a session: what they said, their certificates, their own entries."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import local_day
from qixue.participation.models import Certificate, Feedback, LearningAccount, LearningEntry, Participant
from qixue.participation.operations.forgetting import forget_holders, forget_records, forget_sentences
from qixue.people.personal_data import Holding, Left, Section, Subject, holdings


def answers_of(subject: Subject) -> list[tuple[str, Feedback]]:
    """Each with the name of the person behind its token."""
    tokens = Participant.objects.filter(resident__in=subject.people).select_related("resident")
    names = {participant.token: participant.resident.name for participant in tokens}
    rows = Feedback.objects.filter(person_token__in=list(names)).select_related("session__activity")
    return [(names[row.person_token], row) for row in rows.order_by("given_at", "pk")]


def answers_copy(subject: Subject) -> Section:
    rows = [
        (name, row.session.activity.title, row.get_face_display(), row.get_reason_display(), row.sentence)
        for name, row in answers_of(subject)
    ]
    columns = [_("Who"), _("Activity"), _("How was it?"), _("What it was about"), _("A sentence for the organiser")]
    return Section(_("Feedback"), columns, rows)


def answers_left(subject: Subject, **_when: Any) -> list[Left]:
    return [
        Left(len(answers_of(subject)), _("What you said about sessions, without your sentences and without a name"))
    ]


def certificates_copy(subject: Subject) -> Section:
    found = Certificate.objects.filter(resident__in=subject.people).order_by("issued_at", "pk")
    rows = [
        (row.name, row.title, row.issuer_name, local_day(row.issued_at).isoformat(), row.printed_serial, row.credential)
        for row in found
    ]
    name, issued = pgettext("of a person", "Name"), pgettext("a certificate", "Issued on")
    columns = [name, _("What was learnt"), _("Issuer"), issued, _("Number"), _("Text of the credential")]
    return Section(_("Certificates"), columns, rows)


def certificates_left(subject: Subject, **_when: Any) -> list[Left]:
    count = Certificate.objects.filter(resident__in=subject.people).count()
    return [Left(count, _("Certificates, as a number and dates without a name"))]


def entries_copy(subject: Subject) -> Section:
    """With the number of the record's account, as a row of its own."""
    accounts = LearningAccount.objects.filter(resident__in=subject.people).select_related("resident").order_by("pk")
    entries = LearningEntry.objects.filter(resident__in=subject.people).select_related("resident")
    rows = [(row.resident.name, _("Account number"), row.learner_no, "", "") for row in accounts]
    rows += [
        (row.resident.name, row.get_outcome_type_display(), row.title, row.issuer, row.ended_on.isoformat())
        for row in entries.order_by("ended_on", "pk")
    ]
    columns = [_("Who"), _("What it is"), _("What it is called"), _("Where, or with whom"), _("Day, or last day")]
    return Section(_("Learning record"), columns, rows)


# Registered after what the app keeps from the session itself: erased before the tokens go.
holdings.register(
    Holding(
        "feedback",
        ("participation.feedback", "participation.feedbackinvitation"),
        answers_copy,
        lambda subject, **_when: forget_sentences(subject.people),
        answers_left,
    ),
    Holding(
        "certificates",
        ("participation.certificate",),
        certificates_copy,
        lambda subject, **_when: forget_holders(subject.people),
        certificates_left,
    ),
    Holding(
        "learning_record",
        ("participation.learningaccount", "participation.learningentry"),
        entries_copy,
        lambda subject, **_when: forget_records(subject.people),
    ),
)
