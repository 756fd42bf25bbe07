import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.conftest import Ask
from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegionFactory,
    RegistrationFactory,
    SessionFactory,
    VenueFactory,
)

from qixue.figures.models import NamedFigure
from qixue.participation.models import RegistrationTerms
from qixue.places.models import Region
from qixue.programme.models import Activity, Programme, Series, Session
from qixue.programme.operations.listings import keep_listings

pytestmark = pytest.mark.django_db


def county(code: str) -> Region:
    city = RegionFactory()
    return RegionFactory(code=code, name=code, name_en="", level=Region.Level.COUNTY, parent=city)


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(code="week", name_en="Activity Week")


def test_programme_has_both_languages_whatever_is_asked(programme: Programme, ask: Ask) -> None:
    answers = [ask("GET", "/programmes/week", **{"Accept-Language": language}) for language in ("zh", "en")]

    names = [answer.json()["name"] for answer in answers]
    assert names == [{"zh": "全民终身学习活动周", "en": "Activity Week"}] * 2
    assert [answer["Content-Language"] for answer in answers] == ["zh-hans", "en"]


def test_lists_come_in_pages_with_the_count_of_the_whole(ask: Ask) -> None:
    for year in (2024, 2025, 2026):
        ProgrammeFactory(code=f"week-of-{year}", year=year)

    pages = [ask("GET", f"/programmes?limit=2&page={page}").json() for page in (1, 2, 3)]

    found = [[item["code"] for item in page["items"]] for page in pages]
    assert found == [["week-of-2026", "week-of-2025"], ["week-of-2024"], []]
    assert {page["count"] for page in pages} == {3}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "page=0", "page=100001", "limit=２", "page=1.0", "zeite=1"])
def test_pages_are_bounded_and_parameters_are_known(query: str, ask: Ask) -> None:
    answer = ask("GET", f"/programmes?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["details"][0]["field"] == f"query.{query.split('=')[0]}"


@pytest.fixture
def sessions(programme: Programme) -> dict[str, Session]:
    """Sessions, each of which differs from the plain one in one way."""
    brand = BrandFactory(code="B3")
    away = VenueFactory(region=county("441826"), has_step_free_access=True)
    plain = ActivityFactory(programme=programme)
    lecture = ActivityFactory(
        programme=programme, kind=Activity.Kind.LECTURE, title="防诈骗讲座", title_en="Scams", audience="older"
    )
    branded = ActivityFactory(programme=programme, brand=brand)
    late = datetime.datetime(2026, 11, 5, 16, 0, tzinfo=datetime.UTC)  # midnight in Shanghai: already November 6
    made = {
        "plain": SessionFactory(activity=plain),
        "away": SessionFactory(activity=plain, venue=away),
        "late": SessionFactory(activity=plain, starts_at=late, ends_at=late + datetime.timedelta(hours=1)),
        "lecture": SessionFactory(activity=lecture),
        "branded": SessionFactory(activity=branded),
        "full": SessionFactory(activity=plain, seat_count=1, taken_count=1),
        "online": SessionFactory(activity=plain, is_online=True, speaker="王老师"),
    }
    keep_listings(Session.objects.all())
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"plain", "away", "late", "lecture", "branded", "full", "online"}),
        ("seats=left", {"plain", "away", "late", "lecture", "branded", "online"}),
        ("online=true", {"online"}),
        ("step_free=true", {"away"}),
        ("audience=older", {"lecture"}),
        ("q=fangzhapian", {"lecture"}),
        ("q=fzp jz", {"lecture"}),
        ("q=防诈骗 wang", set()),
        ("q=王老师", {"online"}),
        ("q=%25", set()),
        ("q=_", set()),
        ("county=441826", {"away"}),
        ("day=2026-11-06", {"late"}),
        ("day=2026-11-05", set()),
        ("kind=lecture", {"lecture"}),
        ("brand=B3", {"branded"}),
        ("q=诈骗", {"lecture"}),
        ("q=scams", {"lecture"}),
        ("kind=lecture&brand=B3", set()),
    ],
)
def test_sessions_are_filtered(query: str, expected: set[str], sessions: dict[str, Session], ask: Ask) -> None:
    answer = ask("GET", f"/programmes/week/sessions?{query}").json()

    assert {item["id"] for item in answer["items"]} == {sessions[name].pk for name in expected}


