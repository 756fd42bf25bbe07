"""A programme from its set-up to its close."""

import dataclasses
import datetime

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RoleAssignmentFactory, UserFactory
from tests.programme.operations.conftest import refusing

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.people.models import Organisation, Role, User
from qixue.programme.models import Involvement, LegalBasis, Programme, ProgrammeStep
from qixue.programme.operations.programmes import (
    ProgrammeDetails,
    close_programme,
    edit_programme,
    publish_programme,
    set_up_programme,
)
from qixue.programme.queries.programmes import missing_for_programme

pytestmark = pytest.mark.django_db
FIRST, LAST = datetime.date(2026, 11, 3), datetime.date(2026, 11, 9)
DETAILS = ProgrammeDetails(
    name="清远市2026年全民终身学习活动周",
    kind=Programme.Kind.ACTIVITY_WEEK,
    year=2026,
    theme="让学习成为一种生活方式",
    starts_on=FIRST,
    ends_on=LAST,
)
AFTERWARDS = NOON + datetime.timedelta(days=6)


@pytest.fixture
def bureau() -> Organisation:
    return OrganisationFactory(code="bureau")


@pytest.fixture
def coordinator(bureau: Organisation) -> User:
    return RoleAssignmentFactory(organisation=bureau, role=Role.COORDINATOR).user


@pytest.fixture
def draft(bureau: Organisation, coordinator: User) -> Programme:
    return set_up_programme(organisation=bureau, code="week-2026", details=DETAILS, by=coordinator, at=NOON)


@pytest.fixture
def complete(draft: Programme, bureau: Organisation) -> Programme:
    LegalBasis.objects.create(programme=draft, code="LB1", position=1, name="教育法", purpose="implemented")
    Involvement.objects.create(programme=draft, organisation=bureau, role=Involvement.Role.HOST)
    return draft


def kinds(programme: Programme) -> list[str]:
    return list(programme.steps.order_by("pk").values_list("kind", flat=True))


def test_set_up_makes_a_draft_in_the_place_of_its_organisation(draft: Programme, coordinator: User) -> None:
    assert (draft.state, draft.region, draft.version) == (Programme.State.DRAFT, draft.organisation.region, 1)
    assert list(draft.steps.values_list("kind", "at", "by")) == [(ProgrammeStep.Kind.SET_UP, NOON, coordinator.pk)]
    assert AuditEntry.objects.get(action="programme.set_up").actor_name == coordinator.display_name


def test_set_up_twice_makes_one(draft: Programme, bureau: Organisation, coordinator: User) -> None:
    again = set_up_programme(organisation=bureau, code="week-2026", details=DETAILS, by=coordinator, at=NOON)

    assert again == draft
    assert kinds(draft) == ["set_up"]


def test_set_up_under_the_code_of_another_is_refused(draft: Programme, bureau: Organisation, coordinator: User) -> None:
    other = dataclasses.replace(DETAILS, name="社区学习年")

    with refusing("code_taken"):
        set_up_programme(organisation=bureau, code=draft.code, details=other, by=coordinator, at=NOON)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_set_up_is_for_coordinators(bureau: Organisation, role: Role) -> None:
    person = RoleAssignmentFactory(organisation=bureau, role=role).user

    with refusing("not_in_charge"):
        set_up_programme(organisation=bureau, code="week", details=DETAILS, by=person, at=NOON)


def test_set_up_reaches_down_the_tree_and_not_up(bureau: Organisation, coordinator: User) -> None:
    county = OrganisationFactory(parent=bureau)
    below = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user

    made = set_up_programme(organisation=county, code="county", details=DETAILS, by=coordinator, at=NOON)

    assert made.organisation == county
    with refusing("not_in_charge"):
        set_up_programme(organisation=bureau, code="week", details=DETAILS, by=below, at=NOON)


def test_library_of_the_city_sets_up_nothing_for_the_whole_city(bureau: Organisation, coordinator: User) -> None:
    library = OrganisationFactory(parent=bureau)
    librarian = RoleAssignmentFactory(organisation=library, role=Role.COORDINATOR).user

    with refusing("place_of_others"):
        set_up_programme(organisation=library, code="week", details=DETAILS, by=librarian, at=NOON)
    made = set_up_programme(organisation=library, code="week", details=DETAILS, by=coordinator, at=NOON)

    assert made.organisation == library


