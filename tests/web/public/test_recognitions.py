"""What visitors see of recognitions, what they never see, and how they object."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from tests.factories import NOON, OrganisationFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import TODAY, CallFactory, NominationFactory, on_notice
from tests.web.public.conftest import words

from qixue.people.models import Role
from qixue.programme.models import Award, Nomination, Objection, Programme
from qixue.programme.operations.nomination_consents import withdraw_consent
from qixue.programme.operations.objections import settle_objection

pytestmark = pytest.mark.django_db
LIST = "/programmes/week/recognitions/"
ANSWERS = {"text": "事迹与事实不符，请核实。", "name": "李明", "phone": "139 0000 0000"}


@pytest.fixture
def candidate(programme: Programme) -> Nomination:
    call = CallFactory(programme=programme)
    school = OrganisationFactory(code="school", name="晓榕小学", parent=call.organisation)
    return on_notice(call=call, organisation=school, contact="CANARY-0763", affiliation="三排镇")


def address(nomination: Nomination, page: str = "") -> str:
    return f"{LIST}{nomination.pk}/{page}"


def test_list_shows_calls_candidates_and_results(open_page, candidate):
    award = Award.objects.create(programme=candidate.call.programme, code="R9", title="百姓学习之星", level="city")
    on_notice(call=candidate.call, name="黄惠珍", state="awarded", award=award)
    NominationFactory(call=candidate.call, name="CANARY-draft")

    page = open_page(LIST)

    assert [words(link) for link in page.xpath("//main//a/h3")] == ["盘秀英", "黄惠珍"]
    assert [words(heading) for heading in page.xpath("//main//h2")] == ["百姓学习之星推介"]
    assert "CANARY" not in page.text_content()


def test_english_list_says_what_is_awarded_and_that_the_rest_is_in_chinese(open_page, candidate):
    page = open_page(LIST, language="en")

    assert [words(heading) for heading in page.xpath("//main//h2")] == ["Learning star of the people 百姓学习之星推介"]
    assert words(page.xpath("//main//p[@class='notice river']")[0]).endswith("as the offices wrote them, in Chinese.")


def test_pages_with_names_are_kept_nowhere_on_the_way(client, candidate):
    pages = [client.get(page) for page in (LIST, address(candidate))]

    assert [page.headers["Cache-Control"] for page in pages] == ["no-store", "no-store"]


def test_programme_without_calls_says_so(open_page, programme):
    assert [words(heading) for heading in open_page(LIST).xpath("//main//h2")] == ["还没有推荐通知"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_candidate_shows_story_and_how_to_object_but_no_contact(open_page, candidate, language):
    page = open_page(address(candidate), language=language)

    assert candidate.story in page.text_content()
    assert page.xpath("//main//a[contains(@class, 'btn')]/@href") == [address(candidate, "object/")]
    assert "CANARY" not in page.text_content()


@pytest.mark.parametrize("state", ["draft", "nominated", "not_selected", "withdrawn", "removed"])
def test_what_is_not_on_notice_is_on_no_page(open_page, candidate, state):
    where = candidate.call.organisation if state == "nominated" else None
    Nomination.objects.update(state=state, is_public=False, waits_at=where)

    for page in ("", "photo/", "object/"):
        open_page_status(address(candidate, page), 404)


def open_page_status(path: str, status: int) -> None:
    assert Client().get(path).status_code == status


def test_withdrawn_consent_takes_every_page_away_at_once(candidate):
    clerk = RoleAssignmentFactory(organisation=candidate.organisation).user
    candidate.consents.create(
        scope="story",
        given_by="盘秀英",
        given_on=TODAY,
        method="phone",
        text_version="1",
        recorded_by=clerk,
        recorded_at=NOON,
    )

    withdraw_consent(candidate, by=clerk, at=NOON)

    for page in ("", "photo/", "object/"):
        open_page_status(address(candidate, page), 404)
    assert "盘秀英" not in Client().get(LIST).content.decode()
    assert Client().get("/api/v1/programmes/week/recognitions").json()["items"] == []


def test_photo_is_public_only_where_that_was_agreed_to(candidate):
    candidate.photo.save("face.jpg", ContentFile(b"a photo"))
    open_page_status(address(candidate, "photo/"), 404)

    Nomination.objects.update(photo_consented_at=NOON)

    answer = Client().get(address(candidate, "photo/"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_objection_leads_to_a_confirmation_that_repeats_nothing(client, open_page, candidate):
    sent = client.post(address(candidate, "object/"), {**ANSWERS, "key": str(key())})

    page = open_page(sent.headers["Location"])
    assert "正在核实" in page.text_content()
    assert [text for text in ANSWERS.values() if text in page.text_content()] == []
    shown = Client().get(address(candidate)).content.decode()
    assert [text for text in ANSWERS.values() if text in shown] == []


def test_confirmation_shows_what_was_found(open_page, candidate):
    objection = Objection.objects.create(nomination=candidate, text="不实", is_anonymous=True, received_at=NOON)
    judge = RoleAssignmentFactory(organisation=candidate.call.organisation, role=Role.COORDINATOR).user
    settle_objection(objection, is_upheld=True, finding="经核实，事迹不实。", by=judge, at=NOON)

    page = open_page(f"/objections/{objection.key}/")

    assert "经核实，事迹不实。" in page.text_content()
    assert "盘秀英" not in page.text_content()


def test_objection_sent_twice_is_one(client, candidate):
    form = str(key())

    pages = [client.post(address(candidate, "object/"), {**ANSWERS, "key": form}) for _time in range(2)]

    assert (pages[0].headers["Location"], Objection.objects.count()) == (pages[1].headers["Location"], 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "不"}, "至少10个字"),
        ({"text": "长" * 2001}, "2000"),
        ({"text": "看不见的\u202e字符会让人读反，请核实。"}, "控制字符"),
        ({"text": "空字符\x00会让数据库报错，请核实。"}, ""),
        ({"phone": ""}, "请同时填写姓名和电话"),
        ({"name": "名" * 61}, "60"),
        ({"key": "no-uuid"}, ""),
    ],
)
def test_wrong_objection_is_asked_again_and_keeps_what_was_typed(client, candidate, changes, sentence):
    page = client.post(address(candidate, "object/"), {**ANSWERS, "key": str(key()), **changes})

    assert (page.status_code, Objection.objects.count()) == (422, 0)
    assert sentence in page.content.decode()
    assert changes.get("phone", "139 0000 0000") in page.content.decode()


def test_hostile_words_of_an_objection_are_words(client, candidate):
    text = "<script>alert(1)</script> {{ settings }} =HYPERLINK(1) 𠮷"
    client.post(address(candidate, "object/"), {"text": text, "key": str(key())})
    objection = Objection.objects.get()
    judge = RoleAssignmentFactory(organisation=candidate.call.organisation, role=Role.COORDINATOR).user
    client.force_login(judge)

    page = client.get(f"/workspace/objections/{objection.pk}/").content.decode()

    assert (objection.text, objection.is_anonymous) == (text, True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ settings }}" in page


def test_one_browser_sends_few_objections_an_hour(client, candidate):
    statuses = [
        client.post(address(candidate, "object/"), {**ANSWERS, "key": str(key())}).status_code for _n in range(6)
    ]

    assert (statuses, Objection.objects.count()) == ([*[302] * 5, 422], 5)


def test_objection_after_the_last_day_is_refused(client, open_page, candidate):
    yesterday = TODAY - datetime.timedelta(days=1)
    Nomination.objects.update(notice_from=yesterday, notice_until=yesterday)

    page = client.post(address(candidate, "object/"), {**ANSWERS, "key": str(key())})

    assert (page.status_code, Objection.objects.count()) == (422, 0)
    assert "目前不在公示期内" in page.content.decode()
    assert open_page(address(candidate)).xpath("//main//a[contains(@class, 'btn')]") == []


def test_unnamed_awards_are_counted(open_page, candidate):
    award = Award.objects.create(programme=candidate.call.programme, code="R9", title="百姓学习之星", level="city")
    on_notice(call=candidate.call, name="黄惠珍", state="awarded", award=award, is_public=False, consented_at=None)

    text = open_page(LIST).text_content()

    assert "另有1项认定" in text
    assert "黄惠珍" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_the_same_number_of_times(client, candidate, count, django_assert_num_queries):
    for number in range(1, count):
        on_notice(call=CallFactory(programme=candidate.call.programme), name=f"人选{number}")

    with django_assert_num_queries(6):
        client.get(LIST)
