import datetime

import pytest
from django.test import Client
from tests.factories import NOON, UserFactory, key
from tests.people.operations.people_with_factors import person_with_app

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.refusal import Refused
from qixue.people.factors import factors_of
from qixue.people.models import Notification, QuietHours, User, WebSession
from qixue.people.operations.accounts import (
    change_password,
    choose_language,
    end_other_sessions,
    end_session,
    reset_second_factor,
    sessions_of,
)
from qixue.people.operations.tokens import make_token
from qixue.people.queries import user_of_token
from qixue.people.session_store import forget_expired

pytestmark = pytest.mark.django_db
NEW = "vK9-ruzt-Ohm7-lip"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def audit() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_change_password_ends_all_other_sessions():
    user, stranger = UserFactory(), UserFactory()
    here, there, elsewhere = signed_in(user), signed_in(user), signed_in(stranger)

    change_password(user, password=NEW, keep=here.session.session_key, by=user, at=NOON)

    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert (is_signed_in(there), is_signed_in(elsewhere)) == (False, True)
    assert audit() == ["account.password_changed"]


def test_change_password_tells_the_person_also_at_night():
    user = UserFactory(email="a@example.cn")
    QuietHours.objects.create(user=user, begins=datetime.time(22), ends=datetime.time(7))
    at = NOON.replace(hour=23)

    change_password(user, password=NEW, by=user, at=at)

    message = OutboxMessage.objects.get()
    assert (message.subject, message.due_at) == ("您的密码已修改", at)
    assert Notification.objects.get().link == "/account/"


@pytest.mark.parametrize("act", ["password", "factors"])
def test_keys_for_programs_end_with_the_password_and_the_second_step(act: str):
    user, stranger = UserFactory(), UserFactory()
    lasts = datetime.timedelta(days=30)
    mine, other = (make_token(each, name="网站", lasts=lasts, at=NOON, client_uuid=key()) for each in (user, stranger))

    if act == "password":
        change_password(user, password=NEW, by=user, at=NOON)
    else:
        reset_second_factor(user, by=None, at=NOON)

    assert [user_of_token(secret, at=NOON) for _token, secret in (mine, other)] == [None, stranger]
    assert AuditEntry.objects.get(action="token.revoked").subject_id == str(mine[0].pk)


def test_new_key_for_programs_is_told_to_its_owner():
    user = UserFactory(email="a@example.cn")

    make_token(user, name="网站", lasts=datetime.timedelta(days=30), at=NOON, client_uuid=key())

    assert Notification.objects.get(user=user).kind == "account_token_made"
    assert "网站" in OutboxMessage.objects.get().subject


def test_change_weak_password_changes_nothing():
    user = UserFactory()
    client = signed_in(user)

    with pytest.raises(Refused) as refusal:
        change_password(user, password="short", by=user, at=NOON)

    assert (refusal.value.code, refusal.value.field) == ("weak_password", "password")
    assert (is_signed_in(client), audit()) == (True, [])


def test_deactivated_person_is_signed_out_at_once():
    user = UserFactory()
    client = signed_in(user)

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert not is_signed_in(client)


def test_end_session_ends_that_one_only_and_once():
    user = UserFactory()
    here, there = signed_in(user), signed_in(user)
    mark = WebSession.objects.get(pk=there.session.session_key).mark

    answers = [end_session(user, mark=mark, by=user, at=NOON) for _time in range(2)]

    assert answers == [True, False]
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert audit() == ["account.session_ended"]


def test_nobody_ends_the_session_of_somebody_else():
    user, stranger = UserFactory(), UserFactory()
    client = signed_in(user)
    mark = WebSession.objects.get(user=user).mark

    assert end_session(stranger, mark=mark, by=stranger, at=NOON) is False
    assert is_signed_in(client)


def test_end_other_sessions_keeps_this_one():
    user = UserFactory()
    here, there, third = (signed_in(user) for _number in range(3))

    count = end_other_sessions(user, keep=here.session.session_key, by=user, at=NOON)

    assert count == 2
    assert [is_signed_in(client) for client in (here, there, third)] == [True, False, False]


def test_sessions_that_have_ended_by_themselves_are_neither_listed_nor_kept():
    user = UserFactory()
    signed_in(user)
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)

    listed = [len(sessions_of(user, at=NOON)), len(sessions_of(user, at=later))]

    assert listed == [1, 0]
    assert [forget_expired(at=later), forget_expired(at=later)] == [1, 0]


def test_choose_language_is_kept():
    user = UserFactory()

    choose_language(user, language="en", by=user, at=NOON)

    assert User.objects.get().language == "en"
    with pytest.raises(Refused) as refusal:
        choose_language(user, language="fr", by=user, at=NOON)
    assert refusal.value.code == "unknown_language"


def test_reset_second_factor_removes_everything_and_ends_all_sessions():
    coordinator, user = UserFactory(), person_with_app()
    client = signed_in(user)

    reset_second_factor(user, by=coordinator, at=NOON)

    factors = factors_of(user)
    assert (factors.app, factors.passkeys, factors.codes_left) == (None, [], 0)
    assert not is_signed_in(client)
    entry = AuditEntry.objects.get(action="account.factors_reset")
    assert (entry.actor_id, entry.subject_id) == (coordinator.pk, str(user.pk))
    assert Notification.objects.get(kind="account_factors_reset").user == user
