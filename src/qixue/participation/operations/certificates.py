"""Giving certificates and taking them back. A certificate is signed when it is given, and never changed."""

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qixue.core.clock import local_day
from qixue.core.models import record_audit
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
from qixue.participation.operations.learning_record import open_account
from qixue.participation.queries.attendance import minutes_of
from qixue.participation.queries.certificates import Candidate, candidates_of, revoked_places, rule_of, session_total
from qixue.participation.serials import new_serial
from qixue.people.models import Organisation, Resident, User
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

    Refused: no_rule, nobody_chosen, too_many_at_once, not_attended, rule_not_met.
    """
    if not people:
        raise Refused("nobody_chosen", _("Please choose at least one person."), field="people")
    if len(people) > MOST_AT_ONCE:
        sentence = _("Please issue up to %(limit)s certificates at a time.")
        raise Refused("too_many_at_once", sentence, field="people", limit=MOST_AT_ONCE)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=activity.organisation_id)
    rule = rule_of(activity)
    if rule is None:
        raise Refused("no_rule", _("Please say first what the certificate is called and who gets it."))
    candidates = {row.resident.pk: row for row in candidates_of(activity, rule)}
    chosen = [checked(candidates.get(person.pk), rule) for person in people]
    new = {row.resident.pk: issued(row, rule, organisation, by=by, at=at) for row in chosen if not row.certificate}
    for certificate in new.values():
        record_audit("certificate.issued", certificate, by=by, at=at)
    tell(list(new.values()), "certificate_issued", at=at)
    return [row.certificate or new[row.resident.pk] for row in chosen]


def checked(candidate: Candidate | None, rule: CertificateRule) -> Candidate:
    if candidate is None or not candidate.sessions:
        sentence = _("Somebody chosen was not counted by name at any session of this activity. Please choose again.")
        raise Refused("not_attended", sentence, field="people")
    if not candidate.is_entitled:
        sentence = _("%(name)s was at fewer sessions than the certificate asks for.")
        raise Refused("rule_not_met", sentence, field="people", name=candidate.resident.name)
    return candidate


def issued(
    candidate: Candidate, rule: CertificateRule, organisation: Organisation, *, by: User, at: datetime.datetime
) -> Certificate:
    """The saved and signed certificate, while the row of its issuer is locked."""
    activity = rule.activity
    days = [local_day(session.starts_at) for session in candidate.sessions if session.starts_at] or [local_day(at)]
    number, place = free_place(organisation)
    certificate = Certificate(
        activity=activity,
        organisation=organisation,
        resident=candidate.resident,
        serial=new_serial(),
        name=candidate.resident.name,
        kind=rule.kind,
        title=rule.title,
        criteria=criteria_in_words(rule, session_total(activity)),
        issuer_name=organisation.name,
        session_count=candidate.session_count,
        minutes=sum(minutes_of(session) or 0 for session in candidate.sessions),
        started_on=min(days),
        ended_on=max(days),
        issued_at=at,
        issued_by=by,
        salt=secrets.token_hex(16),
        status_list=number,
        status_index=place,
    )
    certificate.credential = signed_credential(certificate, at=at)
    certificate.save(force_insert=True)
    return certificate


def free_place(organisation: Organisation) -> tuple[int, int]:
    """A list of the issuer and a place in it that no certificate has."""
    given = Certificate.objects.filter(organisation=organisation)
    number = given.count() // FULLEST + 1
    place = secrets.randbelow(LIST_SIZE)
    while given.filter(status_list=number, status_index=place).exists():
        place = secrets.randbelow(LIST_SIZE)
    return number, place


def signed_credential(certificate: Certificate, *, at: datetime.datetime) -> str:
    """The Open Badges 3.0 credential of an unsaved certificate, signed with the current key."""
    base = settings.QIXUE["BASE_URL"]
    if certificate.resident is None:
        raise ValueError("A certificate is signed for somebody.")
    learner_no = open_account(certificate.resident, at=at).learner_no
    facts = Facts(
        base_url=base,
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
        issued_at=at,
        salt=certificate.salt,
        learner_hash=identity_hash(learner_no, certificate.salt),
        status_list=certificate.status_list,
        status_index=certificate.status_index,
    )
    return signed_here(credential(facts), at=at)


def signed_here(document: dict[str, Any], *, at: datetime.datetime) -> str:
    """Signed with the current key of this platform."""
    key = signing_key(PURPOSE)
    kid = key_url(settings.QIXUE["BASE_URL"], key.kid)
    return signed(document, kid=kid, sign=lambda message: sign_with(key, message), at=at)


def signed_revocation_list(organisation: Organisation, number: int, *, at: datetime.datetime) -> str:
    """The issuer's list as it is now, for whoever checks a credential."""
    revoked = revoked_places(organisation, number)
    base = settings.QIXUE["BASE_URL"]
    return signed_here(revocation_list(base, organisation.code, number, revoked=revoked, at=at), at=at)


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
    if not (reason := reason.strip()):
        raise Refused("reason_missing", _("Please say why, for example: the name was wrong."), field="reason")
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
