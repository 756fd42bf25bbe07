from typing import Any

import pytest
from tests.factories import NOON, UserFactory
from tests.people.operations.soft_key import SITE, SoftKey

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.factors import factors_of
from qixue.people.models import Notification, Passkey, User
from qixue.people.operations.passkeys import (
    add_passkey,
    ask_for_new_passkey,
    ask_for_passkey,
    remove_passkey,
    use_passkey,
)
from qixue.people.operations.second_step import make_recovery_codes

pytestmark = pytest.mark.django_db


def added(user: User, key: SoftKey, name: str = "手机", *, keep: str = "") -> Passkey:
    question = ask_for_new_passkey(user, site=SITE)
    answer = key.create(question)
    return add_passkey(user, name=name, answer=answer, state=question.state, site=SITE, keep=keep, by=user, at=NOON)


def code_of_refusal(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def used(key: SoftKey) -> User:
    question = ask_for_passkey(site=SITE)
    return use_passkey(key.get(question), state=question.state, site=SITE, at=NOON)


def test_passkey_that_was_added_finds_its_person():
    user, key = UserFactory(), SoftKey()
    UserFactory()
    passkey = added(user, key)

    found = used(key)

    passkey.refresh_from_db()
    assert (found, passkey.last_used_at) == (user, NOON)
    assert Notification.objects.get().params == {"name": "手机"}
    assert AuditEntry.objects.get().action == "account.passkey_added"


def test_new_passkey_is_asked_to_be_found_without_a_name_and_to_check_the_person():
    user = UserFactory()
    added(user, SoftKey())

    asked = ask_for_new_passkey(user, site=SITE).options["publicKey"]

    assert (asked["authenticatorSelection"]["residentKey"], asked["authenticatorSelection"]["userVerification"]) == (
        "required",
        "required",
    )
    assert len(asked["excludeCredentials"]) == 1
    assert asked["rp"] == {"id": "testserver", "name": "齐学"}


@pytest.mark.parametrize(
    "key",
    [
        SoftKey(is_verified=False),
        SoftKey(origin="http://evil.example"),
        SoftKey(origin="http://testserver:81"),
        SoftKey(host="evil.example"),
    ],
)
def test_new_passkey_of_another_site_or_without_a_check_is_refused(key: SoftKey):
    assert code_of_refusal(added, UserFactory(), key) == "passkey_refused"
    assert Passkey.objects.count() == 0


@pytest.mark.parametrize("cheat", [{"is_verified": False}, {"origin": "http://evil.example"}, {"host": "evil.example"}])
def test_answer_of_another_site_or_without_a_check_is_refused(cheat: dict[str, Any]):
    key = SoftKey()
    added(UserFactory(), key)
    for name, value in cheat.items():
        setattr(key, name, value)

    assert code_of_refusal(used, key) == "passkey_refused"


def test_answer_to_another_question_is_refused():
    key = SoftKey()
    added(UserFactory(), key)
    first, second = ask_for_passkey(site=SITE), ask_for_passkey(site=SITE)

    assert code_of_refusal(use_passkey, key.get(first), state=second.state, site=SITE, at=NOON) == "passkey_refused"
    assert code_of_refusal(use_passkey, key.get(first), state=None, site=SITE, at=NOON) == "passkey_refused"


def test_signature_of_another_key_is_refused():
    key, forger = SoftKey(), SoftKey()
    added(UserFactory(), key)
    forger.credential_id = key.credential_id

    assert code_of_refusal(used, forger) == "passkey_refused"


@pytest.mark.parametrize("answer", [None, {}, [], "text", {"id": 1}, {"rawId": "x", "response": {}}, {"rawId": None}])
def test_what_is_no_answer_is_refused(answer: Any):
    user = UserFactory()
    question, new = ask_for_passkey(site=SITE), ask_for_new_passkey(user, site=SITE)
    addition = {"name": "手机", "answer": answer, "state": new.state, "site": SITE, "by": user, "at": NOON}

    assert code_of_refusal(use_passkey, answer, state=question.state, site=SITE, at=NOON) == "passkey_refused"
    assert code_of_refusal(add_passkey, user, **addition) == "passkey_refused"


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("kept", [0, 1, 7, 33, 60, 150])
def test_new_passkey_that_was_cut_off_is_refused(part: str, kept: int):
    user = UserFactory()
    question = ask_for_new_passkey(user, site=SITE)
    answer = SoftKey().create(question)
    answer["response"][part] = answer["response"][part][:kept]
    addition = {"name": "电脑", "answer": answer, "state": question.state, "site": SITE, "by": user, "at": NOON}

    assert code_of_refusal(add_passkey, user, **addition) == "passkey_refused"


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("kept", [0, 1, 7, 33, 48])
def test_answer_that_was_cut_off_is_refused(part: str, kept: int):
    key = SoftKey()
    added(UserFactory(), key)
    question = ask_for_passkey(site=SITE)
    answer = key.get(question)
    answer["response"][part] = answer["response"][part][:kept]

    assert code_of_refusal(use_passkey, answer, state=question.state, site=SITE, at=NOON) == "passkey_refused"


def test_passkey_of_a_closed_account_opens_nothing():
    user, key = UserFactory(), SoftKey()
    added(user, key)
    User.objects.update(is_active=False)

    assert code_of_refusal(used, key) == "passkey_refused"


def test_key_whose_counter_goes_back_may_be_a_copy():
    key = SoftKey(counter=7)
    added(UserFactory(), key)
    key.counter = 9

    used(key)

    assert code_of_refusal(used, key) == "passkey_copied"
    key.counter = 10
    assert used(key) == User.objects.get()


def test_two_passkeys_have_two_names_and_one_key_belongs_to_one_person():
    user, key = UserFactory(), SoftKey()
    added(user, key)

    assert code_of_refusal(added, user, SoftKey()) == "passkey_name_taken"
    assert code_of_refusal(added, UserFactory(), key) == "passkey_refused"
    assert [passkey.name for passkey in factors_of(user).passkeys] == ["手机"]


def test_nobody_keeps_more_passkeys_than_a_page_can_show(monkeypatch):
    monkeypatch.setattr("qixue.people.operations.passkeys.MOST_PASSKEYS", 1)
    user = UserFactory()
    added(user, SoftKey())

    assert code_of_refusal(added, user, SoftKey(), "电脑") == "too_many_passkeys"


def test_remove_passkey_takes_recovery_codes_along_only_with_the_last():
    user = UserFactory()
    phone, computer = added(user, SoftKey()), added(user, SoftKey(), "电脑")
    make_recovery_codes(user, by=user, at=NOON)

    remove_passkey(phone, by=user, at=NOON)
    left = factors_of(user).codes_left
    for _time in range(2):
        remove_passkey(computer, by=user, at=NOON)

    assert (left, factors_of(user).codes_left) == (10, 0)
    assert Notification.objects.filter(kind="account_passkey_removed").count() == 2