def test_office_that_answers_for_its_place_sets_up_its_own(bureau: Organisation) -> None:
    county = OrganisationFactory(parent=bureau, kind=Organisation.Kind.EDUCATION_BUREAU)
    person = RoleAssignmentFactory(organisation=county, role=Role.COORDINATOR).user

    made = set_up_programme(organisation=county, code="week", details=DETAILS, by=person, at=NOON)

    assert made.region == county.region


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_on": None}, "days_incomplete"),
        ({"starts_on": None}, "days_incomplete"),
        ({"ends_on": FIRST - datetime.timedelta(days=1)}, "ends_before_start"),
        ({"year": 2025}, "year_elsewhere"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    bureau: Organisation, coordinator: User, changes: dict[str, object], code: str
) -> None:
    details = dataclasses.replace(DETAILS, **changes)

    with refusing(code):
        set_up_programme(organisation=bureau, code="week", details=details, by=coordinator, at=NOON)


def test_edit_with_an_old_version_overwrites_nothing(draft: Programme, coordinator: User) -> None:
    theirs = dataclasses.replace(DETAILS, theme="全民智学")
    edit_programme(draft, details=theirs, version=1, by=coordinator, at=NOON)

    with refusing("changed_meanwhile"):
        edit_programme(draft, details=DETAILS, version=1, by=coordinator, at=NOON)

    draft.refresh_from_db()
    assert (draft.theme, draft.version) == ("全民智学", 2)


def test_edit_without_a_change_counts_as_none(draft: Programme, coordinator: User) -> None:
    assert edit_programme(draft, details=DETAILS, version=1, by=coordinator, at=NOON).version == 1


def test_publishing_names_everything_that_is_missing(bureau: Organisation, coordinator: User) -> None:
    bare = ProgrammeDetails(name="活动周", kind="activity_week", year=2026)
    draft = set_up_programme(organisation=bureau, code="bare", details=bare, by=coordinator, at=NOON)

    with pytest.raises(Refused) as refused:
        publish_programme(draft, version=1, by=coordinator, at=NOON)

    assert list(refused.value.lines) == [
        "请填写年度主题。",
        "请填写开始和结束日期。",
        "请至少添加一项依据。",
        "请填写活动或启动仪式的主办单位。",
    ]
    draft.refresh_from_db()
    assert draft.state == Programme.State.DRAFT


def test_publishing_waits_for_copied_bases_to_be_checked(complete: Programme, coordinator: User) -> None:
    complete.legal_bases.update(needs_check=True)

    assert missing_for_programme(complete) == ["请核对依据《教育法》今年是否仍然有效。"]
    with refusing("programme_incomplete"):
        publish_programme(complete, version=1, by=coordinator, at=NOON)


def test_publish_and_close_are_steps_that_happen_once(complete: Programme, coordinator: User) -> None:
    for _time in range(2):
        published = publish_programme(complete, version=1, by=coordinator, at=NOON)
    for _time in range(2):
        closed = close_programme(published, by=coordinator, at=AFTERWARDS)

    assert closed.state == Programme.State.CLOSED
    assert kinds(complete) == ["set_up", "published", "closed"]


def test_publish_as_it_was_read(complete: Programme, coordinator: User) -> None:
    edit_programme(complete, details=dataclasses.replace(DETAILS, theme="全民智学"), version=1, by=coordinator, at=NOON)

    with refusing("changed_meanwhile"):
        publish_programme(complete, version=1, by=coordinator, at=NOON)


def test_published_programme_keeps_theme_and_days(complete: Programme, coordinator: User) -> None:
    publish_programme(complete, version=1, by=coordinator, at=NOON)

    with refusing("published_needs"):
        edit_programme(complete, details=dataclasses.replace(DETAILS, theme=""), version=2, by=coordinator, at=NOON)


def test_close_is_for_what_is_published_and_over(complete: Programme, coordinator: User) -> None:
    with refusing("not_published"):
        close_programme(complete, by=coordinator, at=AFTERWARDS)
    publish_programme(complete, version=1, by=coordinator, at=NOON)
    with refusing("programme_not_over"):
        close_programme(complete, by=coordinator, at=NOON)


def test_closed_programme_no_longer_changes(coordinator: User, bureau: Organisation) -> None:
    closed = ProgrammeFactory(organisation=bureau, state=Programme.State.CLOSED)

    with refusing("programme_closed"):
        edit_programme(closed, details=DETAILS, version=1, by=coordinator, at=NOON)


def test_stranger_is_refused_by_the_operation_too(complete: Programme) -> None:
    stranger = UserFactory()

    for act in (
        lambda: edit_programme(complete, details=DETAILS, version=1, by=stranger, at=NOON),
        lambda: publish_programme(complete, version=1, by=stranger, at=NOON),
        lambda: close_programme(complete, by=stranger, at=NOON),
    ):
        with refusing("not_in_charge"):
            act()


def test_database_keeps_one_publication(draft: Programme) -> None:
    ProgrammeStep.objects.create(programme=draft, kind=ProgrammeStep.Kind.PUBLISHED, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeStep.objects.create(programme=draft, kind=ProgrammeStep.Kind.PUBLISHED, at=NOON)
