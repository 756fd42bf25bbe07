"""What an office does for people without an account, from the browser's side."""

import io
import zipfile

import pytest
from django.test import Client
from tests.factories import (
    NOON,
    ListedPersonFactory,
    OpenSessionFactory,
    OrganisationFactory,
    RoleAssignmentFactory,
    key,
)
from tests.web.browsing import page_in
from tests.web.public.conftest import words

from qixue.core.models import AuditEntry
from qixue.participation.models import Scan
from qixue.people.models import Organisation, Resident, Role

pytestmark = pytest.mark.django_db
NAME = "欧阳静秋"


@pytest.fixture
def person(village: Organisation) -> Resident:
    return ListedPersonFactory(organisation=village, resident__name=NAME, added_at=NOON).resident


@pytest.mark.parametrize("typed", ["秋", "静秋", "ouyang", "oyjq"])
def test_part_of_a_name_finds_the_person_and_stands_in_no_address(cadre, person, typed):
    found = cadre.post("/workspace/personal-data/", {"name": typed})
    page = page_in(cadre.get(found["Location"]))  # the address to which Back leads

    assert (found.status_code, typed in found["Location"]) == (302, False)
    links = {words(link): link.get("href") for link in page.xpath("//main//a[contains(@href, 'personal-data')]")}
    assert links == {NAME: f"/workspace/personal-data/{person.pk}/"}


def test_copy_holds_the_person_and_goes_on_record(cadre, person):
    response = cadre.post(f"/workspace/personal-data/{person.pk}/copy/")

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert NAME in archive.read("data.json").decode()
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.filter(action="resident.copy_taken").count() == 1


def test_person_is_erased_after_two_steps(cadre, person):
    address = f"/workspace/personal-data/{person.pk}/erase/"
    first = page_in(cadre.post(address, {"is_asked_for": "on"}, follow=True))
    assert Resident.objects.filter(pk=person.pk).exists()
    hidden = {each.get("name"): each.get("value") for each in first.xpath("//main//input[@type='hidden']")}

    answers = [cadre.post(address, {**hidden, "confirmed": "on"}) for _press in range(2)]

    assert [answer["Location"] for answer in answers] == ["/workspace/personal-data/"] * 2
    assert not Resident.objects.filter(pk=person.pk).exists()


def test_nobody_is_erased_before_it_is_said_that_they_asked(cadre, person):
    page = page_in(cadre.post(f"/workspace/personal-data/{person.pk}/erase/", {"confirmed": "on"}, follow=True), 422)

    asked = ["请勾选已有人提出要求，或者返回。"]
    assert [words(error) for error in page.xpath("//*[@class='error']")] == asked
    assert [words(line) for line in page.xpath("//*[contains(@class, 'error-summary')]//li")] == asked
    assert Resident.objects.filter(pk=person.pk).exists()


def test_typed_name_is_taken_out_and_a_second_press_leads_to_the_same_place(cadre, village):
    moments = dict.fromkeys(("occurred_at", "corrected_at", "received_at"), NOON)
    facts = {"kind": "walk_in", "verdict": "review", "reason": "outside_hours", "digest": "0" * 64}
    session = OpenSessionFactory(activity__organisation=village)
    scan = Scan.objects.create(session=session, uuid=key(), sent={"name": NAME}, **facts, **moments)
    address = f"/workspace/personal-data/scans/{scan.pk}/"
    page_in(cadre.get(address))

    answers = [cadre.post(address) for _press in range(2)]

    assert [answer["Location"] for answer in answers] == ["/workspace/personal-data/"] * 2
    scan.refresh_from_db()
    assert scan.sent == {}


def test_pages_are_sound(cadre, person):
    for rest in ("", f"{person.pk}/", f"{person.pk}/erase/"):
        page_in(cadre.get(f"/workspace/personal-data/{rest}"))


def test_person_whom_another_office_entered_as_well_shows_whom_to_ask(cadre, person, village):
    ListedPersonFactory(organisation=OrganisationFactory(parent=village.parent), resident=person)
    here = f"/workspace/personal-data/{person.pk}/"

    answers = [cadre.get(here), cadre.post(f"{here}copy/"), cadre.get(f"{here}erase/")]

    for page in (page_in(answer, 409) for answer in answers):
        assert village.parent.name in words(page)
        assert NAME not in words(page)


def test_somebody_of_another_office_is_not_there(person):
    stranger = Client()
    stranger.force_login(RoleAssignmentFactory(role=Role.CADRE).user)

    assert stranger.get(f"/workspace/personal-data/{person.pk}/").status_code == 404
