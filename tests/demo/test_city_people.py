"""The people of the synthetic city: invited, standing in, gone."""

import pytest
from tests.demo.conftest import AT, EDITION

from qixue.demo.city.organisations import create_organisations
from qixue.demo.city.people import create_changes
from qixue.demo.city.personas import create_personas, create_staff
from qixue.demo.city.week import Week
from qixue.people.models import HandOver, Invitation, Role, RoleAssignment, User
from qixue.people.rules import is_vouched_for
from qixue.places.operations import load_regions

pytestmark = pytest.mark.django_db


@pytest.fixture
def week() -> Week:
    load_regions(at=AT)
    made = Week(EDITION.today)
    organisations = create_organisations()
    personas = create_personas(EDITION.seed, made, organisations)
    staff = create_staff(EDITION.seed, made, organisations, personas)
    create_changes(EDITION.seed, made, organisations, personas, staff)
    return made


def test_two_invitations_are_open_and_one_ran_out(week: Week) -> None:
    invitations = Invitation.objects.order_by("pk")

    assert [each.is_open_at(week.known_until) for each in invitations] == [True, True, False]
    assert all(is_vouched_for(each) for each in invitations)


def test_somebody_stands_in_and_somebody_left(week: Week) -> None:
    stand_in = RoleAssignment.objects.current(week.known_until).get(stands_in_for__isnull=False)
    hand_over = HandOver.objects.get()

    assert stand_in.organisation.code == "qx-edu"
    assert not User.objects.get(username="retired").is_active
    assert (hand_over.given.user.display_name, hand_over.taken.user.username) == ("何秀兰", "library")


def test_every_county_has_a_coordinator(week: Week) -> None:
    coordinators = RoleAssignment.objects.current(week.known_until).lasting().filter(role=Role.COORDINATOR)

    counties = coordinators.filter(organisation__region__level="county").values("organisation__region").distinct()
    assert counties.count() == 8
