"""A small city in the middle of its week, with the records of 2016 beside it: enough for every page to have content."""

import datetime
from dataclasses import dataclass

from tests.factories import (
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)
from tests.factories_recognitions import CallFactory, on_notice

from qixue.core.clock import local_day, now
from qixue.core.quantity import Qualifier
from qixue.demo.records import load_records
from qixue.figures.models import NamedFigure
from qixue.participation.models import LedgerEntry
from qixue.participation.operations.evidence import keep_note
from qixue.participation.operations.ledger import record_head_count
from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.places.operations import load_population, load_regions
from qixue.programme.models import Activity, Brand, Nomination, Programme, Session
from qixue.programme.operations.listings import keep_listings
from qixue.report.models import SummarySection

PASSWORD = "a-long-enough-password"
HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """The records that tests look for on the pages."""

    programme: Programme
    brand: Brand
    organisation: Organisation
    draft: Activity
    activity: Activity
    planned: Session
    uncounted: Session
    counted: Session
    cancelled: Session
    entry: LedgerEntry
    coordinator: User
    organiser: User
    candidate: Nomination


def person(username: str, name: str, organisation: Organisation, role: Role) -> User:
    user = UserFactory(username=username, display_name=name)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    RoleAssignmentFactory(user=user, organisation=organisation, role=role)
    return user


def make_scene() -> Scene:
    """Everything in the database, with the clock of today."""
    at = now()
    load_regions(at=at)
    load_population(at=at)
    load_records(at=at)
    programme, library, brand = make_week(at)
    activity = ActivityFactory(
        programme=programme,
        organisation=library,
        brand=brand,
        kind="lecture",
        audience="older",
        title="怎样识别养老诈骗",
    )
    draft = ActivityFactory(programme=programme, organisation=library, title="手机摄影", state=Activity.State.DRAFT)
    sessions = make_sessions(activity, at)
    coordinator = person("coordinator", "梁静宜", programme.organisation, Role.COORDINATOR)
    organiser = person("organiser", "陈雅文", library, Role.ORGANISER)
    entry = record_head_count(
        sessions["counted"],
        count=37,
        qualifier=Qualifier.ABOUT,
        evidence=keep_note("签到表1页", at=at),
        by=organiser,
        at=at,
        client_uuid=key(),
    )
    name_figures(programme, brand)
    keep_listings(Session.objects.all())  # the factories write beside the operations
    return Scene(
        programme=programme,
        brand=brand,
        organisation=library,
        draft=draft,
        activity=activity,
        entry=entry,
        coordinator=coordinator,
        organiser=organiser,
        candidate=make_candidate(programme, library, at),
        **sessions,
    )


def make_week(at: datetime.datetime) -> tuple[Programme, Organisation, Brand]:
    """A week on its third day, a library below the bureau that runs it, and a brand."""
    today = local_day(at)
    city = Region.objects.get(code="441800")
    top = OrganisationFactory(code="city-edu", name="清远市教育局", region=city, phone="0763-0000000")
    library = OrganisationFactory(
        code="library", name="清远市图书馆", name_en="Qingyuan Library", region=city, parent=top, phone="0763-0000001"
    )
    programme = ProgrammeFactory(
        code="week",
        region=city,
        organisation=top,
        theme="让学习成为一种生活方式",
        starts_on=today - datetime.timedelta(days=2),
        ends_on=today + datetime.timedelta(days=4),
        is_synthetic=True,
        year=2099,
    )
    brand = BrandFactory(code="hall", name="凤城讲堂", name_en="Fengcheng hall", slogan="一座城、一堂课", region=city)
    brand.programmes.add(programme)
    return programme, library, brand


def make_candidate(programme: Programme, library: Organisation, at: datetime.datetime) -> Nomination:
    """On public notice until tomorrow, in a call that is open until today; an objection waits."""
    today = local_day(at)
    call = CallFactory(programme=programme, nominate_until=today, opened_at=at)
    until = today + datetime.timedelta(days=1)
    candidate = on_notice(call=call, organisation=library, consented_at=at, notice_from=today, notice_until=until)
    candidate.steps.create(kind="nominated", at=at, organisation=library)
    candidate.objections.create(text="事迹与事实不符，请核实。", is_anonymous=True, received_at=at)
    return candidate


def make_sessions(activity: Activity, at: datetime.datetime) -> dict[str, Session]:
    """One session in each state that pages treat differently."""
    town = Region.objects.get(code="441802006")
    venue = VenueFactory(name="凤城街道文化站", region=town, capacity=60, has_step_free_access=True)
    sessions = {
        "planned": {"starts_at": at + 2 * HOUR, "ends_at": at + 4 * HOUR, "state": "planned", "seat_count": 40},
        "uncounted": {"starts_at": at - 30 * HOUR, "ends_at": at - 28 * HOUR, "state": "planned"},
        "counted": {"starts_at": at - 54 * HOUR, "ends_at": at - 52 * HOUR, "state": "held"},
        "cancelled": {"starts_at": at + 26 * HOUR, "ends_at": at + 27 * HOUR, "state": "cancelled"},
    }
    return {name: SessionFactory(activity=activity, venue=venue, **values) for name, values in sessions.items()}


def name_figures(programme: Programme, brand: Brand) -> None:
    figures = [
        ("sessions_total", {}),
        ("attendance", {}),
        ("participants", {}),
        ("attendance_per_1000", {"region_code": "441802"}),
        ("attendance", {"brand_code": brand.code}),
    ]
    for position, (definition, dimensions) in enumerate(figures):
        code = ".".join([definition, *dimensions.values()])
        NamedFigure.objects.create(
            programme=programme, code=code, definition=definition, position=position, **dimensions
        )
    outline = [(0, "", "opening", None), (1, "主要做法和成效", "none", None), (2, "品牌带动", "brands", None)]
    for position, (level, heading, rule, owner) in enumerate([*outline, (3, "凤城讲堂", "brand", brand)]):
        SummarySection.objects.create(
            programme=programme, position=position, level=level, heading=heading, draft=rule, brand=owner
        )
