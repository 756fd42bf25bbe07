"""How long steps took, by figures that open to each step."""

import datetime
from decimal import Decimal

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory
from tests.factories_coordination import FollowUpFactory, FollowUpStepFactory
from tests.factories_planning import PlanFactory, PlanVersionFactory

from qixue.core.clock import local_day
from qixue.core.figures import Scope, registry
from qixue.figures.models import NamedFigure
from qixue.figures.queries import figure_of, figures_of
from qixue.people.models import Organisation, User
from qixue.programme.models import Countersignature, FollowUp, Programme
from qixue.programme.turnaround import median, ninetieth

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(code="week", organisation=OrganisationFactory(code="bureau"))


def value(code: str, **dimensions: str) -> Decimal | int | None:
    quantity = registry.definitions[code].value(Scope("week", **dimensions)).quantity
    return quantity.value if quantity else None


def acknowledged(programme: Programme, days: float, owner: Organisation | None = None) -> FollowUp:
    given = {"owner": owner} if owner else {}
    item = FollowUpFactory(programme=programme, **given)
    FollowUpStepFactory(follow_up=item)
    FollowUpStepFactory(follow_up=item, kind="acknowledged", at=NOON + days * DAY, due_on=None)
    return item


def test_median_and_ninetieth_of_steps(programme: Programme) -> None:
    for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 30):
        acknowledged(programme, days)

    assert (value("acknowledgement_days_median"), value("acknowledgement_days_p90")) == (Decimal("5.5"), Decimal("9.0"))


@pytest.mark.parametrize(
    ("values", "middle", "slow"), [([4], 4, 4), ([1, 3], 2, 3), ([1, 2, 3], 2, 3), (list(range(1, 21)), 10.5, 18)]
)
def test_middle_and_slow_values(values: list[float], middle: float, slow: float) -> None:
    assert (median(values), ninetieth(values)) == (middle, slow)


def test_step_that_never_ended_is_missing_and_not_zero(programme: Programme) -> None:
    FollowUpStepFactory(follow_up=FollowUpFactory(programme=programme))

    assert value("acknowledgement_days_median") is None


def test_figure_of_an_organisation_holds_its_tree(programme: Programme) -> None:
    county = OrganisationFactory(code="county", parent=programme.organisation)
    acknowledged(programme, 2, OrganisationFactory(code="town", parent=county))
    acknowledged(programme, 8, OrganisationFactory(code="county-2", parent=programme.organisation))

    assert (value("acknowledgement_days_median", organisation="county"), value("acknowledgement_days_median")) == (
        Decimal("2.0"),
        Decimal("5.0"),
    )


def test_report_is_measured_from_the_return_and_closing_from_the_last_report(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme, due_on=local_day(NOON) + 5 * DAY)
    for kind, day, owner in (
        ("assigned", 0, item.owner),
        ("reported", 3, item.owner),
        ("sent_back", 4, item.assigner),
        ("reported", 6, item.owner),
        ("closed", 10, item.assigner),
    ):
        due_on = item.due_on if kind == "assigned" else None
        FollowUpStepFactory(
            follow_up=item, kind=kind, at=NOON + day * DAY, organisation=owner, note="说明", due_on=due_on
        )

    assert [value(code) for code in ("report_days_median", "closing_days_median", "closed_in_time_share")] == [
        Decimal("2.5"),
        Decimal("4.0"),
        Decimal("0.0"),
    ]


def test_slow_steps_of_items(programme: Programme) -> None:
    """Eight items are reported after a day and closed after another one; the ninth and the tenth take longer."""
    for report, closing in [(1, 1)] * 8 + [(5, 3), (30, 7)]:
        item = FollowUpFactory(programme=programme)
        FollowUpStepFactory(follow_up=item)
        FollowUpStepFactory(follow_up=item, kind="reported", note="已办", at=NOON + report * DAY, due_on=None)
        FollowUpStepFactory(follow_up=item, kind="closed", at=NOON + (report + closing) * DAY, due_on=None)

    assert [value(f"{step}_days_{how}") for step in ("report", "closing") for how in ("median", "p90")] == [
        Decimal(number) for number in ("1.0", "5.0", "1.0", "3.0")
    ]


