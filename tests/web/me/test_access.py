"""Pages of residents: a record of another household and one that does not exist look the same, read or written."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.addresses import Address, addresses

from qixue.core.audience import Audience
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db


def party_of(member: Resident) -> uuid.UUID:
    session = Session.objects.get()
    return register(session, people=[member], party=key(), by=member.user, at=NOON)[0].party


def dependent_of(member: Resident) -> int:
    return ResidentFactory(guardian=member).pk


# By the parameter of the address, a record of the household. Sessions are everybody's.
RECORDS: dict[str, Callable[[Resident], Any]] = {
    "party": party_of,
    "pk": dependent_of,
}
MISSING = {"party": uuid.UUID(int=0), "pk": 999_999}
OF_EVERYBODY = {"me:register"}  # the number is that of a public session


def own_addresses() -> list[tuple[str, str]]:
    """Each page of a household's record, by the name of its route and of its parameter."""
    found: list[Address] = [address for address in addresses() if address.audience == Audience.RESIDENTS]
    with_record = [address for address in found if "<" in address.path and address.name not in OF_EVERYBODY]
    return [(address.name, address.path.split(":")[1].split(">")[0]) for address in with_record]


def signed_in(member: Resident) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def member() -> Resident:
    OpenSessionFactory(seat_count=10)
    return MemberFactory(name="李嘉明")


@pytest.mark.urls("tests.web.workspace.bare_errors")  # error pages without the frame, whose links name the address
@pytest.mark.parametrize(("name", "parameter"), own_addresses())
def test_records_of_others_look_like_missing_ones(member: Resident, name: str, parameter: str) -> None:
    own, others = (RECORDS[parameter](person) for person in (member, MemberFactory(name="王小红")))
    client = signed_in(member)

    for method in (client.get, client.post):
        there, theirs, missing = (
            method(reverse(name, kwargs={parameter: value})) for value in (own, others, MISSING[parameter])
        )

        assert there.status_code != 404
        assert theirs.status_code in {404, 405}
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
        assert "王小红" not in theirs.content.decode()


@pytest.mark.parametrize(("name", "parameter"), own_addresses())
def test_visitors_are_asked_to_sign_in(member: Resident, name: str, parameter: str) -> None:
    address = reverse(name, kwargs={parameter: RECORDS[parameter](member)})

    answer = Client().get(address)

    assert answer.status_code in {302, 405}
    assert answer.status_code == 405 or answer["Location"].startswith(reverse("me:sign_in"))
