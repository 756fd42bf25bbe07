"""What stays with people after a session: feedback, certificates, and their learning record."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.clock import minute_text
from qixue.core.refusal import Refused
from qixue.participation.models import Certificate, Feedback, LearningAccount, LearningEntry, Participant
from qixue.participation.operations.forgetting import forget_holders, forget_sentences
from qixue.people.personal_data import Holding, Left, Pair, Section, Subject


def feedback_of(subject: Subject) -> QuerySet[Feedback]:
    tokens = Participant.objects.filter(resident__in=subject.people).values("token")
    answers = Feedback.objects.filter(person_token__in=tokens)
    return answers.select_related("session__activity").order_by("given_at", "pk")


def feedback_copy(subject: Subject) -> Section:
    rows = [
        (
            row.session.activity.title,
            minute_text(row.given_at),
            row.get_face_display(),
            row.get_reason_display(),
            row.sentence,
        )
        for row in feedback_of(subject)
    ]
    return Section(_("Feedback"), [_("Activity"), _("When"), _("How it was"), _("Reason"), _("Sentence")], rows)


def feedback_left(subject: Subject, **_when: Any) -> list[Left]:
    return [Left(feedback_of(subject).count(), _("Answers about sessions, without their sentence and without a name"))]


def erase_feedback(subject: Subject, **_when: Any) -> None:
    """Face and reason are counted in figures and stay; the sentence may name somebody."""
    forget_sentences(subject.people)


def certificates_of(subject: Subject) -> QuerySet[Certificate]:
    return Certificate.objects.filter(resident__in=subject.people).order_by("issued_at", "pk")


def certificates_copy(subject: Subject) -> Section:
    rows = [
        (row.name, row.title, row.issuer_name, minute_text(row.issued_at), row.printed_serial)
        for row in certificates_of(subject)
    ]
    return Section(_("Certificates"), [_("Who"), _("Title"), _("Issued by"), _("When"), _("Serial number")], rows)


def certificates_left(subject: Subject, **_when: Any) -> list[Left]:
    return [Left(certificates_of(subject).count(), _("Certificates, as numbers without a name"))]


def erase_certificates(subject: Subject, **_when: Any) -> None:
    """The serial number is still answered, by a row that names nobody."""
    forget_holders(subject.people)


def move_certificates(pair: Pair, **_act: Any) -> None:
    """Refused: two_certificates; one of them says something that is not so, and an organiser has to decide which."""
    rows = Certificate.objects.filter(resident=pair.gone)
    there = Certificate.objects.in_force().filter(resident=pair.kept)
    if double := rows.in_force().filter(activity__in=there.values("activity")).first():
        sentence = gettext_lazy(
            "Both have a certificate “%(title)s” of one activity. Please ask the organiser to revoke one of them first."
        )
        raise Refused("two_certificates", sentence, title=double.title)
    rows.update(resident=pair.kept)


def record_copy(subject: Subject) -> Section:
    accounts = LearningAccount.objects.filter(resident__in=subject.people).select_related("resident").order_by("pk")
    entries = LearningEntry.objects.filter(resident__in=subject.people).select_related("resident").order_by("pk")
    rows = [(row.resident.name, row.learner_no, "", "", "", "") for row in accounts]
    rows += [
        (
            row.resident.name,
            row.title,
            row.issuer,
            row.ended_on.isoformat(),
            "" if row.learning_hours is None else str(row.learning_hours),
            row.evidence,
        )
        for row in entries
    ]
    columns = [_("Who"), _("Title or number"), _("Issued by"), _("Ended on"), _("Hours"), _("What shows it")]
    return Section(_("Learning record"), columns, rows)


def erase_record(subject: Subject, **_when: Any) -> None:
    LearningEntry.objects.filter(resident__in=subject.people).delete()
    LearningAccount.objects.filter(resident__in=subject.people).delete()


def move_record(pair: Pair, **_act: Any) -> None:
    """The account number of the one that is kept stands, else that of the other."""
    LearningEntry.objects.filter(resident=pair.gone).update(resident=pair.kept)
    if not LearningAccount.objects.filter(resident=pair.kept).exists():
        LearningAccount.objects.filter(resident=pair.gone).update(resident=pair.kept)
    LearningAccount.objects.filter(resident=pair.gone).delete()


HOLDINGS = [
    Holding("feedback", (), feedback_copy, erase_feedback, feedback_left),
    Holding(
        "certificates",
        ("participation.certificate",),
        certificates_copy,
        erase_certificates,
        certificates_left,
        move_certificates,
    ),
    Holding(
        "learning_record",
        ("participation.learningaccount", "participation.learningentry"),
        record_copy,
        erase_record,
        move=move_record,
    ),
]
