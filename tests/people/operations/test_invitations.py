"""A link that works once: sent, accepted, withdrawn, run out; and keys for programs."""

import datetime
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, UserFactory, key

from qixue.core.models import OutboxMessage
from qixue.core.outbox import deliver_due
from qixue.core.refusal import Refused
from qixue.people import directory
from qixue.people.models import ApiToken, Invitation, Notification, Organisation, Role, User
from qixue.people.operations.invitations import (
    Credentials,
    Invited,
    NewAccount,
    accept_invitation,
    invite_person,
    join,
    send_again,
    withdraw_invitation,
)
from qixue.people.operations.roles import end_role
from qixue.people.operations.tokens import make_token, revoke_token
from qixue.people.queries import user_of_token
from qixue.people.rules import Action, may

pytestmark = pytest.mark.django_db
WANG = Invited(name="王芳", role=Role.ORGANISER, email="wang@example.cn", mobile="13900000000")
ACCOUNT = NewAccount(username="wangfang", password="茶园 2026 春天 明前", name="王芳")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def county() -> Organisation:
    return OrganisationFactory(code="county", name="连南县教育局")


@pytest.fixture
def lead(county: Organisation) -> User:
    return RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user


@pytest.fixture
def invitation(county: Organisation, lead: User) -> Invitation:
    return invite_person(county, invited=WANG, by=lead, at=NOON, client_uuid=key())


def links() -> set[str]:
    bodies = OutboxMessage.objects.order_by("pk").values_list("body", flat=True)
    return {found for body in bodies for found in re.findall(r"/invitations/([\w-]+)/", body)}


def test_letter_holds_the_secret_and_the_database_its_digest(invitation: Invitation) -> None:
    (secret,) = links()

    assert invitation.digest == Invitation.digest_of(secret)
    assert directory.invitation_of(secret) == invitation
    assert list(OutboxMessage.objects.order_by("pk").values_list("channel", "recipient", "is_secret")) == [
        ("mail", "wang@example.cn", True),
        ("sms", "13900000000", True),
    ]


def test_nothing_of_the_secret_is_left_once_the_letter_went(invitation: Invitation) -> None:
    deliver_due(at=NOON)

    assert set(OutboxMessage.objects.values_list("state", "body")) == {("sent", "")}


def test_same_form_twice_invites_once(county: Organisation, lead: User) -> None:
    form = key()

    made = [invite_person(county, invited=WANG, by=lead, at=NOON, client_uuid=form) for _ in "ab"]

    assert made[0] == made[1]
    assert OutboxMessage.objects.count() == 2


def test_address_of_somebody_with_an_account_is_treated_like_any_other(county: Organisation, lead: User) -> None:
    UserFactory(email=WANG.email, mobile=WANG.mobile)

    invitation = invite_person(county, invited=WANG, by=lead, at=NOON, client_uuid=key())

    assert (invitation.accepted_by, OutboxMessage.objects.count()) == (None, 2)


def test_invitation_outside_of_ones_part_and_without_an_address_is_refused(county: Organisation, lead: User) -> None:
    wrong = [
        (OrganisationFactory(), WANG),
        (county, Invited(name="王芳", role=Role.CADRE)),
        (county, replace(WANG, name="王芳😀")),
    ]
    codes = []
    for organisation, invited in wrong:
        with pytest.raises(Refused) as refused:
            invite_person(organisation, invited=invited, by=lead, at=NOON, client_uuid=key())
        codes.append(refused.value.code)

    assert codes == ["may_not_give_role", "no_address", "name_mistaken"]


def test_invited_person_gets_an_account_with_the_role(invitation: Invitation, county: Organisation, lead: User) -> None:
    user = join(invitation, account=ACCOUNT, at=NOON + DAY)

    invitation.refresh_from_db()
    assert user.check_password(ACCOUNT.password)
    assert (user.display_name, user.email, user.mobile) == ("王芳", "wang@example.cn", "13900000000")
    assert may(user, Action.EDIT_ACTIVITY, county)
    assert (invitation.accepted_by, invitation.accepted_at) == (user, NOON + DAY)
    assert Notification.objects.get(user=lead).kind == "invitation_accepted"


def test_invitation_works_once(invitation: Invitation) -> None:
    join(invitation, account=ACCOUNT, at=NOON)

    with pytest.raises(Refused) as refused:
        accept_invitation(invitation, by=UserFactory(), at=NOON)

    assert refused.value.code == "invitation_over"


