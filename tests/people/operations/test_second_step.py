import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from tests.factories import NOON, UserFactory
from tests.people.operations.people_with_factors import KEY, code_at, person_with_app, recovery_codes_of

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.factors import factors_of
from qixue.people.models import AuthenticatorApp, CodeTries, Notification, RecoveryCode, User
from qixue.people.operations.second_step import confirm_code, make_recovery_codes, remove_app, set_up_app

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def outcome(user: User, code: str, at: datetime.datetime = NOON) -> str:
    try:
        confirm_code(user, code=code, at=at)
    except Refused as refusal:
        return refusal.code
    return "right"


def kinds() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def test_app_is_set_up_with_the_code_that_it_shows():
    user = UserFactory()

    set_up_app(user, key=KEY, code=code_at(NOON), by=user, at=NOON)

    app = AuthenticatorApp.objects.get()
    assert KEY not in app.sealed_key
    assert bool(factors_of(user)) is True
    assert kinds() == ["account_app_added"]
    assert outcome(user, code_at(NOON)) == "wrong_code"  # the one of the set-up is used up


def test_app_with_a_wrong_code_is_not_set_up():
    user = UserFactory()

    with pytest.raises(Refused) as refusal:
        set_up_app(user, key=KEY, code="000000", by=user, at=NOON)

    assert (refusal.value.code, AuthenticatorApp.objects.count()) == ("wrong_code", 0)


def test_first_second_step_ends_the_sessions_that_came_in_by_password():
    user = UserFactory()
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(user)

    set_up_app(user, key=KEY, code=code_at(NOON), keep=here.session.session_key, by=user, at=NOON)

    assert [client.get("/account/").status_code for client in (here, there)] == [200, 302]


def test_new_phone_replaces_the_old_one():
    user, other = person_with_app(), "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    before = AuthenticatorApp.objects.get().sealed_key

    set_up_app(user, key=KEY, code=code_at(NOON), by=user, at=NOON)

    assert AuthenticatorApp.objects.get().sealed_key not in {before, other}


@pytest.mark.parametrize("written", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_code_is_taken_as_people_type_it(written: str):
    user = person_with_app()

    assert outcome(user, written.format(code_at(NOON))) == "right"


def test_code_is_taken_in_full_width_digits():
    full_width = code_at(NOON).translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert outcome(person_with_app(), full_width) == "right"


def test_code_works_once():
    user = person_with_app()

    assert [outcome(user, code_at(NOON)) for _time in range(2)] == ["right", "wrong_code"]


def test_code_before_the_one_that_was_used_works_no_more():
    user = person_with_app()

    assert [outcome(user, code_at(NOON)), outcome(user, code_at(NOON, drift=-1))] == ["right", "wrong_code"]


def test_five_wrong_codes_close_the_second_step_for_ten_minutes_and_are_told():
    user = person_with_app()

    wrong = [outcome(user, "000000") for _time in range(5)]
    right = [outcome(user, code_at(NOON)), outcome(user, code_at(NOON + 10 * MINUTE), NOON + 10 * MINUTE)]

    assert wrong == ["wrong_code"] * 5
    assert right == ["too_many_codes", "right"]
    assert kinds().count("account_codes_refused") == 1
    assert AuditEntry.objects.filter(action="account.code_wrong").count() == 5
    assert CodeTries.objects.get().wrong_count == 0


def test_wrong_codes_are_counted_per_person():
    guessed, other = person_with_app(), person_with_app()
    for _time in range(6):
        outcome(guessed, "000000")

    assert outcome(other, code_at(NOON)) == "right"


def test_recovery_code_works_once_and_says_how_many_are_left():
    user = person_with_app()
    code = recovery_codes_of(user)[0]

    assert [outcome(user, code), outcome(user, code)] == ["right", "wrong_code"]
    assert factors_of(user).codes_left == 9
    assert Notification.objects.get(kind="account_recovery_code_used").params == {"left": 9}


def test_recovery_codes_made_anew_replace_the_earlier_ones():
    user = person_with_app()
    earlier = recovery_codes_of(user)

    codes = make_recovery_codes(user, by=user, at=NOON)

    assert len({*codes, *earlier}) == 20
    assert [outcome(user, earlier[0]), outcome(user, codes[0])] == ["wrong_code", "right"]
    assert not RecoveryCode.objects.filter(digest__contains=codes[1].replace("-", "")).exists()


def test_recovery_code_of_somebody_else_does_not_work():
    user, other = person_with_app(), person_with_app()

    assert outcome(user, recovery_codes_of(other)[0]) == "wrong_code"


def test_recovery_codes_need_a_second_step():
    with pytest.raises(Refused) as refusal:
        make_recovery_codes(UserFactory(), by=None, at=NOON)

    assert refusal.value.code == "no_second_step"


def test_remove_app_takes_the_recovery_codes_along_and_is_told_once():
    user = person_with_app()

    for _time in range(2):
        remove_app(user, by=user, at=NOON)

    assert (bool(factors_of(user)), factors_of(user).codes_left) == (False, 0)
    assert kinds().count("account_app_removed") == 1


def test_key_that_cannot_be_read_any_more_opens_nothing(settings):
    user = person_with_app()
    settings.SECRET_KEY = "another-key" * 6

    assert outcome(user, code_at(NOON)) == "wrong_code"


@pytest.mark.django_db(transaction=True)
def test_code_used_twice_at_the_same_moment_works_once():
    user = person_with_app()

    def act(_number: int) -> str:
        try:
            return outcome(user, code_at(NOON))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(act, range(4)))

    assert outcomes == ["right", "wrong_code", "wrong_code", "wrong_code"]


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_at_the_same_moment_are_all_counted():
    user = person_with_app()

    def act(_number: int) -> str:
        try:
            return outcome(user, "000000")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(act, range(8)))

    assert (outcomes.count("wrong_code"), outcomes.count("too_many_codes")) == (5, 3)
