"""Plans through their pages: from an invitation to publication, and every way in which two people can collide."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from tests.factories import (
    NOON,
    MemberFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    VenueFactory,
)
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory
from tests.participation.letting_in import came_by_the_wall
from tests.participation.signing_up import sign_up

from qixue.participation.operations.published_plans import publish_plan
from qixue.people.models import Notification, Organisation, Role, User
from qixue.programme.models import Countersignature, Plan, PlanDocument, PlanLine, PlanVersion, Programme, Session
from qixue.programme.notices.plans import link_to
from qixue.programme.operations.plan_approval import return_plan

pytestmark = pytest.mark.django_db
State = PlanVersion.State
HOUR = datetime.timedelta(hours=1)
LATER = datetime.datetime(2099, 11, 5, 1, tzinfo=datetime.UTC)


@dataclass
class Desks:
    programme: Programme
    county: Organisation
    bureau_person: User
    county_person: User

    def plan(self, state: str = State.DRAFT) -> Plan:
        version = PlanVersionFactory(plan=PlanFactory(programme=self.programme, organisation=self.county), state=state)
        PlanLineFactory(version=version, venue=VenueFactory(region=self.county.region))
        return version.plan


@pytest.fixture
def desks() -> Desks:
    bureau = OrganisationFactory(code="bureau", name="市教育局")
    county = OrganisationFactory(parent=bureau, name="连南县教育局")
    people = [RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (bureau, county)]
    return Desks(ProgrammeFactory(organisation=bureau, code="week"), county, *people)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(route: str, *args: Any) -> str:
    return reverse(f"workspace:{route}", args=args)


def answers(venue_id: int, **changes: str) -> dict[str, Any]:
    given = {"title": "茶园讲座", "kind": "lecture", "audience": "farmers", "day": "2026年11月5日", "start": "上午9点"}
    rest = {"end": "11:00", "venue": venue_id, "budget": "0.12万", "expected_attendance": "８０"}
    fixed = {"counting_rule": "list", "key": "7c0b6bde-9d8b-4d43-9a6a-3a0c5f0f6c11"}
    return {**given, **rest, **fixed, **changes}


def latest(plan: Plan) -> PlanVersion:
    return plan.versions.order_by("-number")[0]


def test_plan_goes_from_invitation_to_publication_by_its_pages(desks: Desks) -> None:
    bureau, county = browser(desks.bureau_person), browser(desks.county_person)
    venue = VenueFactory(region=desks.county.region)

    bureau.post(address("invite_to_plan", "week"), {"organisations": [desks.county.pk], "due_on": "2099-11-01"})
    plan = Plan.objects.get()
    county.post(address("new_plan_line", plan.pk), answers(venue.pk))
    county.post(address("submit_plan", plan.pk), {"version": latest(plan).edit_count, "note": "请审"})
    line = latest(plan).lines.get()
    bureau.post(address("decide_plan", plan.pk), {"decision": "return", f"line_{line.pk}": "请改到下午"})
    redone = latest(plan).lines.get()
    county.post(
        address("edit_plan_line", redone.pk),
        answers(venue.pk, start="14:00", end="16:00", version=str(latest(plan).edit_count)),
    )
    county.post(address("submit_plan", plan.pk), {"version": latest(plan).edit_count})
    bureau.post(address("decide_plan", plan.pk), {"decision": "approve"})
    bureau.post(address("publish_plan", plan.pk))

    assert list(plan.versions.order_by("number").values_list("number", "state")) == [
        (1, State.RETURNED),
        (2, State.PUBLISHED),
    ]
    session = Session.objects.get(plan_line_key=line.key)
    assert (session.activity.title, session.starts_at.isoformat()) == ("茶园讲座", "2026-11-05T06:00:00+00:00")
    assert (redone.budget_fen, redone.expected_attendance) == (120_000, 80)


def test_countersigner_answers_and_then_it_can_be_approved(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)
    department = OrganisationFactory(parent=desks.programme.organisation)
    person = RoleAssignmentFactory(organisation=department, role=Role.COORDINATOR).user
    bureau = browser(desks.bureau_person)

    bureau.post(address("ask_countersignature", plan.pk), {"organisations": [department.pk]})
    early = bureau.post(address("decide_plan", plan.pk), {"decision": "approve"})
    asked = Countersignature.objects.get()
    sent = browser(person).post(address("countersign", asked.pk), {"answer": "agree", "comment": "同意"})
    bureau.post(address("decide_plan", plan.pk), {"decision": "approve"})

    assert (early.status_code, sent.status_code, latest(plan).state) == (422, 302, State.APPROVED)
    assert department.name in early.content.decode()


def test_hall_that_is_wanted_twice_is_approved_with_a_tick_and_a_reason(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)
    line = latest(plan).lines.get()
    beside = PlanVersionFactory(plan=PlanFactory(programme=desks.programme, organisation=OrganisationFactory()))
    PlanLineFactory(version=beside, venue=line.venue, starts_at=line.starts_at, ends_at=line.ends_at)
    bureau = browser(desks.bureau_person)
    url, given = address("decide_plan", plan.pk), {"decision": "approve", "version": "1"}

    asked = bureau.post(url, given)
    unexplained = bureau.post(url, {**given, "confirmed": "on"})
    approved = bureau.post(url, {**given, "confirmed": "on", "comment": "分上下半场"})

    assert [page.status_code for page in (asked, unexplained, approved)] == [422, 422, 302]
    boxes = ['type="checkbox" name="confirmed"' in page.content.decode() for page in (bureau.get(url), asked)]
    assert boxes == [False, True]
    for page in (asked, unexplained):
        assert '<label for="id_comment">意见</label>' in page.content.decode()
    assert '<label for="id_comment">意见（选填）</label>' in bureau.get(url).content.decode()
    summary = html.fromstring(asked.content.decode()).find_class("error-summary")[0]
    assert (summary.xpath("string(h2)").strip(), summary.xpath(".//a/@href")) == ("请修改或确认", ["#id_confirmed"])
    assert "请写明仍然批准这份方案的原因。" in unexplained.content.decode()
    assert "分上下半场" in bureau.get(address("plan", plan.pk)).content.decode()


def test_hall_that_is_wanted_twice_is_named_in_the_question_and_in_the_history(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)
    line = latest(plan).lines.get()
    library = OrganisationFactory(parent=desks.programme.organisation, name="市图书馆")
    beside = PlanVersionFactory(plan=PlanFactory(programme=desks.programme, organisation=library))
    other = PlanLineFactory(
        version=beside, title="茶艺体验", venue=line.venue, starts_at=line.starts_at, ends_at=line.ends_at
    )
    bureau, county = browser(desks.bureau_person), browser(desks.county_person)
    url = address("decide_plan", plan.pk)
    way = f'href="{address("plan", beside.plan_id)}?line={other.pk}#line-{other.pk}"'
    confirmed = {"decision": "approve", "version": "1", "confirmed": "on", "comment": "分上下半场"}

    question = bureau.get(url).content.decode()
    bureau.post(url, confirmed)
    seen, hidden = (each.get(address("plan", plan.pk)).content.decode() for each in (bureau, county))

    assert [way in page for page in (question, seen, hidden)] == [True, True, False]
    assert ["仍然批准，有1处与其他安排同时：" in page for page in (seen, hidden)] == [True, True]
    assert ("“茶艺体验”（市图书馆）" in seen, "茶艺体验" in hidden, "另一单位" in hidden) == (True, False, True)


@pytest.mark.parametrize(("route", "state"), [("decide_plan", State.SUBMITTED), ("publish_plan", State.APPROVED)])
def test_version_filed_meanwhile_is_not_decided_unseen(route: str, state: str, desks: Desks) -> None:
    plan = desks.plan(state)
    bureau = browser(desks.bureau_person)
    read = bureau.get(address(route, plan.pk)).content.decode()
    following = return_plan(latest(plan), comment="请改", line_comments={}, by=desks.bureau_person, at=NOON)
    PlanVersion.objects.filter(pk=following.pk).update(state=state)

    page = bureau.post(address(route, plan.pk), {"decision": "approve", "version": "1"})

    assert 'name="version" value="1"' in read
    assert (page.status_code in {409, 422}, latest(plan).state) == (True, state)


def test_objection_without_a_reason_keeps_the_comment_on_the_session(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)
    asked = Countersignature.objects.create(
        version=latest(plan), organisation=desks.programme.organisation, asked_at=NOON
    )
    line = PlanLine.objects.get()

    page = browser(desks.bureau_person).post(
        address("countersign", asked.pk), {"answer": "object", f"line_{line.pk}": "太晚"}
    )

    assert (page.status_code, "太晚" in page.content.decode(), line.comments.count()) == (422, True, 0)


def test_second_editor_sees_both_texts(desks: Desks) -> None:
    plan = desks.plan()
    line = PlanLine.objects.get()
    first, second = browser(desks.county_person), browser(desks.county_person)
    first.post(address("edit_plan_line", line.pk), answers(line.venue_id, title="第一位写的", version="1"))

    page = second.post(address("edit_plan_line", line.pk), answers(line.venue_id, title="第二位写的", version="1"))

    content = page.content.decode()
    line.refresh_from_db()
    assert (page.status_code, line.title, latest(plan).edit_count) == (422, "第一位写的", 2)
    assert ("第一位写的" in content, "第二位写的" in content) == (True, True)


def test_plan_changed_while_somebody_files_it_is_not_filed(desks: Desks) -> None:
    plan = desks.plan()

    page = browser(desks.county_person).post(address("submit_plan", plan.pk), {"version": "0"})

    assert (page.status_code, latest(plan).state) == (409, State.DRAFT)


def test_line_form_sent_twice_makes_one_line(desks: Desks) -> None:
    plan = desks.plan()
    venue = PlanLine.objects.get().venue_id

    for _time in range(2):
        browser(desks.county_person).post(address("new_plan_line", plan.pk), answers(venue))

    assert latest(plan).lines.count() == 2


def test_publication_with_a_room_twice_names_both_and_publishes_nothing(desks: Desks) -> None:
    plan = desks.plan(State.APPROVED)
    room = RoomFactory()
    for title in ("先来的", "后到的"):
        PlanLineFactory(version=latest(plan), title=title, venue=room.venue, room=room)

    page = browser(desks.bureau_person).post(address("publish_plan", plan.pk))

    content = page.content.decode()
    assert (page.status_code, Session.objects.count(), latest(plan).state) == (422, 0, State.APPROVED)
    assert ("先来的" in content, "后到的" in content, room.name in content) == (True, True, True)


def amended(desks: Desks) -> Plan:
    """In force with two sessions of twenty seats; approved is what has only the first of them."""
    plan = desks.plan(State.APPROVED)
    first = latest(plan)
    PlanLineFactory(version=first, title="茶园讲座", venue=VenueFactory(region=desks.county.region))
    first.lines.update(starts_at=LATER, ends_at=LATER + HOUR, seat_count=20)
    publish_plan(first, by=desks.bureau_person, at=NOON)
    version = PlanVersionFactory(plan=plan, number=2, state=State.APPROVED)
    kept = first.lines.exclude(title="茶园讲座").get()
    PlanLineFactory(
        version=version, key=kept.key, title=kept.title, venue=kept.venue, starts_at=LATER, ends_at=LATER + HOUR
    )
    return plan


def test_page_before_publishing_names_what_is_called_off_and_whom_nobody_reaches(desks: Desks) -> None:
    plan = amended(desks)
    session = Session.objects.get(activity__title="茶园讲座")
    sign_up(session, MemberFactory())
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=None, source="staff")
    came_by_the_wall(session, ResidentFactory())

    page = html.fromstring(browser(desks.bureau_person).get(address("publish_plan", plan.pk)).content)

    (told,) = page.xpath("//section[header/h2='会通知谁']")
    text = " ".join(told.text_content().split())
    assert [words in text for words in ("取消的场次：1", "茶园讲座", "1人", "房三妹", "没有账号，收不到通知")] == [
        True
    ] * 5
    assert page.xpath("//textarea/@name") == ["reason"]


def test_page_before_publishing_names_what_has_begun_and_stays(desks: Desks) -> None:
    plan = amended(desks)
    Session.objects.filter(activity__title="茶园讲座").update(topic="采茶", state=Session.State.HELD)

    page = html.fromstring(browser(desks.bureau_person).get(address("publish_plan", plan.pk)).content)

    (section,) = page.xpath("//section[header/h2='保持不变的场次']")
    assert [item.text_content().split(" · ")[0] for item in section.xpath(".//li")] == ["茶园讲座：采茶"]
    assert page.xpath("//section[header/h2='会通知谁']") == []


def test_reason_of_a_publication_stands_on_the_page_of_the_session_and_typed_words_stay(desks: Desks) -> None:
    plan, bureau = amended(desks), browser(desks.bureau_person)
    url = address("publish_plan", plan.pk)
    session = Session.objects.get(activity__title="茶园讲座")

    missing = bureau.post(url, {"version": 2, "reason": " "})
    too_long = bureau.post(url, {"version": 2, "reason": "停电" * 101})
    done = bureau.post(url, {"version": 2, "reason": "场地停电。"})

    assert [each.status_code for each in (missing, too_long, done)] == [422, 422, 302]
    assert "停电" * 101 in too_long.content.decode()
    shown = Client().get(reverse("public:session", args=[session.pk]))
    assert "场地停电。" in shown.content.decode()


def test_publication_that_calls_nothing_off_asks_for_no_reason(desks: Desks) -> None:
    plan = desks.plan(State.APPROVED)

    page = html.fromstring(browser(desks.bureau_person).get(address("publish_plan", plan.pk)).content)

    assert page.xpath("//textarea") == []


def test_plan_page_shows_what_changed_and_what_was_said(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)
    line = PlanLine.objects.get()
    draft = return_plan(
        latest(plan), comment="请修改", line_comments={line: "场地太小"}, by=desks.bureau_person, at=NOON
    )
    draft.lines.update(seat_count=300)

    content = browser(desks.county_person).get(address("plan", plan.pk)).content.decode()

    assert [text in content for text in ("场地太小", "请修改", "<ins>300</ins>", "<del>未填写</del>")] == [True] * 4


def test_plan_page_offers_the_next_step_to_each_side(desks: Desks) -> None:
    plan = desks.plan(State.SUBMITTED)

    pages = [browser(user).get(address("plan", plan.pk)) for user in (desks.bureau_person, desks.county_person)]

    firsts = [[act.url for act in page.context["acts"]][:1] for page in pages]
    assert firsts == [[address("decide_plan", plan.pk)], [address("attach_plan_document", plan.pk)]]


def test_list_shows_who_never_filed(desks: Desks) -> None:
    desks.plan()
    other = OrganisationFactory(parent=desks.programme.organisation, name="清城区教育局")
    filed = PlanVersionFactory(plan=PlanFactory(programme=desks.programme, organisation=other), state=State.SUBMITTED)
    filed.plan.steps.create(version=filed, kind="submitted", at=NOON)

    page = browser(desks.bureau_person).get(address("plans", "week"), {"state": "not_filed"})

    content = page.content.decode()
    assert (desks.county.name in content, other.name in content) == (True, False)


@pytest.mark.parametrize("plan_count", [1, 3])
def test_list_asks_the_database_equally_often(desks: Desks, plan_count: int, django_assert_num_queries: Any) -> None:
    for _number in range(plan_count):
        organisation = OrganisationFactory(parent=desks.programme.organisation)
        PlanVersionFactory(plan=PlanFactory(programme=desks.programme, organisation=organisation))
    client = browser(desks.bureau_person)

    with django_assert_num_queries(14):
        client.get(address("plans", "week"))


def test_document_is_normalised_and_can_be_read_again(desks: Desks, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    plan = desks.plan()
    upload = tmp_path / "a.pdf"
    upload.write_bytes(b"%PDF-1.7 text")
    given = {"kind": "request", "title": "请示", "organ": "教育局", "document_number": "南教(2026)3号"}
    client = browser(desks.county_person)

    with upload.open("rb") as file:
        client.post(address("attach_plan_document", plan.pk), {**given, "file": file})

    document = PlanDocument.objects.get()
    sent = client.get(address("plan_document_file", document.pk))
    assert document.document_number == "南教〔2026〕3号"
    assert (b"".join(sent.streaming_content), sent["Content-Disposition"][:10]) == (b"%PDF-1.7 text", "attachment")


def test_notice_of_a_plan_leads_to_its_page(desks: Desks) -> None:
    plan = desks.plan()

    browser(desks.county_person).post(address("submit_plan", plan.pk), {"version": "1"})

    assert link_to(plan) == address("plan", plan.pk)
    assert [notice.link for notice in Notification.objects.all()] == [address("plan", plan.pk)]


def test_amend_and_close_by_their_pages(desks: Desks) -> None:
    plan = desks.plan(State.PUBLISHED)
    Programme.objects.update(starts_on="2020-01-01", ends_on="2020-01-07")

    browser(desks.bureau_person).post(address("close_plan", plan.pk))
    refused = browser(desks.county_person).post(address("amend_plan", plan.pk))

    assert (latest(plan).state, refused.status_code) == (State.CLOSED, 409)


@pytest.mark.parametrize("line_count", [1, 3])
def test_plan_page_asks_the_database_equally_often(
    desks: Desks, line_count: int, django_assert_num_queries: Any
) -> None:
    plan = desks.plan(State.SUBMITTED)
    for _number in range(line_count - 1):
        PlanLineFactory(version=latest(plan), venue=VenueFactory())
    client = browser(desks.bureau_person)

    with django_assert_num_queries(26):
        client.get(address("plan", plan.pk))
