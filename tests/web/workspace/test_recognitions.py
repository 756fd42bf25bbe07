"""Recognitions through their pages: from a call to the result, and what each reader finds."""

import datetime
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import CallFactory, NominationFactory, on_notice, rung
from time_machine import travel

from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import Nomination, Objection, Programme, RecognitionCall
from qixue.programme.operations.public_notices import end_notices

pytestmark = pytest.mark.django_db
State = Nomination.State
CALL = {
    "kind": "learning_star",
    "name": "百姓学习之星推介",
    "conditions": "坚持学习",
    "nominate_until": "2026年11月20日",
    "place_count": "３",
    "notice_days": "5",
    "stages": ["county"],
    "county_due_on": "2026-11-25",
    "county_quota": "2",
}
NOMINEE = {"name": "盘秀英", "story": "七十岁学会智能手机，教会了全村老人。", "contact": "0763-0000999"}
CONSENT = {"given_by": "盘秀英", "given_on": "2026-11-04", "method": "signed", "includes_photo": "on"}
WEEK_LATER = NOON + datetime.timedelta(days=8)


@dataclass
class Desks:
    programme: Programme
    places: dict[str, Organisation]
    people: dict[str, User]

    def browser(self, name: str) -> Client:
        client = Client()
        client.force_login(self.people[name])
        return client

    def call(self) -> RecognitionCall:
        return CallFactory(programme=self.programme)


@pytest.fixture
def desks() -> Desks:
    city = OrganisationFactory(code="city", name="市教育局")
    county = rung(city, "441826", Region.Level.COUNTY)
    school = OrganisationFactory(parent=county, region=county.region, name="晓榕小学")
    places = {"city": city, "county": county, "school": school}
    people = {
        name: RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for name, place in places.items()
    }
    return Desks(ProgrammeFactory(organisation=city, code="week"), places, people)


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def picture() -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(output, "PNG")
    return SimpleUploadedFile("face.png", output.getvalue(), content_type="image/png")


def test_recognition_goes_from_call_to_result_by_its_pages(desks: Desks) -> None:
    city, county, school = (desks.browser(name) for name in ("city", "county", "school"))

    city.post(address("new_recognition", "week"), {**CALL, "key": str(key())})
    call = RecognitionCall.objects.get()
    school.post(address("nominate", call.pk), {**NOMINEE, "photo": picture(), "key": str(key())})
    nomination = Nomination.objects.get()
    school.post(address("record_consent", nomination.pk), CONSENT)
    school.post(address("submit_nomination", nomination.pk), {"version": 2})
    county.post(address("judge_nomination", nomination.pk), {"decision": "pass_on", "rank": "１", "version": 3})
    city.post(address("open_public_notice", call.pk), {"nominations": [nomination.pk], "until": "2026-11-11"})
    seen = Client().get(f"/programmes/week/recognitions/{nomination.pk}/")
    end_notices(at=WEEK_LATER)
    with travel(WEEK_LATER, tick=False):
        for client in (city, county, school):
            client.force_login(client_user(desks, client, city=city, county=county, school=school))
        city.post(address("confirm_result", call.pk), {"nominations": [nomination.pk]})
        city.post(address("recommend_nomination", nomination.pk))
        city.post(address("close_recognition", call.pk))

    nomination.refresh_from_db()
    call.refresh_from_db()
    assert (call.place_count, call.stages.get().quota, seen.status_code) == (3, 2, 200)
    assert (nomination.state, nomination.award.recipient) == (State.AWARDED, "盘秀英")
    assert (nomination.recommended_at is not None, call.closed_at) == (True, WEEK_LATER)
    assert Image.open(nomination.photo.open()).format == "JPEG"


def client_user(desks: Desks, client: Client, **clients: Client) -> User:
    return next(desks.people[name] for name, each in clients.items() if each is client)


def test_call_with_mistakes_keeps_what_was_typed(desks: Desks) -> None:
    page = desks.browser("city").post(
        address("new_recognition", "week"),
        {**CALL, "nominate_until": "2026-02-30", "county_quota": "很多", "key": str(key())},
    )

    text = page.content.decode()
    assert (page.status_code, RecognitionCall.objects.count()) == (422, 0)
    assert "2026-02-30" in text
    assert "很多" in text


def test_two_who_edit_a_call_are_shown_both_texts(desks: Desks) -> None:
    call, city = desks.call(), desks.browser("city")
    given = {**CALL, "stages": [], "key": str(call.key), "version": 1}
    city.post(address("edit_recognition", call.pk), {**given, "name": "第一个人写的"})

    page = city.post(address("edit_recognition", call.pk), {**given, "name": "第二个人写的"})

    text = page.content.decode()
    assert (page.status_code, "第一个人写的" in text, "第二个人写的" in text) == (422, True, True)