def test_moved_deadline_counts_as_moved(programme: Programme) -> None:
    item = FollowUpFactory(programme=programme)
    FollowUpStepFactory(follow_up=item, due_on=local_day(NOON))
    FollowUpStepFactory(follow_up=item, kind="deadline_moved", note="顺延", due_on=local_day(NOON) + 9 * DAY)
    FollowUpStepFactory(follow_up=item, kind="reported", note="已办", at=NOON + 5 * DAY, due_on=None)
    FollowUpStepFactory(follow_up=item, kind="closed", at=NOON + 6 * DAY, due_on=None)

    assert value("closed_in_time_share") == Decimal("100.0")


def test_steps_of_plans(programme: Programme) -> None:
    bureau = programme.organisation
    county = OrganisationFactory(code="county", parent=bureau)
    version = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=county), state="published")
    for kind, day, organisation in (
        ("invited", 0, county),
        ("submitted", 4, county),
        ("approved", 6, bureau),
        ("published", 9, bureau),
    ):
        version.plan.steps.create(version=version, kind=kind, at=NOON + day * DAY, organisation=organisation)
    Countersignature.objects.create(
        version=version,
        organisation=county,
        asked_at=NOON,
        is_agreed=True,
        answered_by=User.objects.create(username="a", display_name="a"),
        answered_at=NOON + DAY / 2,
    )
    steps = ("plan_filing", "plan_decision", "plan_publication", "countersigning")

    assert [value(f"{step}_days_median") for step in steps] == [
        Decimal(number) for number in ("4.0", "2.0", "3.0", "0.5")
    ]
    assert [value(f"{step}_days_median", organisation="county") for step in steps] == [
        Decimal("4.0"),
        None,
        None,
        Decimal("0.5"),
    ]


def test_slow_steps_of_plans(programme: Programme) -> None:
    """Ten plans: filed after 1, decided after 2, published after 3 days; the ninth and tenth took longer each time."""
    answerer = User.objects.create(username="a", display_name="a")
    for number in range(10):
        longer = {8: 4, 9: 20}.get(number, 0)
        county = OrganisationFactory(code=f"county{number}", parent=programme.organisation)
        version = PlanVersionFactory(plan=PlanFactory(programme=programme, organisation=county), state="published")
        at = NOON
        for kind, days in (
            ("invited", 0),
            ("submitted", 1 + longer),
            ("approved", 2 + longer),
            ("published", 3 + longer),
        ):
            at += days * DAY
            version.plan.steps.create(version=version, kind=kind, at=at, organisation=county)
        Countersignature.objects.create(
            version=version,
            organisation=county,
            asked_at=NOON,
            is_agreed=True,
            answered_by=answerer,
            answered_at=NOON + (0.5 + longer) * DAY,
        )

    steps = ("plan_filing", "plan_decision", "plan_publication", "countersigning")
    assert [(value(f"{step}_days_median"), value(f"{step}_days_p90")) for step in steps] == [
        (Decimal("1.0"), Decimal("5.0")),
        (Decimal("2.0"), Decimal("6.0")),
        (Decimal("3.0"), Decimal("7.0")),
        (Decimal("0.5"), Decimal("4.5")),
    ]


def test_evidence_is_one_row_for_each_step_of_the_scope(programme: Programme) -> None:
    county = OrganisationFactory(code="county", parent=programme.organisation)
    acknowledged(programme, 2, county)
    acknowledged(programme, 8)

    rows = registry.definitions["acknowledgement_days_median"].evidence(Scope("week", organisation="county"))

    assert [(row.title, row.quantity.text("zh") if row.quantity else "") for row in rows] == [("报送活动方案", "2.0天")]


def test_internal_figures_stay_off_public_pages(programme: Programme) -> None:
    NamedFigure.objects.create(
        programme=programme, code="report_days_median", definition="report_days_median", position=1
    )

    assert (figures_of(programme), figure_of(programme, "report_days_median")) == ([], None)
    assert len(figures_of(programme, with_internal=True)) == 1
