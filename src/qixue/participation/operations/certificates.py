"""Giving certificates and taking them back. A certificate is signed when it is given, and never changed."""

import datetime
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.fields import checked_reason
from qixue.core.models import AuditEntry, SigningKey, audit_entry, record_audit
from qixue.core.refusal import Refused
from qixue.core.signing_keys import sign_with, signing_key
from qixue.participation.certificate_words import criteria_in_words
from qixue.participation.credentials import (
    LIST_SIZE,
    Facts,
    credential,
    identity_hash,
    key_url,
    revocation_list,
    signed,
)
from qixue.participation.learning_hours import learning_hours
from qixue.participation.models import Certificate, CertificateRule
from qixue.participation.notices import about_certificate
from qixue.participation.operations.learning_record import open_accounts
from qixue.participation.queries.attendance import minutes_of
from qixue.participation.queries.certificates import Candidate, candidates_of, revoked_places, rule_of, session_total
from qixue.participation.serials import new_serial
from qixue.people.models import Organisation, Resident, User
from qixue.people.operations.locks import locked_people
from qixue.people.operations.notifications import notify_each
from qixue.people.queries import account_for
from qixue.programme.models import Activity

PURPOSE = "credential"
FULLEST = LIST_SIZE // 2  # a list that is half full is closed: a free place is found by chance after a few draws
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class RuleDetails:
    """What a certificate says and who gets it; without `least_session_count` it is given by hand."""

    kind: str
    title: str
    criteria: str = ""
    least_session_count: int | None = None


@transaction.atomic
def save_rule(activity: Activity, *, details: RuleDetails, by: User, at: datetime.datetime) -> CertificateRule:
    """For certificates to come; those that were given stay as they are. Refused: more_than_there_are."""
    total = session_total(activity)
    if details.least_session_count is not None and not 1 <= details.least_session_count <= max(1, total):
        sentence = _("Please give a number of sessions from 1 to %(total)s: there are no more.")
        raise Refused("more_than_there_are", sentence, field="least_session_count", total=max(1, total))
    rule, _made = CertificateRule.objects.update_or_create(activity=activity, defaults=vars(details))
    record_audit("certificate.rule_saved", activity, by=by, at=at, details={"least": details.least_session_count})
    return rule


@transaction.atomic
def issue_certificates(
    activity: Activity, *, people: Sequence[Resident], by: User, at: datetime.datetime
) -> list[Certificate]:
    """Give each of the people a certificate, and tell them. Who has one of this activity keeps that one.

    The people are locked: whoever is forgotten meanwhile is so before, and then was at no session, or afterwards.
    Refused: no_rule, nobody_chosen, too_many_at_once, not_attended, rule_not_met.
    """
    if not people:
        raise Refused("nobody_chosen", _("Please choose at least one person."), field="people")
    if len(people) > MOST_AT_ONCE:
        sentence = _("Please issue up to %(limit)s certificates at a time.")
        raise Refused("too_many_at_once", sentence, field="people", limit=MOST_AT_ONCE)
    locked_people([person.pk for person in people])
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=activity.organisation_id)
    rule = rule_of(activity)
    if rule is None:
        raise Refused("no_rule", _("Please say first what the certificate is called and who gets it."))
    candidates = {row.resident.pk: row for row in candidates_of(activity, rule, at=at)}
    chosen = [checked(candidates.get(person.pk), rule) for person in people]
    new = {row.resident.pk: row for row in chosen if not row.certificate}
    made = Certificate.objects.bulk_create(issued(activity, rule, organisation, list(new.values()), by=by, at=at))
    AuditEntry.objects.bulk_create([audit_entry("certificate.issued", row, by=by, at=at) for row in made])
    tell(made, "certificate_issued", at=at)
    given = {certificate.resident_id: certificate for certificate in made}
    return [row.certificate or given[row.resident.pk] for row in chosen]


def checked(candidate: Candidate | None, rule: CertificateRule) -> Candidate:
    if candidate is None or not candidate.sessions:
        sentence = _("Somebody chosen was not counted by name at any session of this activity. Please choose again.")
        raise Refused("not_attended", sentence, field="people")
    if not candidate.is_entitled:
        sentence = _("%(name)s was at fewer sessions than the certificate asks for.")
        raise Refused("rule_not_met", sentence, field="people", name=candidate.resident.name)
    return candidate


