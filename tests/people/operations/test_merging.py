"""Two records of one person become one: everything that was kept with either is kept, and the person counts once."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import NOON, MemberFactory, ResidentFactory, RoleAssignmentFactory, UserFactory

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people import erasure_list
from qixue.people.holdings import merges_copy
from qixue.people.models import (
    ConfirmedMobile,
    Erasure,
    GuardianConsent,
    Merge,
    Notification,
    Resident,
    User,
    WeChatAccount,
)
from qixue.people.operations.erasure import erase, erase_account, replay_erasures
from qixue.people.operations.merging import merge_people
from qixue.people.operations.residents import MOST_DEPENDENTS
from qixue.people.personal_data import Subject, holdings

pytestmark = pytest.mark.django_db

LATER = NOON + datetime.timedelta(days=1)
SAID_SO, PROVED = Merge.Ground.SAID_SO, Merge.Ground.PROVED


def merged(one: Resident, other: Resident, ground: Merge.Ground = SAID_SO, by: User | None = None) -> Resident:
    return merge_people(one, other, ground=ground, by=by or UserFactory(), at=LATER)


def refusal_of(one: Resident, other: Resident, ground: Merge.Ground = SAID_SO) -> str:
    with pytest.raises(Refused) as refused:
        merged(one, other, ground)
    return refused.value.code


def test_whoever_signs_in_is_kept_with_what_the_other_record_knew():
    listed = ResidentFactory(name="陈秀兰", birth_year=1948)
    member = MemberFactory(name="陈秀蘭")

    kept = merged(listed, member)

    assert (kept.pk, kept.name, kept.birth_year) == (member.pk, "陈秀蘭", 1948)
    assert list(Resident.objects.values_list("pk", flat=True)) == [member.pk]
    merge = Merge.objects.get()
    assert (merge.kept_key, merge.gone_key, merge.ground) == (member.key, listed.key, "said_so")
    assert AuditEntry.objects.get(action="resident.merged").subject_id == str(member.pk)


def test_of_two_without_account_the_one_with_a_guardian_who_signs_in_is_kept_else_the_first():
    first, second = ResidentFactory.create_batch(2)
    dependent = ResidentFactory(guardian=MemberFactory())

    assert merged(second, first).pk == first.pk
    assert merged(first, dependent).pk == dependent.pk


def test_dependents_and_consents_go_with_the_record():
    gone, kept = ResidentFactory(), MemberFactory()
    child = ResidentFactory(guardian=gone)
    GuardianConsent.objects.create(resident=gone, text_version="1", given_at=NOON)
    GuardianConsent.objects.create(resident=kept, text_version="2", given_at=NOON)

    merged(gone, kept)

    child.refresh_from_db()
    assert child.guardian_id == kept.pk
    consents = GuardianConsent.objects.filter(resident=kept).order_by("text_version")
    assert list(consents.values_list("text_version", "withdrawn_at")) == [("1", LATER), ("2", None)]


def test_dependents_hang_on_nobody_who_is_a_dependent():
    relative, guardian = MemberFactory(), ResidentFactory()
    child, sibling = ResidentFactory(guardian=guardian), ResidentFactory(guardian=relative)

    merged(guardian, kept := ResidentFactory(guardian=relative))

    assert set(Resident.objects.filter(guardian=relative)) == {child, sibling, kept}
    assert Resident.objects.filter(guardian=kept).count() == 0


def test_guardian_of_the_record_that_goes_takes_care_of_the_dependents_of_the_other():
    guardian, kept = ResidentFactory(), ResidentFactory()
    child = ResidentFactory(guardian=kept)

    merged(kept, ResidentFactory(guardian=guardian))

    assert set(Resident.objects.filter(guardian=guardian)) == {child, kept}


def test_household_holds_no_more_people_after_a_merge():
    relative, guardian = MemberFactory(), ResidentFactory()
    ResidentFactory(guardian=guardian)
    [kept, *_others] = ResidentFactory.create_batch(MOST_DEPENDENTS, guardian=relative)

    assert refusal_of(guardian, kept) == "household_full"


def test_somebody_who_takes_care_of_the_other_is_not_the_same_person():
    guardian = ResidentFactory()

    assert refusal_of(ResidentFactory(guardian=guardian), guardian) == "own_guardian"


def test_a_resident_who_wrote_themselves_down_as_a_relative_becomes_one():
    person = MemberFactory()

    kept = merged(ResidentFactory(guardian=person), person, PROVED, by=person.user)

    assert (kept.pk, kept.guardian_id) == (person.pk, None)


def test_two_who_sign_in_are_merged_by_nobody_else():
    assert refusal_of(MemberFactory(), MemberFactory()) == "both_sign_in"


def test_account_of_the_staff_does_not_go():
    kept = MemberFactory()
    other = MemberFactory()
    RoleAssignmentFactory(user=other.user, ended_at=NOON)

    assert refusal_of(kept, other, PROVED) == "staff_account"


def test_phone_wechat_and_notices_of_the_other_account_open_the_one_that_is_kept():
    kept, gone = MemberFactory(), MemberFactory()
    ConfirmedMobile.objects.create(user=kept.user, mobile="13900000001", confirmed_at=NOON)
    ConfirmedMobile.objects.create(user=gone.user, mobile="13900000002", confirmed_at=NOON)
    WeChatAccount.objects.create(user=gone.user, mark="m", sealed_identity="s", linked_at=NOON)
    for user, key in ((kept.user, "same"), (gone.user, "same"), (gone.user, "other")):
        Notification.objects.create(user=user, kind="role_given", key=key, created_at=NOON)

    merged(kept, gone, PROVED, by=kept.user)

    assert list(ConfirmedMobile.objects.values_list("user", "mobile")) == [(kept.user.pk, "13900000001")]
    assert WeChatAccount.objects.get().user_id == kept.user.pk
    assert sorted(Notification.objects.values_list("user", "key")) == [(kept.user.pk, "other"), (kept.user.pk, "same")]
    assert list(User.objects.values_list("pk", flat=True)) == [kept.user.pk]


def test_of_two_accounts_the_one_that_asks_is_kept():
    first, second = MemberFactory.create_batch(2)

    assert merged(first, second, PROVED, by=second.user).pk == second.pk


def test_nobody_is_merged_with_themselves_or_with_a_nameless_place():
    person = ResidentFactory()
    for other in (person, ResidentFactory(name=Resident.NOBODY)):
        with pytest.raises(ValueError, match="Two records"):
            merged(person, other)


def test_somebody_who_was_erased_meanwhile_is_not_merged():
    person, other = ResidentFactory(), ResidentFactory()
    erase(Subject((other,)), at=NOON)

    assert refusal_of(person, other) == "changed_meanwhile"


def test_erasing_the_person_forgets_the_records_of_before_as_well():
    """An older backup brings back both records: both are on the list of the erased."""
    first, second, person = ResidentFactory(), ResidentFactory(), MemberFactory()
    keys = {each.key for each in (first, second, person)}
    merged(first, second)
    merged(first, person)
    revived = {"name": "从备份回来的人", "key": second.key}

    erase_account(person.user, at=LATER)

    assert set(Erasure.objects.values_list("resident_key", flat=True)) == keys
    Resident.objects.create(**revived)
    entries = [erasure_list.Entry(row.resident_key, row.has_account, row.at) for row in Erasure.objects.all()]
    assert replay_erasures(entries, at=LATER) == 1
    assert not Resident.objects.exclude(name=Resident.NOBODY).exists()


def test_copy_of_the_data_says_when_and_why_records_were_merged(in_english):
    kept = merged(ResidentFactory(), MemberFactory())

    sections = {section.title: section.rows for section in holdings.copy(Subject((kept,)))}

    rows = sections["Records that were brought together"]
    assert [why for _when, why in rows] == ["The person, or a relative, told us"]


def test_copy_of_the_data_knows_merges_of_former_records():
    first, second = ResidentFactory.create_batch(2)
    kept = merged(merged(first, second), MemberFactory())

    assert len(merges_copy(Subject((kept,))).rows) == 2


@pytest.mark.parametrize("statement", ["UPDATE people_merge SET ground = 'papers'", "DELETE FROM people_merge"])
def test_database_refuses_to_change_a_merge(statement: str):
    merged(ResidentFactory(), ResidentFactory())

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