@pytest.mark.parametrize(("query", "code"), [("county=990000", "unknown_region"), ("brand=B9", "unknown_brand")])
def test_unknown_code_is_named_instead_of_finding_nothing(
    query: str, code: str, programme: Programme, ask: Ask
) -> None:
    answer = ask("GET", f"/programmes/week/sessions?{query}", **{"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert query.split("=")[1] in answer.json()["message"]


def test_session_says_how_many_seats_are_left(programme: Programme, ask: Ask) -> None:
    session = SessionFactory(activity__programme=programme, seat_count=3, taken_count=2)

    answer = ask("GET", f"/sessions/{session.pk}").json()

    assert answer["seats"] == {"total": 3, "taken": 2, "left": 1, "by_lot": False, "entered": None}
    assert answer["starts_at"] == "2026-11-04T09:00:00+08:00"


def test_session_without_a_limit_has_no_number_of_seats_left(programme: Programme, ask: Ask) -> None:
    session = SessionFactory(activity__programme=programme)

    seats = ask("GET", f"/sessions/{session.pk}").json()["seats"]
    assert seats == {"total": None, "taken": 0, "left": None, "by_lot": False, "entered": None}


def test_session_before_its_draw_has_no_seats_left_but_people_who_entered(programme: Programme, ask: Ask) -> None:
    session = SessionFactory(activity__programme=programme, seat_count=3)
    RegistrationTerms.objects.create(session=session, allotment="lottery", closes_at=session.starts_at)
    RegistrationFactory.create_batch(5, session=session, state="entered")

    alone, listed = (ask("GET", path).json() for path in (f"/sessions/{session.pk}", "/programmes/week/sessions"))

    seats = {"total": 3, "taken": 0, "left": None, "by_lot": True, "entered": 5}
    assert [alone["seats"], *(each["seats"] for each in listed["items"])] == [seats, seats]


def test_regions_are_read_level_by_level(ask: Ask) -> None:
    county("441826")
    county("441881")

    roots = ask("GET", "/regions").json()["items"]
    below = ask("GET", "/regions?parent=441800").json()["items"]

    assert [(item["code"], item["child_count"]) for item in roots] == [("441800", 2)]
    assert [(item["code"], item["parent"]) for item in below] == [("441826", "441800"), ("441881", "441800")]


def one_more(kind: str, programme: Programme) -> None:
    if kind == "programmes":
        ProgrammeFactory()
    elif kind == "organisations":
        OrganisationFactory(parent=programme.organisation)
    elif kind == "brands":
        BrandFactory().series.create(code=f"S-{Series.objects.count()}", position=1, name="期")
    elif kind == "regions":
        RegionFactory(code=f"{500000 + Region.objects.count()}", parent=None)
    else:
        SessionFactory(activity__programme=programme, activity__brand=BrandFactory(), venue=VenueFactory())


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("programmes", "/programmes"),
        ("organisations", "/organisations"),
        ("brands", "/brands"),
        ("regions", "/regions"),
        ("sessions", "/programmes/week/sessions"),
        ("sessions", "/programmes/week/figures"),
    ],
)
def test_list_costs_as_many_queries_with_three_items_as_with_one(
    kind: str, address: str, programme: Programme, ask: Ask
) -> None:
    NamedFigure.objects.create(programme=programme, code="attendance", definition="attendance", position=1)
    counts = []
    for items in (1, 2):
        for _item in range(items):
            one_more(kind, programme)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask("GET", address)
        assert answer.status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