def test_two_who_edit_a_nomination_are_shown_both_texts(desks: Desks) -> None:
    nomination = NominationFactory(call=desks.call(), organisation=desks.places["school"])
    school = desks.browser("school")
    given = {**NOMINEE, "key": str(nomination.key), "version": 1}
    school.post(address("edit_nomination", nomination.pk), {**given, "story": "第一个人写的"})

    page = school.post(address("edit_nomination", nomination.pk), {**given, "story": "第二个人写的"})

    text = page.content.decode()
    assert (page.status_code, "第一个人写的" in text, "第二个人写的" in text) == (422, True, True)


def test_judge_who_sends_back_without_a_reason_is_asked_for_one(desks: Desks) -> None:
    nomination = waiting(desks)

    page = desks.browser("city").post(
        address("judge_nomination", nomination.pk), {"decision": "send_back", "version": nomination.edit_count}
    )

    assert page.status_code == 422
    assert "请写明原因" in page.content.decode()


def waiting(desks: Desks, **values: Any) -> Nomination:
    return NominationFactory(
        call=desks.call(),
        organisation=desks.places["school"],
        state=State.NOMINATED,
        waits_at=desks.places["city"],
        contact="CANARY-0763",
        **values,
    )


def test_notice_without_consent_names_who_has_not_agreed(desks: Desks) -> None:
    nomination = waiting(desks)

    page = desks.browser("city").post(
        address("open_public_notice", nomination.call_id), {"nominations": [nomination.pk], "until": "2026-11-11"}
    )

    assert page.status_code == 422
    assert "尚未同意公开" in page.content.decode()


def test_objections_are_read_by_those_who_decide_only(desks: Desks) -> None:
    candidate = on_notice(call=desks.call(), organisation=desks.places["school"])
    Objection.objects.create(
        nomination=candidate, text="CANARY", name="李明", phone="139", is_anonymous=False, received_at=NOON
    )

    pages = {
        name: "CANARY" in desks.browser(name).get(address("nomination", candidate.pk)).content.decode()
        for name in desks.people
    }

    assert pages == {"city": True, "county": False, "school": False}


def test_contact_is_for_those_who_nominate_or_decide(desks: Desks) -> None:
    nomination = waiting(desks)
    auditor = RoleAssignmentFactory(organisation=desks.places["city"], role=Role.AUDITOR).user
    desks.people["auditor"] = auditor

    shown = {
        name: "CANARY" in desks.browser(name).get(address("nomination", nomination.pk)).content.decode()
        for name in ("school", "city", "auditor")
    }

    assert shown == {"school": True, "city": True, "auditor": False}


def test_home_says_what_waits_and_which_calls_are_open(desks: Desks) -> None:
    nomination = waiting(desks)

    pages = {name: desks.browser(name).get(address("home")).content.decode() for name in ("city", "school")}

    assert address("nomination", nomination.pk) in pages["city"]
    assert address("recognition", nomination.call_id) in pages["school"]


def test_office_that_decides_is_told_that_it_cannot_nominate(desks: Desks) -> None:
    page = desks.browser("city").get(address("nominate", desks.call().pk))

    assert (page.status_code, "<textarea" in page.content.decode()) == (200, False)


def test_nominee_takes_the_agreement_back_and_is_erased(desks: Desks) -> None:
    candidate = on_notice(call=desks.call(), organisation=desks.places["school"])
    school = desks.browser("school")
    school.post(address("record_consent", candidate.pk), CONSENT)
    school.post(address("withdraw_consent", candidate.pk), {"what": "all"})
    gone = Client().get(f"/programmes/week/recognitions/{candidate.pk}/").status_code
    school.post(address("erase_nominee", candidate.pk))

    page = school.get(address("nomination", candidate.pk)).content.decode()

    assert (gone, "姓名已删除" in page, candidate.story in page) == (404, True, False)


def test_edit_that_ends_the_agreement_says_so_before_and_after(desks: Desks) -> None:
    nomination = NominationFactory(call=desks.call(), organisation=desks.places["school"])
    school = desks.browser("school")
    school.post(address("record_consent", nomination.pk), CONSENT)
    given = {**NOMINEE, "story": "另一段事迹", "key": str(nomination.key), "version": 2}

    before = school.get(address("edit_nomination", nomination.pk)).content.decode()
    after = school.post(address("edit_nomination", nomination.pk), given, follow=True).content.decode()

    assert ("同意即告失效" in before, "同意公开已失效" in after) == (True, True)
