"""What stands in the scans of the door: who was let in, and the names of people who came without signing up."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qixue.core.clock import minute_text
from qixue.participation.models import Attendance, Participant, Registration, Scan
from qixue.people.personal_data import Holding, Pair, Section, Subject


def scans_of(subject: Subject) -> QuerySet[Scan]:
    """Those that lead to the people, and those that wait with their name typed at a session that has to do with them.

    Elsewhere the same name is somebody else's, as far as anybody knows.
    """
    tokens = Participant.objects.filter(resident__in=subject.people).values("token")
    sessions = Q(session__in=Attendance.objects.filter(person_token__in=tokens).values("session"))
    sessions |= Q(session__in=Registration.objects.filter(resident__in=subject.people).values("session"))
    typed = sessions & Q(
        verdict=Scan.Verdict.REVIEW, decision="", sent__name__in=[each.name for each in subject.people]
    )
    theirs = Q(resident__in=subject.people) | Q(registration__resident__in=subject.people) | typed
    return Scan.objects.filter(theirs).select_related("session__activity").order_by("received_at", "pk")


def scans_copy(subject: Subject) -> Section:
    rows = [
        (scan.session.activity.title if scan.session else "", minute_text(scan.corrected_at), scan.get_kind_display())
        for scan in scans_of(subject)
    ]
    return Section(_("At the door"), [_("Activity"), _("When"), _("How")], rows)


def erase_scans(subject: Subject, **_when: Any) -> None:
    """The scan stays as a fact of its session, with its verdict; what was sent with it named somebody."""
    scans_of(subject).order_by().update(sent={}, digest="", resident=None, registration=None)


def move_scans(pair: Pair, **_act: Any) -> None:
    Scan.objects.filter(resident=pair.gone).update(resident=pair.kept)


HOLDINGS = [Holding("scans", ("participation.scan",), scans_copy, erase_scans, move=move_scans)]