def test_somebody_with_an_account_takes_the_role_with_it(invitation: Invitation, county: Organisation) -> None:
    user = UserFactory()

    accepted = [accept_invitation(invitation, by=user, at=NOON) for _ in "ab"]

    assert accepted[0] == accepted[1]
    assert may(user, Action.EDIT_ACTIVITY, county)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"username": "WANGFANG"}, "user_name_taken"), ({"password": "wf2026"}, "weak_password")],
)
def test_account_that_cannot_be_made_is_refused(invitation: Invitation, changes: dict[str, Any], code: str) -> None:
    UserFactory(username="wangfang")
    account = NewAccount(**{"username": "wf", "password": ACCOUNT.password, "name": "王芳", **changes})

    with pytest.raises(Refused) as refused:
        join(invitation, account=account, at=NOON)

    assert refused.value.code == code
    assert User.objects.filter(username="wf").count() == 0


def test_expired_link_opens_nothing(invitation: Invitation) -> None:
    with pytest.raises(Refused) as refused:
        join(invitation, account=ACCOUNT, at=NOON + 14 * DAY)

    assert refused.value.code == "invitation_over"


def test_withdrawn_link_opens_nothing(invitation: Invitation, lead: User) -> None:
    withdrawn = [withdraw_invitation(invitation, by=lead, at=NOON) for _ in "ab"]

    with pytest.raises(Refused) as refused:
        join(invitation, account=ACCOUNT, at=NOON)

    assert (withdrawn[1].withdrawn_by, refused.value.code) == (lead, "invitation_over")


def test_link_of_somebody_who_may_no_longer_invite_opens_nothing(
    invitation: Invitation, county: Organisation, lead: User
) -> None:
    other = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user
    end_role(lead.role_assignments.get(), by=other, at=NOON)

    with pytest.raises(Refused) as refused:
        join(invitation, account=ACCOUNT, at=NOON)
    send_again(invitation, sent_count=1, by=other, at=NOON)

    assert refused.value.code == "invitation_over"
    assert join(invitation, account=ACCOUNT, at=NOON).display_name == "王芳"


def test_sent_again_only_the_new_link_works_and_pressing_twice_sends_once(invitation: Invitation, lead: User) -> None:
    (former,) = links()

    for _ in "ab":
        send_again(invitation, sent_count=1, by=lead, at=NOON + 20 * DAY)

    (new,) = links() - {former}
    assert directory.invitation_of(former) is None
    assert directory.invitation_of(new).is_open_at(NOON + 33 * DAY)
    assert OutboxMessage.objects.count() == 4


def test_key_is_shown_once_and_works_until_it_is_revoked(lead: User) -> None:
    form = key()
    token, secret = make_token(lead, name="报表", lasts=30 * DAY, at=NOON, client_uuid=form)
    again = make_token(lead, name="报表", lasts=30 * DAY, at=NOON, client_uuid=form)

    before = user_of_token(secret, at=NOON)
    revoke_token(token, by=lead, at=NOON)

    assert again == (token, "")
    assert ApiToken.objects.get().digest == ApiToken.digest_of(secret)
    assert (before, user_of_token(secret, at=NOON)) == (lead, None)


def test_key_for_longer_than_a_year_and_the_twenty_first_are_refused(lead: User) -> None:
    for _ in range(20):
        make_token(lead, name="报表", lasts=DAY, at=NOON, client_uuid=key())
    codes = []
    for lasts in (400 * DAY, DAY):
        with pytest.raises(Refused) as refused:
            make_token(lead, name="报表", lasts=lasts, at=NOON, client_uuid=key())
        codes.append(refused.value.code)

    assert codes == ["lasts_too_long", "too_many_tokens"]


def resident_by_phone() -> User:
    user = UserFactory(display_name="李嘉明")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user


def test_resident_takes_the_role_with_user_name_and_password(invitation: Invitation, county: Organisation) -> None:
    user = resident_by_phone()

    accept_invitation(invitation, by=user, at=NOON, credentials=Credentials("lijiaming", ACCOUNT.password))

    user.refresh_from_db()
    assert (user.username, user.check_password(ACCOUNT.password)) == ("lijiaming", True)
    assert may(user, Action.EDIT_ACTIVITY, county)


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (None, "password_needed"),
        (Credentials("WANGFANG", ACCOUNT.password), "user_name_taken"),
        (Credentials("lijiaming", "ljm2026"), "weak_password"),
    ],
)
def test_resident_who_would_be_locked_out_gets_no_role(
    invitation: Invitation, county: Organisation, credentials: Credentials | None, code: str
) -> None:
    UserFactory(username="wangfang")
    user = resident_by_phone()

    with pytest.raises(Refused) as refused:
        accept_invitation(invitation, by=user, at=NOON, credentials=credentials)

    assert refused.value.code == code
    assert not may(user, Action.EDIT_ACTIVITY, county)


def test_somebody_with_a_password_keeps_it(invitation: Invitation) -> None:
    user = UserFactory(username="wangfang")

    accept_invitation(invitation, by=user, at=NOON, credentials=Credentials("another", ACCOUNT.password))

    user.refresh_from_db()
    assert (user.username, user.check_password(ACCOUNT.password)) == ("wangfang", False)
