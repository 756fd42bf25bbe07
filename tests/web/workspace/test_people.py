"""People, invitations, stand-ins, hand-overs and keys through their pages."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import NOON, MemberFactory, OrganisationFactory, RoleAssignmentFactory, UserFactory, key
from time_machine import travel

from qixue.core.clock import now
from qixue.core.models import OutboxMessage
from qixue.people.models import ApiToken, HandOver, Invitation, Organisation, Role, RoleAssignment, User
from qixue.web.sign_in import CONFIRMED_AT

pytestmark = pytest.mark.django_db
PASSWORD = "茶园 2026 春天 明前"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def county() -> Organisation:
    return OrganisationFactory(code="county", name="连南县教育局", parent=OrganisationFactory(code="city"))


@pytest.fixture
def lead(county: Organisation) -> User:
    return RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def confirmed(client: Client) -> Client:
    session = client.session
    session[CONFIRMED_AT] = now().isoformat()
    session.save()
    return client


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def invited(client: Client, county: Organisation, **changes: Any) -> str:
    """The link that goes to somebody who is invited as an organiser."""
    answers = {"name": "王芳", "mobile": "139 0000 0000", "role": "organiser", "client_uuid": str(key()), **changes}
    client.post(address("invite_person", county.pk), answers)
    return newest_link()


def newest_link() -> str:
    return re.findall(r"(/invitations/[\w-]+/)", OutboxMessage.objects.latest("pk").body)[0]


def account(**changes: str) -> dict[str, str]:
    return {"name": "王芳", "username": "wangfang", "password": PASSWORD, "repeated": PASSWORD, **changes}


def test_invited_person_opens_the_link_and_lands_in_the_workspace(lead: User, county: Organisation) -> None:
    link, guest = invited(browser(lead), county), Client()

    offer = guest.get(link)
    answer = guest.post(link, account())

    assert "连南县教育局" in offer.content.decode()
    assert lead.display_name in offer.content.decode()
    assert (answer.status_code, answer["Location"]) == (302, address("home"))
    assert "活动承办人" in guest.get(address("home")).content.decode()
    assert RoleAssignment.objects.get(user__username="wangfang").granted_by == lead


def test_somebody_with_an_account_signs_in_and_accepts(lead: User, county: Organisation) -> None:
    link, person = invited(browser(lead), county), UserFactory()

    assert f"/sign-in/?next={link}" in Client().get(link).content.decode()
    client = browser(person)
    assert person.display_name in client.get(link).content.decode()
    client.post(link)

    assert Invitation.objects.get().accepted_by == person
    assert client.get(link)["Location"] == address("home")


@pytest.mark.parametrize("state", ["used", "withdrawn", "expired", "lapsed"])
def test_link_that_opens_nothing_says_why(lead: User, county: Organisation, state: str) -> None:
    client = browser(lead)
    link = invited(client, county)
    at = NOON
    if state == "used":
        Client().post(link, account())
    elif state == "withdrawn":
        client.post(address("withdraw_invitation", Invitation.objects.get().pk))
    elif state == "expired":
        at = NOON + 15 * DAY
    else:
        RoleAssignment.objects.filter(user=lead).update(ended_at=NOON)

    with travel(at, tick=False):
        answers = [Client().get(link), Client().post(link, account(username="other"))]

    words = {"used": "已被接受", "withdrawn": "已撤回", "expired": "十四天", "lapsed": "不再负责"}
    assert [answer.status_code for answer in answers] == [410, 410]
    assert words[state] in answers[0].content.decode()
    assert not User.objects.filter(username="other").exists()


def test_unknown_link_is_a_missing_page() -> None:
    assert Client().get("/invitations/nothing/").status_code == 404


def test_wrong_answers_keep_what_was_typed_but_the_password(lead: User, county: Organisation) -> None:
    link = invited(browser(lead), county)

    answer = Client().post(link, account(repeated="anders", username="王芳"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "两次" in page
    assert 'value="王芳"' in page
    assert PASSWORD not in page


def test_inviting_says_the_same_whether_or_not_the_address_has_an_account(lead: User, county: Organisation) -> None:
    UserFactory(mobile="13900000001")
    client = browser(lead)
    pages = []
    for number in ("13900000001", "13900000002"):
        answers = {"name": "王芳", "mobile": number, "role": "cadre", "client_uuid": str(key())}
        pages.append(client.post(address("invite_person", county.pk), answers, follow=True).content.decode())

    first, second = (page.count("邀请已发出") for page in pages)
    assert first == second == 1


def test_secret_of_a_link_is_on_no_page_of_the_workspace(lead: User, county: Organisation) -> None:
    client = browser(lead)
    link = invited(client, county)
    message = OutboxMessage.objects.get()

    pages = [client.get(address("deliveries")), client.get(address("delivery", message.pk))]
    pages.append(client.get(address("invitations")))

    assert [link in page.content.decode() for page in pages] == [False, False, False]


def test_sent_again_the_new_link_opens(lead: User, county: Organisation) -> None:
    client = browser(lead)
    former = invited(client, county)
    again = address("send_invitation_again", Invitation.objects.get().pk)

    assert 'name="version" value="1"' in client.get(again).content.decode()
    for _ in "ab":
        client.post(again, {"version": "1"})

    assert OutboxMessage.objects.count() == 2
    assert (Client().get(former).status_code, Client().get(newest_link()).status_code) == (404, 200)


def test_role_is_given_to_a_colleague_by_name_and_ended(lead: User, county: Organisation) -> None:
    person = RoleAssignmentFactory(organisation=county, role=Role.CADRE).user
    client = browser(lead)

    client.post(address("give_role", county.pk), {"person": person.display_name, "role": "organiser"})
    given = RoleAssignment.objects.get(user=person, role=Role.ORGANISER)
    client.post(address("end_role", given.pk))

    given.refresh_from_db()
    assert (given.granted_by, given.ended_by) == (lead, lead)
    assert browser(person).get(address("plans", "x")).status_code == 403


def test_two_people_of_one_name_are_told_apart(lead: User, county: Organisation) -> None:
    for username in ("li-1", "li-2"):
        RoleAssignmentFactory(organisation=county, user=UserFactory(username=username, display_name="李明"))

    answer = browser(lead).post(address("give_role", county.pk), {"person": "李明", "role": "cadre"})

    assert (answer.status_code, "li-1、li-2" in answer.content.decode()) == (422, True)


def test_somebody_outside_of_the_reach_cannot_be_named(lead: User, county: Organisation) -> None:
    stranger = RoleAssignmentFactory().user

    answer = browser(lead).post(address("give_role", county.pk), {"person": stranger.username, "role": "cadre"})

    assert answer.status_code == 422
    assert not RoleAssignment.objects.filter(user=stranger, organisation=county).exists()


def test_own_last_role_is_asked_about_and_refused_at_the_top(lead: User, county: Organisation) -> None:
    client, role = browser(lead), RoleAssignment.objects.get(user=lead)
    refused = client.post(address("end_role", role.pk), {"confirmed": "on"})
    RoleAssignmentFactory(organisation=county.parent, role=Role.COORDINATOR)

    asked = client.post(address("end_role", role.pk))
    done = client.post(address("end_role", role.pk), {"confirmed": "on"})

    assert [refused.status_code, asked.status_code, done.status_code] == [422, 200, 302]
    assert ('name="confirmed" value="on"' in asked.content.decode(), "error-summary" in asked.content.decode()) == (
        True,
        False,
    )


def test_account_is_closed_by_its_page(lead: User, county: Organisation) -> None:
    person = RoleAssignmentFactory(organisation=county).user
    client, theirs = browser(lead), browser(person)

    client.post(address("close_account", person.pk))

    assert theirs.get(address("activities")).status_code == 302
    assert "账号已停用" in client.get(address("person", person.pk)).content.decode()
    former = client.get(address("people"), {"former": 1}).content.decode()
    assert person.display_name in former


def test_stand_in_is_arranged_seen_and_taken_back(lead: User, county: Organisation) -> None:
    colleague = RoleAssignmentFactory(organisation=county, role=Role.ORGANISER).user
    mine, client = RoleAssignment.objects.get(user=lead), browser(lead)

    client.post(
        address("stand_in", mine.pk), {"person": colleague.username, "first": "2026年11月4日", "last": "2026-11-06"}
    )
    stand_in = RoleAssignment.objects.get(stands_in_for=mine)
    seen = [browser(colleague).get(address("home")), client.get(address("my_roles"))]
    client.post(address("end_stand_in", stand_in.pk))

    assert lead.display_name in seen[0].content.decode()
    assert f"{colleague.display_name}" in seen[1].content.decode()
    assert browser(colleague).get(address("people")).status_code == 403


def test_role_is_handed_over_with_a_note_that_both_see(lead: User, county: Organisation) -> None:
    colleague = RoleAssignmentFactory(organisation=county, role=Role.ORGANISER).user
    RoleAssignmentFactory(user=lead, organisation=county, role=Role.CADRE)
    mine = RoleAssignment.objects.get(user=lead, role=Role.COORDINATOR)

    browser(lead).post(address("hand_over", mine.pk), {"person": colleague.username, "note": "钥匙在门卫处"})

    assert HandOver.objects.get().taken.user == colleague
    pages = [browser(user).get(address("my_roles")).content.decode() for user in (lead, colleague)]
    assert ["钥匙在门卫处" in page for page in pages] == [True, True]


def test_key_is_shown_once_and_revoked(lead: User) -> None:
    client, answers = confirmed(browser(lead)), {"name": "网站", "days": "30", "client_uuid": str(key())}
    shown = client.post(address("tokens"), answers).content.decode()
    again = client.post(address("tokens"), answers, follow=True).content.decode()
    (secret,) = re.findall(r"<code>(qx_\w+)</code>", shown)
    headers = {"Authorization": f"Bearer {secret}"}

    before = Client().get("/api/v1/programmes", headers=headers).status_code
    client.post(address("revoke_token", ApiToken.objects.get().pk))
    after = Client().get("/api/v1/programmes", headers=headers).status_code

    assert (secret in again, before, after) == (False, 200, 401)


def test_resident_makes_a_key_of_their_own_account() -> None:
    member = MemberFactory(name="李嘉明")
    client, answers = browser(member.user), {"name": "我的日历", "days": "30", "client_uuid": str(key())}

    home = client.get("/account/").content.decode()
    shown = confirmed(client).post(address("tokens"), answers).content.decode()
    (secret,) = re.findall(r"<code>(qx_\w+)</code>", shown)
    asked = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    assert (f'href="{address("tokens")}"' in home, asked.json()["me"]["name"]) == (True, "李嘉明")


def test_key_is_made_only_after_the_person_was_confirmed(lead: User) -> None:
    client, answers = browser(lead), {"name": "网站", "days": "30", "client_uuid": str(key())}

    shown = client.get(address("tokens")).content.decode()
    asked = client.post(address("tokens"), answers)

    way = "/account/confirm/?next=%2Fworkspace%2Ftokens%2F"
    assert (way in shown, 'name="days"' in shown, asked.headers["Location"]) == (True, False, way)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("route", ["people", "invitations", "organisations"])
def test_lists_take_the_same_queries_for_any_number_of_rows(lead: User, county: Organisation, route: str) -> None:
    client, counts = browser(lead), []
    for number in (1, 3):
        for _ in range(number):
            place = OrganisationFactory(parent=county)
            RoleAssignmentFactory(organisation=place)
            invited(client, place)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(route)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
