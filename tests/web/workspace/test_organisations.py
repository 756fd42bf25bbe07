"""The tree of organisations through its pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import OrganisationFactory, RegionFactory, RoleAssignmentFactory, key

from qixue.people.models import Organisation, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory(code="city", name="市教育局")


@pytest.fixture
def lead(city: Organisation) -> User:
    return RoleAssignmentFactory(organisation=city, role=Role.COORDINATOR).user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def facts(**changes: Any) -> dict[str, Any]:
    return {"name": "三排镇成人文化学校", "kind": "adult_school", "phone": "0763-0000001", **changes}


def test_organisation_is_added_edited_and_found_by_its_former_name(lead: User, city: Organisation) -> None:
    client = browser(lead)

    client.post(address("new_organisation", city.pk), facts(code="ｌｎ-01", client_uuid=str(key())))
    school = Organisation.objects.get(parent=city)
    client.post(address("edit_organisation", school.pk), facts(name="三排社区学校", aliases="夜校\n\n", version=0))
    found = client.get(address("organisations"), {"q": "成人文化"}).content.decode()

    assert (school.code, school.path) == ("ln-01", "city/ln-01/")
    assert "三排社区学校" in found
    assert set(school.aliases.values_list("name", flat=True)) == {"夜校", "三排镇成人文化学校"}


def test_second_editor_sees_both_texts(lead: User, city: Organisation) -> None:
    client = browser(lead)
    client.post(address("edit_organisation", city.pk), facts(name="甲", version=0))

    answer = client.post(address("edit_organisation", city.pk), facts(name="乙", version=0))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "甲" in page
    assert 'value="乙"' in page


def test_own_kind_and_place_are_shown_and_stay(lead: User, city: Organisation) -> None:
    county = RegionFactory(code="441826", name="连南瑶族自治县", level="county", parent=city.region)
    RegionFactory(code="441825", name="连山县", level="county", parent=city.region)
    own = OrganisationFactory(parent=city, region=county)
    local = RoleAssignmentFactory(organisation=own, role=Role.COORDINATOR).user
    answers = facts(name="县教育局", region=str(city.region_id), version=0)

    done = browser(local).post(address("edit_organisation", own.pk), answers)
    pages = [browser(user).get(address("edit_organisation", own.pk)).content.decode() for user in (local, lead)]
    below = browser(local).get(address("new_organisation", own.pk)).content.decode()

    own.refresh_from_db()
    assert (done.status_code, own.name, own.kind, own.region) == (302, "县教育局", "library", county)
    assert [page.count("disabled") for page in pages] == [2, 0]
    assert ("连山县" in below, "连山县" in pages[1]) == (False, True)


def test_bad_code_and_taken_name_are_named_beside_their_fields(lead: User, city: Organisation) -> None:
    OrganisationFactory(parent=city, name="三排镇成人文化学校")
    client = browser(lead)

    answers = [
        client.post(address("new_organisation", city.pk), facts(client_uuid=str(key()), **changes))
        for changes in ({"code": "三排"}, {})
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert 'id="id_code_error"' in answers[0].content.decode()
    assert 'id="id_name_error"' in answers[1].content.decode()


def test_organisation_moves_below_another_by_code_or_name(lead: User, city: Organisation) -> None:
    one, other = (OrganisationFactory(code=code, name=f"单位{code}", parent=city) for code in ("one", "other"))
    leaf = OrganisationFactory(code="leaf", parent=one)
    client = browser(lead)

    client.post(address("move_organisation", leaf.pk), {"parent": "单位other"})
    wrong = client.post(address("move_organisation", other.pk), {"parent": "leaf"})

    leaf.refresh_from_db()
    assert leaf.path == "city/other/leaf/"
    assert wrong.status_code == 422


def test_list_is_narrowed_by_kind_and_place(lead: User, city: Organisation) -> None:
    county = RegionFactory(code="441826", name="连南瑶族自治县", level="county", parent=city.region)
    OrganisationFactory(parent=city, name="连南书屋", region=county, kind="library")
    OrganisationFactory(parent=city, name="城区学校", kind="school")
    client = browser(lead)

    pages = [
        client.get(address("organisations"), answers).content.decode()
        for answers in ({"kind": "school"}, {"place": "441826"}, {"kind": "firm"}, {"place": "x"})
    ]

    shown = [("连南书屋" in page, "城区学校" in page) for page in pages]
    assert shown == [(False, True), (True, False), (False, False), (True, True)]


def test_page_shows_the_way_down_people_and_children(lead: User, city: Organisation) -> None:
    county = OrganisationFactory(parent=city, name="县教育局")
    below = OrganisationFactory(parent=county, name="镇政府")
    local = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user

    page = browser(local).get(address("organisation", county.pk)).content.decode()

    assert address("organisation", below.pk) in page
    assert local.display_name in page
    assert address("organisation", city.pk) not in page
    assert city.name in page
    assert address("move_organisation", county.pk) not in page