def issued(
    activity: Activity,
    rule: CertificateRule,
    organisation: Organisation,
    candidates: Sequence[Candidate],
    *,
    by: User,
    at: datetime.datetime,
) -> list[Certificate]:
    """The signed certificates, not saved yet, while the row of their issuer is locked.

    What all have in common is read once: how many questions are asked does not depend on how many people there are.
    """
    accounts = open_accounts([row.resident for row in candidates], at=at)
    places = free_places(organisation, len(candidates))
    criteria, key = criteria_in_words(rule, session_total(activity)), signing_key(PURPOSE)
    made = []
    for row, (number, place) in zip(candidates, places, strict=True):
        days = [local_day(session.starts_at) for session in row.sessions if session.starts_at] or [local_day(at)]
        certificate = Certificate(
            activity=activity,
            organisation=organisation,
            resident=row.resident,
            serial=new_serial(),
            name=row.resident.name,
            kind=rule.kind,
            title=rule.title,
            criteria=criteria,
            issuer_name=organisation.name,
            session_count=row.session_count,
            minutes=sum(minutes_of(session) or 0 for session in row.sessions),
            started_on=min(days),
            ended_on=max(days),
            issued_at=at,
            issued_by=by,
            salt=secrets.token_hex(16),
            status_list=number,
            status_index=place,
        )
        document = credential(facts_of(certificate, accounts[row.resident.pk].learner_no))
        certificate.credential = signed_with(key, document, at=at)
        made.append(certificate)
    return made


def free_places(organisation: Organisation, count: int) -> list[tuple[int, int]]:
    """Lists of the issuer, each with a place in it that no certificate has."""
    given = Certificate.objects.filter(organisation=organisation)
    before = given.count()
    wanted = Counter((before + number) // FULLEST + 1 for number in range(count))
    return [
        (number, place)
        for number, size in sorted(wanted.items())
        for place in free_in(given.filter(status_list=number), size)
    ]


def free_in(given: QuerySet[Certificate], count: int) -> list[int]:
    """Places in one list, as chance gives them; those that turn out to be taken are drawn again."""
    places: dict[int, None] = {}
    while len(places) < count:
        drawn = [secrets.randbelow(LIST_SIZE) for _place in range(count - len(places))]
        taken = set(given.filter(status_index__in=drawn).values_list("status_index", flat=True))
        places |= dict.fromkeys(place for place in drawn if place not in taken)
    return list(places)


def facts_of(certificate: Certificate, learner_no: str) -> Facts:
    """What the Open Badges 3.0 credential of an unsaved certificate says."""
    return Facts(
        base_url=settings.QIXUE["BASE_URL"],
        serial=certificate.serial,
        issuer_code=certificate.organisation.code,
        issuer_name=certificate.issuer_name,
        activity=f"{certificate.activity.programme.code}/{certificate.activity.code}",
        kind=certificate.kind,
        title=certificate.title,
        criteria=certificate.criteria,
        learning_hours=str(learning_hours(certificate.minutes)) if certificate.minutes else "",
        started_on=certificate.started_on,
        ended_on=certificate.ended_on,
        issued_at=certificate.issued_at,
        salt=certificate.salt,
        learner_hash=identity_hash(learner_no, certificate.salt),
        status_list=certificate.status_list,
        status_index=certificate.status_index,
    )


def signed_with(key: SigningKey, document: dict[str, Any], *, at: datetime.datetime) -> str:
    """Signed with a key of this platform. Refused: signing_key_sealed."""
    kid = key_url(settings.QIXUE["BASE_URL"], key.kid)
    return signed(document, kid=kid, sign=lambda message: sign_with(key, message), at=at)


def signed_revocation_list(organisation: Organisation, number: int, *, at: datetime.datetime) -> str:
    """The issuer's list as it is now, for whoever checks a credential."""
    revoked = revoked_places(organisation, number)
    base = settings.QIXUE["BASE_URL"]
    document = revocation_list(base, organisation.code, number, revoked=revoked, at=at)
    return signed_with(signing_key(PURPOSE), document, at=at)


@transaction.atomic
def revoke_certificate(
    certificate: Certificate, *, kind: str, reason: str, by: User, at: datetime.datetime
) -> Certificate:
    """Take a certificate back for good; its page says so from now on. Doing it again changes nothing.

    Refused: reason_missing.
    """
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if locked.revoked_at is not None:
        return locked
    reason = checked_reason(reason, _("Please say why, for example: the name was wrong."))
    locked.revoked_at, locked.revoke_kind, locked.revoke_reason = at, kind, reason
    locked.save(update_fields=["revoked_at", "revoke_kind", "revoke_reason"])
    record_audit("certificate.revoked", locked, by=by, at=at, details={"kind": kind})
    tell([locked], "certificate_revoked", at=at)
    return locked


def tell(certificates: Sequence[Certificate], kind: str, *, at: datetime.datetime) -> None:
    """Tell the account of each person, or of whoever takes care of them."""
    told = []
    for certificate in certificates:
        if user := certificate.resident and account_for(certificate.resident):
            told.append(([user], about_certificate(kind, certificate)))
    notify_each(told, at=at)
