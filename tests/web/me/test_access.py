"""Pages of residents: a record of another household and one that does not exist look the same, read or written."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.factories_afterwards import attend, course, organiser_of, rule_for, sessions_of
from tests.factories_swap import ListingFactory, with_photo
from tests.factories_swap_rounds import SwapRoundFactory, entry, planned_ring, ring
from tests.participation.test_learning_record import declare
from tests.web.addresses import Address, addresses
from tests.web.browsing import signed_in

from qixue.core.audience import Audience
from qixue.participation.operations.certificates import issue_certificates
from qixue.participation.operations.registrations import register
from qixue.people.models import Resident
from qixue.programme.models import Session
from qixue.swap.models import Block, Handover, OneOf

pytestmark = pytest.mark.django_db

Record = Callable[[Resident], dict[str, Any]]


def registration_of(member: Resident) -> dict[str, Any]:
    session = Session.objects.get(seat_count=10)
    return {"party": register(session, people=[member], party=key(), by=member.user, at=NOON)[0].party}


def dependent_of(member: Resident) -> dict[str, Any]:
    return {"pk": ResidentFactory(guardian=member).pk}


def attended_by(member: Resident) -> dict[str, Any]:
    session = sessions_of(course(sessions=1))[0]
    attend(session, member)
    return {"pk": session.pk, "person": member.pk}


def certificate_of(member: Resident) -> dict[str, Any]:
    activity = course(sessions=1)
    rule_for(activity, least=1)
    attend(sessions_of(activity)[0], member)
    return {"pk": issue_certificates(activity, people=[member], by=organiser_of(activity), at=NOON)[0].pk}


def themselves(member: Resident) -> dict[str, Any]:
    return {"pk": member.pk}


def entry_of(member: Resident) -> dict[str, Any]:
    return {"pk": declare(member).pk}


def handover_of(member: Resident) -> dict[str, Any]:
    """Of a thing that they give and receive, so that each page about it is theirs."""
    round_ = SwapRoundFactory(state="handing_over")
    row = planned_ring(round_, ring(round_, 2))[0]
    Handover.objects.filter(pk=row.pk).update(giver=member, receiver=member)
    return {"pk": row.pk}


def swap_entry_of(member: Resident) -> dict[str, Any]:
    round_ = SwapRoundFactory()
    return {"pk": entry(round_, ListingFactory(programme=round_.programme, owner=member)).pk}


def listing_of(member: Resident) -> dict[str, Any]:
    return {"pk": ListingFactory(owner=member).pk}


def photo_of(member: Resident) -> dict[str, Any]:
    listing = with_photo(ListingFactory(owner=member))
    return {"pk": listing.pk, "digest": listing.photos.get().address}


def search_of(member: Resident) -> dict[str, Any]:
    return {"pk": OneOf.objects.create(owner=member, name="电饭煲", made_at=NOON).pk}


def block_by(member: Resident) -> dict[str, Any]:
    return {"pk": Block.objects.create(owner=member, blocked=MemberFactory(), blocked_at=NOON).pk}


# A record of the household, by what the address begins with; the longest that fits holds. Sessions are everybody's.
RECORDS: dict[str, Record] = {
    "/me/registrations/": registration_of,
    "/me/household/": dependent_of,
    "/me/feedback/": attended_by,
    "/me/record/": themselves,
    "/me/record/entries/": entry_of,
    "/me/record/certificates/": certificate_of,
    "/me/swap/": listing_of,
    "/me/swap/<int:pk>/photos/<str:digest>/": photo_of,
    "/me/swap/one-of/": search_of,
    "/me/swap/blocks/": block_by,
    "/me/swap/entries/": swap_entry_of,
    "/me/swap/handovers/": handover_of,
}
MISSING = {"party": uuid.UUID(int=0), "pk": 999_999, "person": 999_999, "digest": "0" * 16}
OF_EVERYBODY = {"me:register", "me:here"}  # the number is that of a public session
OF_EVERYBODY |= {"me:wish", "me:report_listing", "me:block_owner"}  # that of a thing of somebody else
OF_EVERYBODY |= {"me:swap_round", "me:enter_swap_round"}  # that of a round
ENDING = {"me:lift_block", "me:drop_one_of"}  # who ends what is gone, is where they wanted to be

found: list[Address] = [address for address in addresses() if address.audience == Audience.RESIDENTS]
OF_HOUSEHOLDS = [address for address in found if "<" in address.path and address.name not in OF_EVERYBODY]


def record_at(address: Address) -> Record:
    """Raises ValueError for an address that nobody has given a record."""
    return RECORDS[max((start for start in RECORDS if address.path.startswith(start)), key=len)]


@pytest.fixture
def member() -> Resident:
    OpenSessionFactory(seat_count=10)
    return MemberFactory(name="李嘉明")


@pytest.mark.urls("tests.web.workspace.bare_errors")  # error pages without the frame, whose links name the address
@pytest.mark.parametrize("address", OF_HOUSEHOLDS, ids=lambda address: address.name)
def test_records_of_others_look_like_missing_ones(member: Resident, address: Address) -> None:
    own, others = (record_at(address)(person) for person in (member, MemberFactory(name="王小红")))
    missing = {name: MISSING[name] for name in own}
    client = signed_in(member)

    for method in (client.get, client.post):
        mine, theirs, nobodys = (method(reverse(address.name, kwargs=record)) for record in (own, others, missing))

        assert mine.status_code != 404
        assert theirs.status_code in ({302, 405} if address.name in ENDING else {404, 405})
        assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)


@pytest.mark.parametrize("address", OF_HOUSEHOLDS, ids=lambda address: address.name)
def test_visitors_are_asked_to_sign_in(member: Resident, address: Address) -> None:
    url = reverse(address.name, kwargs=record_at(address)(member))

    answer = Client().get(url)

    assert answer.status_code in {302, 405}
    assert answer.status_code == 405 or answer["Location"].startswith(reverse("me:sign_in"))
