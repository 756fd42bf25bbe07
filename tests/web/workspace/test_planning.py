"""The calendar, the list behind it, the conflicts and the gaps of a programme, and the check before a line is saved."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import (
    ActivityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RoleAssignmentFactory,
    SessionFactory,
    VenueFactory,
    key,
)
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory, RoomFactory

from qixue.core.clock import SHANGHAI
from qixue.people.models import Organisation, Role
from qixue.places.models import Region
from qixue.programme.models import Countersignature, Plan, PlanLine, PlanVersion, Programme
from qixue.programme.operations.rooms import book_rooms

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SPRING = datetime.datetime(2099, 4, 6, 9, tzinfo=SHANGHAI)  # a Monday that is still to come


@dataclass
class Week:
    """Three days of spring in a city with two counties; the bureau keeps them, one county has a draft."""

    programme: Programme
    county: Region
    town: Region
    county_bureau: Organisation
    draft: PlanVersion

    def line(self, **values: Any) -> PlanLine:
        times = {"starts_at": SPRING, "ends_at": SPRING + HOUR, "venue": VenueFactory(region=self.town)}
        return PlanLineFactory(version=self.draft, **{**times, **values})


@pytest.fixture
def week() -> Week:
    city = RegionFactory()
    county = RegionFactory(code="441826", name="连南瑶族自治县", level=Region.Level.COUNTY, parent=city)
    RegionFactory(code="441802", name="清城区", level=Region.Level.COUNTY, parent=city)
    town = RegionFactory(code="441826105", name="三排镇", level=Region.Level.TOWNSHIP, parent=county)
    days = {"starts_on": SPRING.date(), "ends_on": SPRING.date() + 2 * DAY}
    programme = ProgrammeFactory(code="week", region=city, organisation__region=city, **days)
    bureau = OrganisationFactory(
        parent=programme.organisation, region=county, kind="education_bureau", name="连南县教育局"
    )
    draft = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=bureau))
    return Week(programme, county, town, bureau, draft)


def browser(organisation: Organisation, role: str = Role.COORDINATOR) -> Client:
    client = Client()
    client.force_login(RoleAssignmentFactory(organisation=organisation, role=role).user)
    return client


def get(client: Client, route: str, **query: str) -> str:
    return client.get(reverse(f"workspace:{route}", args=["week"]), query).content.decode()


def test_calendar_leads_to_the_line_in_its_plan_and_to_the_session(week: Week) -> None:
    line = week.line(title="茶园讲座")
    session = SessionFactory(activity=ActivityFactory(programme=week.programme), starts_at=SPRING, ends_at=None)

    content = get(browser(week.programme.organisation), "calendar", month="2099-04")

    links = [f"?line={line.pk}#line-{line.pk}", reverse("workspace:session", args=[session.pk])]
    assert [link in content for link in links] == [True, True]
    assert content.count("当天没有活动") == 3  # two silent days, and what the sign means


def test_calendar_opens_on_the_first_month_of_a_programme_to_come(week: Week) -> None:
    page = browser(week.programme.organisation).get(reverse("workspace:calendar", args=["week"]))

    assert page.context["month"].first == datetime.date(2099, 4, 1)


@pytest.mark.parametrize("month", ["2099-13", "spring", "2099-4", "9999-12"])
def test_calendar_of_no_month_does_not_exist(week: Week, month: str) -> None:
    page = browser(week.programme.organisation).get(reverse("workspace:calendar", args=["week"]), {"month": month})

    assert page.status_code == 404


def test_calendar_of_a_year_has_a_link_for_each_month(week: Week) -> None:
    Programme.objects.update(starts_on="2099-01-01", ends_on="2099-12-31")

    content = get(browser(week.programme.organisation), "calendar", month="2099-04")

    assert [f"?month=2099-{number:02}" in content for number in range(1, 13)] == [True] * 12


def test_day_of_the_calendar_opens_the_rest_of_its_sessions(week: Week) -> None:
    for number in range(6):
        week.line(title=f"第{number}场")
    client = browser(week.programme.organisation)

    page = client.get(reverse("workspace:calendar", args=["week"]), {"month": "2099-04", "place": "441826"})
    cell = next(cell for row in page.context["weeks"] for cell in row if cell and cell.more_count)

    assert (cell.more_count, client.get(cell.url).context["page"].paginator.count) == (2, 6)


def test_list_names_a_day_that_cannot_be_read_and_keeps_it(week: Week) -> None:
    week.line()

    content = get(browser(week.programme.organisation), "planned_sessions", first="某天", place="441826")

    assert ("请填写日期" in content, 'value="某天"' in content) == (True, True)
    assert "三排镇" in content


@pytest.mark.parametrize(
    ("ends_on", "asked", "expected"),
    [
        ("2099-04-08", {}, ("2099-04-06", "2099-04-08")),
        ("2099-12-31", {}, ("2099-04-01", "2099-04-30")),
        ("2099-12-31", {"month": "2099-05"}, ("2099-05-01", "2099-05-31")),
        ("2099-12-31", {"first": "2099-12-01"}, ("2099-12-01", "2099-12-31")),
        ("2099-12-31", {"last": "2099-04-07"}, ("2099-04-06", "2099-04-07")),
        ("2099-04-08", {"first": "2099-05-01"}, ("2099-05-01", "2099-05-01")),
    ],
)
def test_list_never_loads_all_days_of_all_years(
    week: Week, ends_on: str, asked: dict[str, str], expected: tuple[str, str]
) -> None:
    Programme.objects.update(ends_on=ends_on)
    address = reverse("workspace:planned_sessions", args=["week"])

    page = browser(week.programme.organisation).get(address, asked)

    assert (str(page.context["first"]), str(page.context["last"])) == expected


def test_list_and_conflicts_say_which_days_they_show(week: Week) -> None:
    week.line()
    client = browser(week.programme.organisation)

    pages = [get(client, route) for route in ("planned_sessions", "conflicts")]

    spans = ("2099年4月6日（周一）至2099年4月8日（周三）", "2099年4月6日（周一）至2099年4月6日（周一）")
    assert [span in page for span, page in zip(spans, pages, strict=True)] == [True, True]


def test_list_tells_nothing_yet_from_nothing_matches(week: Week) -> None:
    client = browser(week.programme.organisation)

    nothing_yet, nothing_matches = get(client, "planned_sessions"), get(client, "planned_sessions", kind="lecture")

    assert ("还没有计划场次" in nothing_yet, "没有符合的结果" in nothing_matches) == (True, True)


def test_cell_of_the_heat_map_opens_its_sessions(week: Week) -> None:
    week.line(title="第一场")
    week.line(title="第二场", starts_at=SPRING + DAY, ends_at=SPRING + DAY + HOUR)
    client = browser(week.programme.organisation)

    link = (
        f"{reverse('workspace:planned_sessions', args=['week'])}?place=441826&amp;first=2099-04-06&amp;last=2099-04-06"
    )
    page = client.get(link.replace("&amp;", "&"))

    assert link in get(client, "heat")
    assert [row.slot.title for row in page.context["rows"]] == ["第一场"]


def test_cell_of_who_answers_for_no_place_opens_their_own_sessions_only(week: Week) -> None:
    library = OrganisationFactory(parent=week.programme.organisation)
    venue, times = VenueFactory(region=week.town), {"starts_at": SPRING, "ends_at": None}
    for organisation, title in ((library, "自己的"), (week.county_bureau, "别人的")):
        activity = ActivityFactory(programme=week.programme, organisation=organisation, title=title)
        SessionFactory(activity=activity, venue=venue, **times)
    client = browser(library)

    content = get(client, "heat")
    page = client.get(
        reverse("workspace:planned_sessions", args=["week"]),
        {"place": "441826", "first": "2099-04-06", "last": "2099-04-06", "own": "1"},
    )

    assert "last=2099-04-06&amp;own=1" in content
    assert [row.slot.title for row in page.context["rows"]] == ["自己的"]


def test_county_is_told_nothing_about_counties_out_of_its_view(week: Week) -> None:
    content = get(browser(week.county_bureau), "heat")
    other = browser(week.county_bureau).get(reverse("workspace:heat", args=["week"]), {"county": "441802"})

    assert ("三排镇" in content, "清城区" in content, other.status_code) == (True, False, 404)


def test_gaps_name_silent_days_towns_and_counties_without_a_plan(week: Week) -> None:
    week.line()

    page = browser(week.programme.organisation).get(reverse("workspace:heat", args=["week"]))

    gaps = {place.region.name: place for place in page.context["gaps"].places}
    assert [len(place.silent_columns) for place in gaps.values()] == [3, 2]
    assert "连南瑶族自治县（已通知）、" not in page.content.decode()
    assert "清城区（未通知）、连南瑶族自治县（已通知）" in page.content.decode()


def test_conflicts_show_both_sides_the_hard_ones_first(week: Week) -> None:
    room = RoomFactory()
    week.line(title="缺教室的一场", venue=room.venue, room=room)
    week.line(title="同名主讲一", speaker="房志坚", starts_at=SPRING - HOUR, ends_at=SPRING)
    week.line(title="同名主讲二", speaker="房志坚", starts_at=SPRING - HOUR, ends_at=SPRING)
    activity = ActivityFactory(programme=week.programme, title="已预订的一场")
    session = SessionFactory(
        activity=activity, venue=room.venue, room=room, starts_at=SPRING, ends_at=SPRING + HOUR, state="planned"
    )
    book_rooms([session])
    client = browser(week.programme.organisation)

    page = client.get(reverse("workspace:conflicts", args=["week"]))
    only_must = client.get(reverse("workspace:conflicts", args=["week"]), {"kind": "must"})

    assert [row.conflict.kind for row in page.context["rows"]] == ["room", "speaker"]
    assert page.context["rows"][0].other.url == reverse("workspace:session", args=[session.pk])
    assert (page.context["total"], page.context["hard_count"], len(only_must.context["rows"])) == (2, 1, 1)


def test_conflict_with_somebody_else_names_no_draft_of_theirs(week: Week) -> None:
    hall = VenueFactory()
    week.line(title="自己的", venue=hall)
    other = PlanVersionFactory(plan=PlanFactory(programme=week.programme))
    PlanLineFactory(version=other, title="别人的草稿", venue=hall, starts_at=SPRING, ends_at=SPRING + HOUR)

    content = get(browser(week.county_bureau), "conflicts")

    assert ("自己的" in content, "另一单位" in content, "别人的草稿" in content) == (True, True, False)


def line_answers(line: PlanLine, **changes: str) -> dict[str, Any]:
    given = {"title": "新的一场", "kind": "lecture", "audience": "everybody", "day": "2099-04-06", "start": "9:00"}
    rest = {"end": "10:00", "venue": line.venue_id, "counting_rule": "list", "key": str(key()), "check": "1"}
    return {**given, **rest, **changes}


def test_check_of_a_line_shows_what_is_in_its_way_and_saves_nothing(week: Week) -> None:
    room = RoomFactory(venue=VenueFactory(region=week.town))
    there = week.line(title="已有的一场", venue=room.venue, room=room)
    address = reverse("workspace:new_plan_line", args=[week.draft.plan_id])

    page = browser(week.county_bureau).post(address, line_answers(there))

    content = page.content.decode()
    assert (page.status_code, PlanLine.objects.count()) == (200, 1)
    assert ["“已有的一场”" in content, "其他方案拟用" in content, 'value="新的一场"' in content] == [True] * 3


def test_check_with_a_field_missing_says_which(week: Week) -> None:
    address = reverse("workspace:new_plan_line", args=[week.draft.plan_id])

    page = browser(week.county_bureau).post(address, line_answers(week.line(), title=""))

    assert (page.status_code, "请填写标题" in page.content.decode()) == (422, True)


def test_form_of_a_line_opens_with_what_is_in_its_way(week: Week) -> None:
    hall = VenueFactory(region=week.town)
    line = week.line(venue=hall)
    week.line(title="同时的一场", venue=hall)

    page = browser(week.county_bureau).get(reverse("workspace:edit_plan_line", args=[line.pk]))

    assert "“同时的一场”" in page.content.decode()


def test_form_of_a_line_keeps_a_venue_of_another_place(week: Week) -> None:
    elsewhere = VenueFactory(region=RegionFactory(code="441802001"), name="城里的礼堂")
    VenueFactory(region=week.town)
    line = week.line(venue=elsewhere)

    page = browser(week.county_bureau).get(reverse("workspace:edit_plan_line", args=[line.pk]))

    assert f'<option value="{elsewhere.pk}" selected>' in page.content.decode()


def test_many_countersigners_are_searched_and_what_was_ticked_stays(week: Week) -> None:
    people = {}
    for number in range(60):
        organisation = OrganisationFactory(parent=week.programme.organisation, name=f"第{number}学校")
        people[number] = RoleAssignmentFactory(organisation=organisation, role=Role.COORDINATOR).organisation
    people[0].name = "农业农村局"
    people[0].save()
    week.line()
    week.draft.state = PlanVersion.State.SUBMITTED
    week.draft.save()
    client, address = (
        browser(week.programme.organisation),
        reverse("workspace:ask_countersignature", args=[week.draft.plan_id]),
    )

    searched = client.post(
        address, {"search": "1", "find": "nyncj", "organisations": [people[7].pk], "due_on": "2099-03-01"}
    )
    shown = [label for _value, label in searched.context["form"].fields["organisations"].choices]
    before = Countersignature.objects.count()
    client.post(address, {"organisations": [people[0].pk, people[7].pk], "due_on": "2099-03-01"})

    assert (shown, before) == (["第7学校", "农业农村局"], 0)
    assert 'value="2099-03-01"' in searched.content.decode()
    assert Countersignature.objects.count() == 2


def test_line_far_down_a_plan_is_found_on_its_page(week: Week) -> None:
    lines = [week.line(title=f"第{number}场") for number in range(103)]

    page = browser(week.programme.organisation).get(
        reverse("workspace:plan", args=[week.draft.plan_id]), {"line": str(lines[-1].pk)}
    )

    assert f'id="line-{lines[-1].pk}"' in page.content.decode()
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("route", ["calendar", "planned_sessions", "conflicts", "heat"])
def test_pages_ask_the_database_as_often_for_many_as_for_one(
    week: Week, route: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        week.line(speaker="房志坚")
    client = browser(week.programme.organisation)

    with django_assert_max_num_queries(22):
        get(client, route)
