"""Who can have a certificate of an activity, and the certificates that were given."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from qixue.core.names import by_name
from qixue.participation.models import Certificate, CertificateQuerySet, CertificateRule
from qixue.participation.queries.attendance import has_taken_place, named_entries, people_of
from qixue.participation.serials import read_serial
from qixue.people.models import Organisation, Resident
from qixue.programme.models import Activity, Session


@dataclass(frozen=True)
class Candidate:
    """Somebody who was at sessions of an activity, and the certificate that they have of it, if any."""

    resident: Resident
    sessions: tuple[Session, ...]  # attended, the earliest first
    certificate: Certificate | None
    is_entitled: bool  # by the rule of the activity

    @property
    def session_count(self) -> int:
        return len(self.sessions)


def rule_of(activity: Activity) -> CertificateRule | None:
    return CertificateRule.objects.filter(activity=activity).first()


def candidates_of(activity: Activity, rule: CertificateRule | None, *, at: datetime.datetime) -> list[Candidate]:
    """Everybody who was at the activity by name, by name. What is not over or was called off counts for nobody."""
    sessions: dict[object, dict[int, Session]] = {}
    for entry in named_entries().filter(activity=activity):
        if entry.session is not None and has_taken_place(entry.session, at=at):
            sessions.setdefault(entry.person_token, {})[entry.session.pk] = entry.session
    given = {row.resident_id: row for row in Certificate.objects.in_force().filter(activity=activity)}
    least = (rule.least_session_count if rule else None) or 1
    rows = []
    for participant in by_name(people_of(activity), lambda each: each.resident.name):
        attended = tuple(reversed(sessions.get(participant.token, {}).values()))
        person = participant.resident
        if not attended:
            continue
        rows.append(Candidate(person, attended, given.get(person.pk), len(attended) >= least))
    return rows


def session_total(activity: Activity) -> int:
    """Out of how many sessions the rule asks for some: all but those that were called off or put off."""
    return activity.sessions.filter(state__in=(Session.State.PLANNED, Session.State.HELD)).count()


def certificates() -> CertificateQuerySet:
    related = ("activity__programme", "organisation", "resident")
    return Certificate.objects.select_related(*related).order_by("-issued_at", "-pk")


def certificate_by_serial(text: str) -> Certificate | None:
    """Whatever way it was typed."""
    serial = read_serial(text)
    return certificates().filter(serial=serial).first() if serial else None


def certificates_of(household: Sequence[Resident]) -> CertificateQuerySet:
    return certificates().filter(resident__in=household)


def revoked_places(organisation: Organisation, number: int) -> list[int]:
    """The places of revoked certificates in the issuer's list."""
    revoked = Certificate.objects.filter(organisation=organisation, status_list=number, revoked_at__isnull=False)
    return list(revoked.order_by("status_index").values_list("status_index", flat=True))


def has_status_list(organisation: Organisation, number: int) -> bool:
    return Certificate.objects.filter(organisation=organisation, status_list=number).exists()
