"""The desk of somebody on the staff: the most pressing of each kind, and the way to the others."""

import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import html
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    MemberFactory,
    OpenSessionFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)
from tests.factories_planning import PlanVersionFactory
from tests.participation.letting_in import came_by_the_wall
from tests.web.workspace.door.pages import waiting_scan

from qixue.people.models import Role
from qixue.programme.models import Countersignature, PlanVersion, Session

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = DAY / 24


def organiser_of(client: Client, session: Session) -> Client:
    client.force_login(RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user)
    return client


def session_before(*, days: int, **facts: Any) -> Session:
    begin = NOON - days * DAY
    return SessionFactory(number=days, starts_at=begin, ends_at=begin + DAY / 24, **facts)


def main_of(answer: Any) -> Any:
    return html.fromstring(answer.content.decode()).xpath("//main")[0]


def sessions_named(main: Any) -> list[int]:
    return [int(link.split("/")[-2]) for link in main.xpath(".//*[@class='session']//h3/a/@href")]


def test_longest_overdue_stand_first_and_all_are_a_press_away(client: Client) -> None:
    first = session_before(days=30)
    others = [session_before(days=days, activity=first.activity) for days in range(1, 10)]
    expected = [first.pk, *(session.pk for session in reversed(others))]
    page = organiser_of(client, first)

    desk = main_of(page.get("/workspace/"))
    (link,) = desk.xpath(".//a[contains(@href, '/workspace/waiting/')]")
    everything = main_of(page.get(link.get("href")))

    assert (sessions_named(desk), sessions_named(everything)) == (expected[:8], expected)
    assert link.text_content() == "已结束、还没有填报人数：全部10项"
    assert "前8项，共10项" in desk.text_content()


def test_what_is_going_on_can_be_found_until_it_is_over_also_once_it_is_counted(client: Client) -> None:
    late = OpenSessionFactory(number=1, starts_at=NOON - HOUR, ends_at=NOON + HOUR)
    early = OpenSessionFactory(number=2, activity=late.activity, starts_at=NOON - 2 * HOUR, ends_at=None)
    planned = OpenSessionFactory(number=3, activity=late.activity, starts_at=NOON + HOUR)
    others = (
        {"starts_at": NOON - 2 * HOUR, "ends_at": NOON - HOUR, "state": Session.State.HELD},
        {"starts_at": NOON - DAY, "ends_at": None},
        {"starts_at": NOON - HOUR, "ends_at": NOON + HOUR, "state": Session.State.CANCELLED},
    )
    for number, facts in enumerate(others, start=4):
        OpenSessionFactory(number=number, activity=late.activity, **facts)
    page = organiser_of(client, late)

    before = main_of(page.get("/workspace/"))
    head_count = {"count": "30", "qualifier": "exact", "note": "签到表", "confirmed": "on", "client_uuid": str(key())}
    page.post(f"/workspace/sessions/{late.pk}/head-count/", head_count)
    late.refresh_from_db()
    after = main_of(page.get("/workspace/"))

    going_on, coming = ".//section[header/h2='正在进行']", ".//section[header/h2='接下来']"
    assert late.state == Session.State.HELD
    assert [sessions_named(main.xpath(going_on)[0]) for main in (before, after)] == [[early.pk, late.pk]] * 2
    assert sessions_named(after.xpath(coming)[0]) == [planned.pk]


def test_plan_to_countersign_stands_with_its_own_last_day(client: Client) -> None:
    version = PlanVersionFactory(state=PlanVersion.State.SUBMITTED, plan__due_on=(NOON - 9 * DAY).date())
    role = RoleAssignmentFactory(role=Role.COORDINATOR)
    asked = {"asked_at": NOON - 3 * DAY, "due_on": (NOON - DAY).date()}
    Countersignature.objects.create(version=version, organisation=role.organisation, **asked)
    client.force_login(role.user)

    (row,) = main_of(client.get("/workspace/")).xpath(".//section[header/h2='待您办理']//*[@class='session']")

    assert "11月3日" in row.xpath("string(*[@class='time'])")
    assert "10月26日" not in row.text_content()
    assert row.xpath("normalize-space(.//*[@class='tag seal'])") == "⚠ 逾期"


def test_list_that_is_whole_offers_no_more(client: Client) -> None:
    session = SessionFactory()

    desk = main_of(organiser_of(client, session).get("/workspace/"))

    assert sessions_named(desk) == [session.pk]
    assert desk.xpath(".//a[contains(@href, '/workspace/waiting/')]") == []


def test_kind_of_which_there_is_nothing_says_so_and_one_that_is_unknown_is_no_page(client: Client) -> None:
    page = organiser_of(client, OpenSessionFactory())

    assert "这里暂时没有内容" in main_of(page.get("/workspace/waiting/drafts/")).text_content()
    assert page.get("/workspace/waiting/no-such/").status_code == 404


def test_scan_for_a_session_that_the_phone_was_not_set_up_for_waits_at_the_first_of_its_own(client: Client) -> None:
    late = OpenSessionFactory(number=2)
    early = OpenSessionFactory(number=1, activity=late.activity, starts_at=late.starts_at - DAY)
    device = DoorDeviceFactory(sessions=[late, early])
    scan = waiting_scan(early, device=device, session=None, reason="unknown_session")
    page = organiser_of(client, early)

    desk = main_of(page.get("/workspace/waiting/scans/"))
    page.post(f"/workspace/sessions/{early.pk}/scans/{scan.pk}/", {"decision": "rejected", "reason": "试机"})
    scan.refresh_from_db()

    assert desk.xpath(".//a[contains(@href, '/scans/')]/@href") == [f"/workspace/sessions/{early.pk}/scans/"]
    assert "1条待处理" in desk.text_content()
    assert (scan.decision, sessions_named(main_of(page.get("/workspace/waiting/scans/")))) == ("rejected", [])


def test_what_was_called_off_with_people_who_came_after_its_start_leads_to_their_check_ins(client: Client) -> None:
    """Until they are taken back; who came to what is not called off, or before the start, asks nobody."""
    session = OpenSessionFactory(starts_at=NOON - HOUR)
    starts = {"number": 2, "starts_at": NOON + HOUR}, {"number": 3, "starts_at": NOON - HOUR}
    early, held = [OpenSessionFactory(activity=session.activity, **facts) for facts in starts]
    for each in (session, early, held):
        came_by_the_wall(each, MemberFactory())
    Session.objects.exclude(pk=held.pk).update(state=Session.State.CANCELLED)
    page = organiser_of(client, session)

    (desk,) = main_of(page.get("/workspace/")).xpath(".//section[header/h2='已取消、但开始后有人签到']")
    (link,) = desk.xpath(".//h3/a/@href")
    shown = main_of(page.get(link))
    (way,) = shown.xpath(".//a[.='撤销']/@href")
    form = main_of(page.get(way)).xpath(".//input[@name='client_uuid']/@value")
    done = main_of(page.post(way, {"reason": "没有举行", "client_uuid": form[0]}, follow=True))

    assert "这些人现在还计入人数" in shown.text_content()
    assert "这些人现在还计入人数" not in done.text_content()
    assert sessions_named(main_of(page.get("/workspace/waiting/called-off/"))) == []
