"""What stands in the scans of the door: who was let in, and the names of people who came without signing up."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qixue.core.clock import minute_text
from qixue.participation.models import Scan
from qixue.people.personal_data import Holding, Section, Subject


def scans_of(subject: Subject) -> QuerySet[Scan]:
    theirs = Q(resident__in=subject.people) | Q(registration__resident__in=subject.people)
    return Scan.objects.filter(theirs).select_related("session__activity").order_by("received_at", "pk")


def scans_copy(subject: Subject) -> Section:
    rows = [
        (scan.session.activity.title if scan.session else "", minute_text(scan.corrected_at), scan.get_kind_display())
        for scan in scans_of(subject)
    ]
    return Section(_("At the door"), [_("Activity"), _("When"), _("How")], rows)


def erase_scans(subject: Subject, **_when: Any) -> None:
    """The scan stays as a fact of its session, with its verdict; what was sent with it named somebody."""
    scans_of(subject).order_by().update(sent={}, resident=None, registration=None)


HOLDINGS = [Holding("scans", ("participation.scan",), scans_copy, erase_scans)]
