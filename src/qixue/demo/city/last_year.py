"""The week of the year before: small, over and closed, so that there is something to copy."""

import datetime
from typing import Any

from qixue.demo.city.activities import Ground
from qixue.demo.city.catalogue import read
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.leadership import create_leadership, create_steps
from qixue.demo.city.week import DAYS
from qixue.figures.models import NamedFigure
from qixue.people.models import User
from qixue.programme.models import (
    Activity,
    ForwardingStep,
    Instalment,
    Involvement,
    LegalBasis,
    Plan,
    PlanDocument,
    PlanLine,
    PlanStep,
    PlanVersion,
    Programme,
    ProgrammeStep,
    Session,
)

LAST_YEAR_CODE = "demo-before"
FIGURES = ("activities_total", "sessions_total", "instalments_total")
YEAR = datetime.timedelta(weeks=52)
DAY = datetime.timedelta(days=1)


def create_last_year(ground: Ground, staff: dict[str, User]) -> Programme:
    data = read("leadership.yaml")["last_year"]
    programme = create_programme(ground, data)
    create_leadership(programme, ground.organisations, seed=ground.seed)
    create_frame(ground, programme, data)
    sessions = [session for row in data["activities"] for session in create_activity(ground, programme, row)]
    create_plan(ground, programme, sessions, data["plan"], staff)
    first = sessions[0].starts_at or ground.week.prepared_at - YEAR
    steps = {ProgrammeStep.Kind.SET_UP: -90, ProgrammeStep.Kind.PUBLISHED: -30, ProgrammeStep.Kind.CLOSED: 40}
    moments = {kind.value: first + days * DAY for kind, days in steps.items()}
    create_steps(programme, staff["demo-city"], steps=moments)
    NamedFigure.objects.bulk_create(
        NamedFigure(programme=programme, code=code, definition=code, position=position)
        for position, code in enumerate(FIGURES, start=1)
    )
    return programme


def create_programme(ground: Ground, data: dict[str, Any]) -> Programme:
    """A year earlier to the weekday; its texts name the year before, also where both fall into one."""
    this = ground.programme
    year = this.year - 1
    first = ground.week.first - YEAR
    return Programme.objects.create(
        code=LAST_YEAR_CODE,
        name=this.name.replace(str(this.year), str(year)),
        name_en=this.name_en.replace(str(this.year), str(year)),
        short_name=this.short_name,
        state=Programme.State.CLOSED,
        year=year,
        theme=data["theme"],
        theme_en=data["theme_en"],
        starts_on=first,
        ends_on=first + (DAYS - 1) * DAY,
        region=this.region,
        organisation=this.organisation,
        is_synthetic=True,
    )


def create_frame(ground: Ground, programme: Programme, data: dict[str, Any]) -> None:
    """The legal bases of this year under their numbers of that year, the same hosts and brands."""
    for basis in ground.programme.legal_bases.order_by("position"):
        number = data["number"].format(year=programme.year) if basis.document_number else ""
        copy = LegalBasis.objects.create(
            programme=programme,
            code=basis.code,
            position=basis.position,
            name=basis.name.replace(str(ground.programme.year), str(programme.year)),
            name_en=basis.name_en.replace(str(ground.programme.year), str(programme.year)),
            document_number=number,
            purpose=basis.purpose,
        )
        ForwardingStep.objects.bulk_create(
            ForwardingStep(legal_basis=copy, position=step.position, organ=step.organ, act=step.act)
            for step in basis.forwarding_steps.order_by("position")
        )
    hosts = [ground.organisations[code] for code in ("city-edu", "city-pub")]
    Involvement.objects.bulk_create(
        Involvement(organisation=host, role=Involvement.Role.HOST, position=position, programme=programme)
        for position, host in enumerate(hosts, start=1)
    )
    for brand in ground.brands.values():
        brand.programmes.add(programme)


def create_activity(ground: Ground, programme: Programme, row: dict[str, Any]) -> list[Session]:
    """The activity with its sessions, all of which were held."""
    organisation = ground.organisations[row["organisation"]]
    activity = Activity.objects.create(
        programme=programme,
        organisation=organisation,
        region=organisation.region,
        brand=ground.brands.get(row.get("brand", "")),
        series=ground.series.get(row.get("series", "")),
        code=row["code"],
        title=row["title"],
        title_en=row["en"],
        kind=row["kind"],
        state=Activity.State.PUBLISHED,
    )
    return [
        create_session(ground, activity, each, number=number) for number, each in enumerate(row["sessions"], start=1)
    ]


def create_session(ground: Ground, activity: Activity, row: dict[str, Any], *, number: int) -> Session:
    starts_at = ground.week.moment(row["day"], *row["start"]) - YEAR
    instalment = None
    if activity.series:
        instalment = Instalment.objects.create(
            series=activity.series, programme=activity.programme, number=row["number"]
        )
    return Session.objects.create(
        activity=activity,
        instalment=instalment,
        venue=ground.venues[row["venue"]],
        number=number,
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=row["hours"]),
        counting_rule=Session.CountingRule.HEAD_COUNT,
        state=Session.State.HELD,
    )


def create_plan(
    ground: Ground, programme: Programme, sessions: list[Session], row: dict[str, Any], staff: dict[str, User]
) -> None:
    """The closed plan of one county, from which the sessions of that county came."""
    organisation = ground.organisations[row["organisation"]]
    county = [each for each in sessions if each.activity.organisation.path.startswith(organisation.path)]
    first = programme.starts_on or ground.week.first
    at = ground.week.moment(1, 10) - YEAR - 40 * DAY
    plan = Plan.objects.create(programme=programme, organisation=organisation, invited_at=at, due_on=first - 20 * DAY)
    version = PlanVersion.objects.create(plan=plan, number=1, state=PlanVersion.State.CLOSED)
    chance = stream(ground.seed, "last-year")
    for position, session in enumerate(county, start=1):
        session.plan_line_key = drawn_uuid(chance)
        PlanLine.objects.create(version=version, key=session.plan_line_key, position=position, **line_values(session))
        session.activity.plan = plan
    Session.objects.bulk_update(county, ["plan_line_key"])
    Activity.objects.bulk_update({session.activity for session in county}, ["plan"])
    PlanDocument.objects.create(
        version=version, kind=PlanDocument.Kind.REQUEST, title=row["document"], organ=organisation.name, added_at=at
    )
    days = {"invited": 0, "submitted": 10, "approved": 15, "published": 18, "closed": 80}
    PlanStep.objects.bulk_create(
        PlanStep(plan=plan, version=version, kind=kind, at=at + after * DAY, by=staff["demo-city"])
        for kind, after in days.items()
    )


def line_values(session: Session) -> dict[str, Any]:
    activity = session.activity
    return {
        "title": activity.title,
        "kind": activity.kind,
        "region": activity.region,
        "venue": session.venue,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "counting_rule": session.counting_rule,
        "expected_attendance": 60,
        "budget_fen": 80_000,
    }
