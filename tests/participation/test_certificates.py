"""Who gets a certificate, what it says and states in its credential, and how it is taken back."""

import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.factories_afterwards import DAY, attend, attendee, course, organiser_of, rule_for, sessions_of
from tests.participation.signing_up import sign_up
from time_machine import travel

from qixue.core.refusal import Refused
from qixue.core.signing_keys import rotate_key, signing_key, verification_keys
from qixue.participation.credentials import identity_hash, read_credential
from qixue.participation.models import Certificate
from qixue.participation.operations.certificates import (
    RuleDetails,
    issue_certificates,
    revoke_certificate,
    save_rule,
    signed_revocation_list,
)
from qixue.participation.operations.check_ins import check_in
from qixue.participation.operations.ledger import void_entry
from qixue.participation.queries.certificates import candidates_of, certificate_by_serial, revoked_places, rule_of
from qixue.participation.serials import printed
from qixue.people.models import Notification, Resident
from qixue.programme.models import Activity, Session

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def training() -> Activity:
    activity = course(sessions=3)
    rule_for(activity, least=2)
    return activity


def issue(activity: Activity, *people: Resident, at: datetime.datetime = NOON) -> list[Certificate]:
    return issue_certificates(activity, people=people, by=organiser_of(activity), at=at)


def revoke(certificate: Certificate, *, reason: str = "姓名有误") -> Certificate:
    by = organiser_of(certificate.activity)
    return revoke_certificate(certificate, kind="wrong_details", reason=reason, by=by, at=NOON)


def refusal_of(activity: Activity, *people: Resident, at: datetime.datetime = NOON) -> str:
    with pytest.raises(Refused) as refused:
        issue(activity, *people, at=at)
    return refused.value.code


def judge(certificate: Certificate) -> OB3Verifier:
    """The independent verifier, with the key that the credential names."""
    keys = verification_keys("credential")
    return OB3Verifier(pubkey_pem=Ed25519PublicKey.from_public_bytes(next(iter(keys.values()))))


# Who gets one


def test_whoever_was_at_enough_sessions_is_entitled(training):
    for count in (1, 2, 3):
        attendee(training, count=count, name=f"来了{count}场")

    rows = candidates_of(training, rule_of(training), at=NOON)

    assert [(row.resident.name, row.session_count, row.is_entitled) for row in rows] == [
        ("来了1场", 1, False),
        ("来了2场", 2, True),
        ("来了3场", 3, True),
    ]


def come_to_a_further_session(activity: Activity, person: Resident, *, ends_at: datetime.datetime) -> Session:
    """Checked in at noon, which is when it began."""
    session: Session = OpenSessionFactory(activity=activity, starts_at=NOON, ends_at=ends_at)
    (registration,) = sign_up(session, person, at=NOON - DAY)
    check_in(session, registration=registration, by=organiser_of(activity), at=NOON, client_uuid=key())
    return session


def test_session_that_is_not_over_gives_no_certificate(training):
    person = attendee(training, count=1)
    come_to_a_further_session(training, person, ends_at=NOON + MINUTE)

    assert refusal_of(training, person) == "rule_not_met"


def test_session_that_has_just_ended_gives_a_certificate(training):
    person = attendee(training, count=1)
    come_to_a_further_session(training, person, ends_at=NOON + MINUTE)

    (certificate,) = issue(training, person, at=NOON + MINUTE)

    assert certificate.session_count == 2


@pytest.mark.parametrize("state", Session.OFF_STATES)
def test_session_that_was_called_off_with_people_in_gives_no_certificate(training, state):
    person = attendee(training, count=1)
    session = come_to_a_further_session(training, person, ends_at=NOON + MINUTE)
    Session.objects.filter(pk=session.pk).update(state=state)  # as it was before entries were taken back

    assert refusal_of(training, person, at=NOON + DAY) == "rule_not_met"


