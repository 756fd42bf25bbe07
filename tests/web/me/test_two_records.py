"""A resident who has two records makes one of them: with the code of a relative, or with both phones."""

import datetime

import pytest
from django.test import Client
from tests.factories import NOON, OpenSessionFactory, ResidentFactory, RoleAssignmentFactory, key
from tests.people.operations.test_erasure import MOBILE, NAME, OTHER_MOBILE, signed_up
from tests.people.operations.test_phone_codes import wrong
from tests.web.me.test_data import last_digits
from tests.web.me.test_registrations import page_of, signed_in
from tests.web.public.conftest import words

from qixue.core.clock import now
from qixue.core.models import OutboxMessage
from qixue.participation.operations.registrations import register
from qixue.people.models import ConfirmedMobile, Merge, Resident
from qixue.people.operations.guardians import offer_dependent
from qixue.web.me.views import second_account

pytestmark = pytest.mark.django_db
CLAIM, OTHER = "/me/household/this-is-me/", "/me/data/other-number/"
CHECK = f"{OTHER}check/"
EARLIER = NOON.replace(hour=11)


@pytest.fixture
def person() -> Resident:
    return signed_up(at=EARLIER)


@pytest.fixture
def client(person: Resident) -> Client:
    return signed_in(person)


@pytest.fixture
def relative() -> Resident:
    return signed_up(OTHER_MOBILE, "陈建国", at=EARLIER)


def test_code_of_a_relative_shows_the_record_and_then_takes_it_in(client, person, relative):
    elder = ResidentFactory(name="欧阳静秋（奶奶）", guardian=relative, birth_year=1952)
    session = OpenSessionFactory()
    register(session, people=[elder], party=key(), by=relative.user, at=NOON)
    code = offer_dependent(elder, by=relative.user, at=NOON)

    page = page_of(client, client.post(CLAIM, {"code": code})["Location"])
    assert elder.name in words(page.xpath("//main")[0])
    assert not Merge.objects.exists()
    answer = client.post(CLAIM, {"code": code, "confirmed": "on"})

    assert answer.url == "/me/"
    assert session.registrations.get().resident == person
    assert session.registrations.get().registered_by == person.user
    assert elder.name not in words(page_of(signed_in(relative), "/me/household/"))


def test_wrong_code_of_a_relative_says_what_to_do(client):
    page = page_of(client, client.post(CLAIM, {"code": "K7QM-2XPA-9RHT"})["Location"], status=422)

    assert len(page.xpath("//*[@class='error']")) == 1


def test_two_accounts_become_the_one_that_is_signed_in_with_both_phones(client, person, relative):
    page_of(client, OTHER)
    assert client.post(OTHER, {"mobile": OTHER_MOBILE}).url == f"{OTHER}code/"
    digits = last_digits()
    page_of(client, f"{OTHER}code/", status=422, code=wrong(digits))

    assert client.post(f"{OTHER}code/", {"code": digits}).url == CHECK
    assert relative.name in words(page_of(client, CHECK).xpath("//main")[0])
    assert not Merge.objects.exists()
    answer = client.post(CHECK)

    assert answer.url == "/me/"
    assert client.get(CHECK).url == OTHER
    assert OutboxMessage.objects.get(key=f"account_merged:{relative.user_id}").recipient == OTHER_MOBILE
    assert Merge.objects.get().gone_key == relative.key
    assert list(ConfirmedMobile.objects.values_list("mobile", flat=True)) == [MOBILE]
    assert Resident.objects.get().name == NAME


def test_code_that_is_over_leads_back_to_the_number(client, relative):
    client.post(OTHER, {"mobile": OTHER_MOBILE})

    answers = [client.post(f"{OTHER}code/", {"code": wrong(last_digits())}) for _try in range(5)]

    assert [answer.status_code for answer in answers] == [422] * 4 + [302]
    assert answers[-1].url == OTHER


@pytest.mark.parametrize("mobile", [MOBILE, "13900007777"])
def test_number_without_another_account_merges_nothing(client, person, mobile):
    proved(client, mobile)

    for method in (client.get, client.post):
        assert method(CHECK).status_code == 409
    assert not Merge.objects.exists()


def test_what_forbids_to_merge_two_accounts_is_said_before_the_button(client, person, relative):
    RoleAssignmentFactory(user=relative.user, ended_at=NOON)
    proved(client, OTHER_MOBILE)

    page = page_of(client, CHECK, status=409)

    assert page.xpath("//main//form") == []
    assert not OutboxMessage.objects.filter(key__startswith="account_merged").exists()


def test_proof_is_good_for_a_quarter_of_an_hour(client, person, relative, monkeypatch):
    proved(client, OTHER_MOBILE)
    later = now() + datetime.timedelta(minutes=16)
    monkeypatch.setattr(second_account, "now", lambda: later)

    assert client.post(CHECK).url == OTHER
    assert not Merge.objects.exists()


def proved(client: Client, mobile: str) -> None:
    client.post(OTHER, {"mobile": mobile})
    client.post(f"{OTHER}code/", {"code": last_digits()})


def test_code_page_without_a_number_leads_back(client):
    assert client.get(f"{OTHER}code/").url == OTHER
