"""Last year's programme as this year's draft: what comes along, what stays behind, all or nothing."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    BrandFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
)
from tests.factories_planning import PlanFactory, PlanLineFactory, PlanVersionFactory
from tests.programme.operations.conftest import refusing

from qixue.core.clock import SHANGHAI
from qixue.participation.models import LedgerEntry, Registration
from qixue.people.models import Notification, Organisation, Role, User
from qixue.programme.models import (
    Activity,
    ForwardingStep,
    GroupMember,
    Involvement,
    LeadingGroup,
    LegalBasis,
    Liaison,
    Plan,
    PlanLine,
    PlanVersion,
    Programme,
    PublicityChannel,
    Series,
    Session,
    TaskAssignment,
)
from qixue.programme.operations import copying
from qixue.programme.operations.copying import copy_programme
from qixue.programme.queries.copying import AS_ACTIVITIES, AS_PLANS, PARTS, CopyChoices, copy_preview

pytestmark = pytest.mark.django_db
MONDAY, NEXT_MONDAY = datetime.date(2025, 11, 3), datetime.date(2026, 11, 2)


def at_nine(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=SHANGHAI)


@dataclass
class LastYear:
    programme: Programme
    county: Organisation
    coordinator: User
    county_person: User

    def copy(self, **changes: Any) -> Programme:
        values: dict[str, Any] = {"code": "week-2026", "year": 2026, "first_day": NEXT_MONDAY, "choices": CopyChoices()}
        return copy_programme(self.programme, by=self.coordinator, at=NOON, **{**values, **changes})


@pytest.fixture
def last_year() -> LastYear:
    """A closed week with a row of everything, somebody in every seat, and a plan that was carried out."""
    bureau = OrganisationFactory(code="bureau")
    county = OrganisationFactory(parent=bureau, code="county")
    programme = ProgrammeFactory(
        code="week-2025",
        name="清远市2025年活动周",
        name_en="Week 2025",
        theme="旧主题",
        year=2025,
        organisation=bureau,
        state=Programme.State.CLOSED,
        starts_on=MONDAY,
        ends_on=MONDAY + datetime.timedelta(days=6),
    )
    fill_frame(programme, county)
    people = [RoleAssignmentFactory(organisation=place, role=Role.COORDINATOR).user for place in (bureau, county)]
    return LastYear(programme, county, *people)


def fill_frame(programme: Programme, county: Organisation) -> None:
    basis = LegalBasis.objects.create(programme=programme, code="LB1", position=1, name="通知", purpose="notice")
    ForwardingStep.objects.create(legal_basis=basis, position=1, organ="教育部", act="发文")
    Involvement.objects.create(programme=programme, organisation=county, role=Involvement.Role.HOST)
    group = LeadingGroup.objects.create(programme=programme, name="2025年活动周领导小组", office=county)
    GroupMember.objects.create(group=group, position=1, seat="head", name="李某", duty="副市长")
    GroupMember.objects.create(group=group, position=2, seat="member", name="只有姓名")
    Liaison.objects.create(group=group, position=1, organisation=county, name="王某", phone="13900000000")
    task = TaskAssignment.objects.create(
        programme=programme, position=1, task="统筹", organisation=county, due_on=MONDAY
    )
    task.supporters.add(county)
    brand = BrandFactory()
    brand.programmes.add(programme)
    Series.objects.create(brand=brand, code="S1", position=1, name="悦读小组")
    PublicityChannel.objects.create(programme=programme, brand=brand, code="C1", position=1, name="海报")


@pytest.fixture
def carried_out(last_year: LastYear) -> LastYear:
    """The plan of the county became one activity; another from no plan; two were called off, one by its session."""
    version = PlanVersionFactory(
        plan=PlanFactory(programme=last_year.programme, organisation=last_year.county), state=PlanVersion.State.CLOSED
    )
    starts_at = at_nine(MONDAY + datetime.timedelta(days=2))
    times = {"starts_at": starts_at, "ends_at": starts_at + datetime.timedelta(hours=2)}
    PlanLineFactory(version=version, title="瑶绣", speaker="房某", budget_fen=80_000, **times)
    planned = ActivityFactory(programme=last_year.programme, organisation=last_year.county, plan=version.plan)
    SessionFactory(activity=planned, number=1, speaker="房某", **times)
    launch = ActivityFactory(programme=last_year.programme, kind="launch_ceremony", title="启动仪式", quote="原文")
    SessionFactory(activity=launch, number=1, starts_at=at_nine(MONDAY), ends_at=None)
    SessionFactory(activity=launch, number=2, state=Session.State.CANCELLED)
    Involvement.objects.create(activity=launch, organisation=last_year.county, role=Involvement.Role.ORGANISER)
    ActivityFactory(programme=last_year.programme, state=Activity.State.CANCELLED)
    off = ActivityFactory(programme=last_year.programme, organisation=last_year.county, title="停办")
    SessionFactory(activity=off, state=Session.State.CANCELLED)
    return last_year


def test_copy_is_a_draft_with_new_year_and_days_and_without_theme(last_year: LastYear) -> None:
    made = last_year.copy()

    assert (made.state, made.name, made.name_en, made.year, made.theme) == (
        Programme.State.DRAFT,
        "清远市2026年活动周",
        "Week 2026",
        2026,
        "",
    )
    assert (made.starts_on, made.ends_on) == (NEXT_MONDAY, datetime.date(2026, 11, 8))
    assert list(made.steps.values_list("kind", "comment")) == [("copied", "week-2025")]
    assert last_year.copy(code="other", choices=CopyChoices(keeps_theme=True)).theme == "旧主题"


def test_copied_bases_are_to_be_checked_and_keep_their_chain(last_year: LastYear) -> None:
    basis = last_year.copy().legal_bases.get()

    assert (basis.name, basis.needs_check) == ("通知", True)
    assert list(basis.forwarding_steps.values_list("organ", "act")) == [("教育部", "发文")]
    assert last_year.programme.legal_bases.get().needs_check is False


def test_copied_frame_has_roles_seats_tasks_brands_and_channels(last_year: LastYear) -> None:
    made = last_year.copy()

    assert list(made.involvements.values_list("organisation__code", "role")) == [("county", "host")]
    assert (made.leading_group.name, made.leading_group.office) == ("2026年活动周领导小组", last_year.county)
    task = made.tasks.get()
    assert (task.task, list(task.supporters.all()), task.due_on) == ("统筹", [last_year.county], None)
    assert list(made.brands.all()) == list(last_year.programme.brands.all())
    assert list(made.publicity_channels.values_list("name", flat=True)) == ["海报"]


def test_people_stay_behind(carried_out: LastYear) -> None:
    made = carried_out.copy(choices=CopyChoices(activities=AS_ACTIVITIES))

    assert list(made.leading_group.members.values_list("seat", "name", "duty")) == [("head", "", "副市长")]
    assert list(made.leading_group.liaisons.values_list("name", "phone")) == [("", "")]
    assert set(Session.objects.filter(activity__programme=made).values_list("speaker", flat=True)) == {""}
    assert not Registration.objects.filter(session__activity__programme=made).exists()
    assert not LedgerEntry.objects.filter(activity__programme=made).exists()


def test_only_what_was_chosen_comes_along(last_year: LastYear) -> None:
    for chosen in PARTS:
        made = last_year.copy(code=f"only-{chosen}", choices=CopyChoices(parts=frozenset({chosen})))

        found = {
            "legal_bases": made.legal_bases.exists(),
            "roles": made.involvements.exists(),
            "leading_group": LeadingGroup.objects.filter(programme=made).exists(),
            "tasks": made.tasks.exists(),
            "brands": made.brands.exists(),
            "channels": made.publicity_channels.exists(),
        }
        assert [part for part, is_there in found.items() if is_there] == [chosen]


def test_copy_twice_makes_one(carried_out: LastYear) -> None:
    first, second = (carried_out.copy(choices=CopyChoices(activities=AS_PLANS)) for _time in range(2))

    assert first == second
    assert (first.steps.count(), first.legal_bases.count(), first.plans.count()) == (1, 1, 1)
    assert Notification.objects.filter(kind="plan_invited").count() == 1


def test_nothing_is_copied_unless_chosen(carried_out: LastYear) -> None:
    made = carried_out.copy()

    assert (made.activities.count(), made.plans.count()) == (0, 0)


@pytest.mark.parametrize("chosen", [AS_PLANS, AS_ACTIVITIES])
def test_organisation_that_was_moved_elsewhere_is_left_out_and_named(carried_out: LastYear, chosen: str) -> None:
    county, choices = carried_out.county, CopyChoices(activities=chosen)
    county.parent, county.path = None, "county/"
    county.save()

    preview = copy_preview(carried_out.programme, year=2026, first_day=NEXT_MONDAY, choices=choices)
    made = carried_out.copy(choices=choices)

    assert preview.left_out == (county.name,)
    assert {session.title for session in preview.sessions} == {"启动仪式"}
    assert not made.plans.exists()
    assert list(made.activities.values_list("title", flat=True)) == ["启动仪式"]


def test_copies_have_no_brand_that_the_new_programme_does_not_show(carried_out: LastYear) -> None:
    brand = carried_out.programme.brands.get()
    carried_out.programme.activities.update(brand=brand, series=brand.series.get())
    PlanLine.objects.update(brand=brand)
    without = frozenset(PARTS) - {"brands"}

    bare = carried_out.copy(choices=CopyChoices(parts=without, activities=AS_PLANS))
    full = carried_out.copy(code="full", choices=CopyChoices(activities=AS_PLANS))

    for made, expected in ((bare, (None, None)), (full, (brand.pk, brand.series.get().pk))):
        lines = PlanLine.objects.filter(version__plan__programme=made)
        assert set(made.activities.values_list("brand", "series")) == {expected}
        assert set(lines.values_list("brand", flat=True)) == {expected[0]}
        assert set(made.publicity_channels.values_list("brand", flat=True)) == {expected[0]}


def test_copied_roles_do_not_quote_the_document_of_last_year(last_year: LastYear) -> None:
    last_year.programme.involvements.update(quote="主办单位：连南县教育局")

    assert last_year.copy().involvements.get().quote == ""


def test_plans_become_drafts_of_their_organisations(carried_out: LastYear) -> None:
    made = carried_out.copy(choices=CopyChoices(activities=AS_PLANS))

    version = PlanVersion.objects.get(plan__programme=made)
    line = version.lines.get()
    assert (version.state, version.plan.organisation) == (PlanVersion.State.DRAFT, carried_out.county)
    assert (line.title, line.speaker, line.budget_fen) == ("瑶绣", "", 80_000)
    assert line.starts_at == at_nine(datetime.date(2026, 11, 4))  # a Wednesday, as last year
    assert line.key != Plan.objects.get(programme=carried_out.programme).versions.get().lines.get().key
    assert list(Notification.objects.values_list("user", "kind")) == [(carried_out.county_person.pk, "plan_invited")]
    assert list(made.activities.values_list("title", flat=True)) == ["启动仪式"]  # what came from no plan


def test_activities_become_drafts_on_the_same_weekday(carried_out: LastYear) -> None:
    made = carried_out.copy(choices=CopyChoices(activities=AS_ACTIVITIES))

    drafts = made.activities.order_by("pk")
    assert list(drafts.values_list("title", "state", "plan", "quote")) == [
        ("稻田养鱼", "draft", None, ""),
        ("启动仪式", "draft", None, ""),
    ]
    sessions = Session.objects.filter(activity__programme=made).order_by("activity", "number")
    assert list(sessions.values_list("starts_at", "state", "plan_line_key")) == [
        (at_nine(datetime.date(2026, 11, 4)), "planned", None),
        (at_nine(NEXT_MONDAY), "planned", None),
    ]
    assert list(drafts[1].involvements.values_list("role", flat=True)) == ["organiser"]
    assert not made.plans.exists()


def test_preview_says_what_is_written(carried_out: LastYear) -> None:
    for choice in (AS_PLANS, AS_ACTIVITIES):
        choices = CopyChoices(activities=choice)
        preview = copy_preview(carried_out.programme, year=2026, first_day=NEXT_MONDAY, choices=choices)
        made = carried_out.copy(code=f"as-{choice}", choices=choices)

        lines = PlanVersion.objects.filter(plan__programme=made).values_list("lines__starts_at", flat=True)
        sessions = Session.objects.filter(activity__programme=made).values_list("starts_at", flat=True)
        assert [row.will_be for row in preview.sessions] == sorted([*lines, *sessions])
        assert dict(preview.counts) == {
            "legal_bases": made.legal_bases.count(),
            "roles": made.involvements.count(),
            "leading_group": 3,  # two seats, of which one has nothing but a name, and a liaison officer
            "tasks": made.tasks.count(),
            "brands": made.brands.count(),
            "channels": made.publicity_channels.count(),
        }


def test_copy_that_breaks_half_way_leaves_nothing(carried_out: LastYear, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: Any) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(copying, "copy_activities", break_down)

    with pytest.raises(RuntimeError):
        carried_out.copy(choices=CopyChoices(activities=AS_ACTIVITIES))

    assert not Programme.objects.filter(code="week-2026").exists()
    assert LegalBasis.objects.count() == 1


def test_copy_is_refused(last_year: LastYear) -> None:
    ProgrammeFactory(code="taken")

    with refusing("code_taken"):
        last_year.copy(code="taken")
    with refusing("year_elsewhere"):
        last_year.copy(year=2027)
    with refusing("not_in_charge"):
        copy_programme(
            last_year.programme,
            code="x",
            year=2026,
            first_day=NEXT_MONDAY,
            choices=CopyChoices(),
            by=UserFactory(),
            at=NOON,
        )
    Programme.objects.filter(pk=last_year.programme.pk).update(starts_on=None, ends_on=None)
    last_year.programme.refresh_from_db()
    with refusing("days_missing"):
        last_year.copy(choices=CopyChoices(activities=AS_ACTIVITIES))