def test_certificate_says_what_was_attended(training):
    (certificate,) = issue(training, attendee(training, count=2))

    assert (certificate.name, certificate.title, certificate.issuer_name) == (
        "李嘉明",
        "稻田养鱼实用技术",
        training.organisation.name,
    )
    assert (certificate.session_count, certificate.minutes) == (2, 240)
    assert (certificate.ended_on - certificate.started_on) == DAY
    assert certificate.criteria == "在全部3场活动中实到不少于2场。"


def test_holder_is_told_and_so_is_the_guardian_of_a_child(training):
    parent = MemberFactory()
    child = ResidentFactory(guardian=parent, name="李一诺")
    for session in sessions_of(training)[:2]:
        attend(session, child)

    issue(training, child)

    told = Notification.objects.get(user=parent.user)
    assert (told.kind, told.params["name"]) == ("certificate_issued", "李一诺")


def test_issuing_twice_gives_one_certificate(training):
    person = attendee(training, count=2)

    first, second = (issue(training, person)[0] for _time in range(2))

    assert (first, Notification.objects.filter(user=person.user).count()) == (second, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_questions_are_asked_for_many_people(training, django_assert_num_queries, count):
    people = [attendee(training, count=2) for _person in range(count)]
    signing_key("credential")
    by = organiser_of(training)

    with django_assert_num_queries(24):
        issue_certificates(training, people=people, by=by, at=NOON)


def test_places_in_the_list_that_are_taken_are_drawn_again(training, monkeypatch):
    draws = iter([7, 7, 8, 7, 7, 9])
    monkeypatch.setattr("qixue.participation.operations.certificates.secrets.randbelow", lambda _size: next(draws))

    made = issue(training, *[attendee(training, count=2) for _person in range(3)])

    assert [certificate.status_index for certificate in made] == [7, 8, 9]


def test_too_few_sessions_are_refused(training):
    assert refusal_of(training, attendee(training, count=1)) == "rule_not_met"


def test_somebody_who_never_came_is_refused(training):
    assert refusal_of(training, MemberFactory()) == "not_attended"


def test_attendance_that_was_taken_back_does_not_count(training):
    person = attendee(training, count=1)
    entry = attend(sessions_of(training)[1], person)
    void_entry(entry, reason="扫错了人", by=organiser_of(training), at=NOON, client_uuid=key())

    assert refusal_of(training, person) == "rule_not_met"


def test_by_hand_one_session_is_enough():
    activity = course()
    rule_for(activity)

    (certificate,) = issue(activity, attendee(activity, count=1))

    assert certificate.criteria == "由承办单位在实际参加者中评定。"


def test_nobody_chosen_is_refused(training):
    assert refusal_of(training) == "nobody_chosen"


def test_without_a_rule_nothing_is_issued():
    activity = course()

    assert refusal_of(activity, attendee(activity)) == "no_rule"


def test_rule_cannot_ask_for_more_sessions_than_there_are(training):
    with pytest.raises(Refused, match="3"):
        rule_for(training, least=4)


def test_changing_the_rule_leaves_what_was_issued(training):
    (certificate,) = issue(training, attendee(training, count=2))

    details = RuleDetails(kind="Award", title="另一个名称")
    save_rule(training, details=details, by=organiser_of(training), at=NOON)

    certificate.refresh_from_db()
    assert (certificate.kind, certificate.title) == ("CertificateOfCompletion", "稻田养鱼实用技术")


def test_database_refuses_a_second_certificate_in_force(training):
    (certificate,) = issue(training, attendee(training, count=2))
    certificate.pk, certificate.serial, certificate.status_index = None, "0" * 16, certificate.status_index ^ 1

    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


# The credential, judged by an independent library


def test_credential_is_valid_open_badges_3(training):
    (certificate,) = issue(training, attendee(training, count=2))

    with travel(NOON, tick=False):
        badge = judge(certificate).verify(certificate.credential)

    assert (badge.achievement.name, badge.achievement.achievement_type) == (
        "稻田养鱼实用技术",
        "CertificateOfCompletion",
    )
    assert (badge.issuer.name, badge.id) == (
        training.organisation.name,
        f"http://127.0.0.1:8000/verify/{printed(certificate.serial)}/",
    )
    assert (badge.issuance_date, badge.results[0].value) == (NOON, "5.3")


def test_credential_names_nobody(training):
    person = attendee(training, count=2)
    (certificate,) = issue(training, person)

    (identity,) = (
        judge(certificate)
        ._build_credential(read_credential(certificate.credential, verification_keys("credential")))
        .identifiers
    )

    account = person.learning_account.learner_no
    assert (identity.hashed, identity.identity_hash) == (True, identity_hash(account, certificate.salt))
    payload = str(read_credential(certificate.credential, verification_keys("credential")))
    assert not any(secret in payload for secret in (person.name, account, person.user.username))


def test_credential_stands_after_the_key_was_changed(training):
    (certificate,) = issue(training, attendee(training, count=2))

    rotate_key("credential", by=None, at=NOON)

    assert read_credential(certificate.credential, verification_keys("credential"))["jti"]


def status_list(certificate: Certificate) -> bytes:
    """As the address that the credential names answers."""
    return signed_revocation_list(certificate.organisation, certificate.status_list, at=NOON).encode()


def test_revocation_reaches_whoever_checks_the_credential(training):
    (certificate,) = issue(training, attendee(training, count=2))

    with travel(NOON, tick=False):
        verifier = judge(certificate)
        verifier.verify(certificate.credential, check_status=True, download=lambda url: status_list(certificate))
        revoke(certificate)
        with pytest.raises(OB3VerificationError, match="revocation"):
            verifier.verify(certificate.credential, check_status=True, download=lambda url: status_list(certificate))


# Taking back


def test_revoking_says_why_and_tells_the_holder(training):
    person = attendee(training, count=2)
    (certificate,) = issue(training, person)

    revoked = revoke(certificate)

    assert (revoked.revoked_at, revoked.revoke_kind, revoked.revoke_reason) == (NOON, "wrong_details", "姓名有误")
    assert Notification.objects.filter(user=person.user, kind="certificate_revoked").count() == 1
    assert revoked_places(certificate.organisation, certificate.status_list) == [certificate.status_index]


def test_revoking_without_a_reason_is_refused(training):
    (certificate,) = issue(training, attendee(training, count=2))

    with pytest.raises(Refused) as refused:
        revoke(certificate, reason="  ")

    assert refused.value.code == "reason_missing"


def test_revoking_twice_keeps_the_first_reason(training):
    (certificate,) = issue(training, attendee(training, count=2))
    revoke(certificate)

    assert revoke(certificate, reason="别的原因").revoke_reason == "姓名有误"


def test_after_revoking_a_new_one_can_be_issued(training):
    person = attendee(training, count=2)
    (first,) = issue(training, person)
    revoke(first)

    (second,) = issue(training, person)

    assert (second.pk != first.pk, second.revoked_at) == (True, None)


@pytest.mark.parametrize("typed", ["{}", " {} ", "ｑｘ{}"])
def test_serial_is_found_however_it_is_typed(training, typed):
    (certificate,) = issue(training, attendee(training, count=2))
    text = printed(certificate.serial).lower().replace("0", "O").replace("1", "l")

    found = certificate_by_serial(typed.format(text))

    assert found == (None if typed.startswith("ｑ") else certificate)


def test_list_is_signed_like_a_credential(training):
    (certificate,) = issue(training, attendee(training, count=2))

    payload = read_credential(status_list(certificate).decode(), verification_keys("credential"))

    assert payload["issuer"] == read_credential(certificate.credential, verification_keys("credential"))["iss"]
    assert payload["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
