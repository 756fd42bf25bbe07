import datetime
import uuid

import pytest
from tests.factories import NOON, OrganisationFactory, ProgrammeFactory, RegionFactory, RoleAssignmentFactory, key
from tests.factories_recognitions import TODAY, NominationFactory
from tests.programme.operations.conftest import told
from tests.programme.operations.test_nominations import code_of

from qixue.people.models import Organisation, Role, User
from qixue.places.models import Region
from qixue.programme.models import Programme, RecognitionCall
from qixue.programme.operations.recognition_calls import CallDetails, StageDetails, edit_call, open_call

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - datetime.timedelta(days=1)


def details(**changes: object) -> CallDetails:
    given = {"kind": "learning_star", "name": "百姓学习之星推介", "conditions": "坚持学习", "nominate_until": TODAY}
    return CallDetails(**{**given, **changes})


@pytest.fixture
def city() -> Organisation:
    return OrganisationFactory(code="city")


@pytest.fixture
def programme(city: Organisation) -> Programme:
    return ProgrammeFactory(organisation=city)


@pytest.fixture
def coordinator(city: Organisation) -> User:
    return RoleAssignmentFactory(organisation=city, role=Role.COORDINATOR).user


def test_open_call_tells_those_below_once(programme: Programme, city: Organisation, coordinator: User) -> None:
    below = RoleAssignmentFactory(organisation=OrganisationFactory(parent=city), role=Role.CADRE).user
    form = key()
    said = details(stages={"county": StageDetails(due_on=TODAY, quota=2)})

    pair = [open_call(programme, city, details=said, key=form, by=coordinator, at=NOON) for _time in range(2)]

    assert (pair[0], pair[0].level, told("recognition_called")) == (pair[1], "city", [below.pk])
    assert list(pair[0].stages.values_list("level", "due_on", "quota")) == [("county", TODAY, 2)]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"nominate_until": YESTERDAY}, "due_in_past", "nominate_until"),
        ({"notice_days": 0}, "notice_days_out_of_range", "notice_days"),
        ({"notice_days": 61}, "notice_days_out_of_range", "notice_days"),
        ({"place_count": 0}, "places_out_of_range", "place_count"),
        ({"stages": {"town": StageDetails(quota=1000)}}, "places_out_of_range", "town_quota"),
        ({"stages": {"town": StageDetails(due_on=YESTERDAY)}}, "stage_before_nominations", "town_due_on"),
        ({"stages": {"city": StageDetails()}}, "stage_unknown", "stages"),
    ],
)
def test_call_that_makes_no_sense_is_refused(
    programme: Programme, city: Organisation, coordinator: User, changes: dict, code: str, field: str
) -> None:
    said = details(**changes)

    assert code_of(open_call, programme, city, details=said, key=key(), by=coordinator, at=NOON) == code
    assert RecognitionCall.objects.count() == 0


def test_call_of_somebody_else_or_of_a_town_is_refused(
    programme: Programme, city: Organisation, coordinator: User
) -> None:
    region = RegionFactory(code="441826105", level=Region.Level.TOWNSHIP, unit_type=Region.UnitType.TOWN)
    town = OrganisationFactory(parent=city, region=region)
    stranger = RoleAssignmentFactory(organisation=town, role=Role.COORDINATOR).user
    sent = {"details": details(), "key": key(), "at": NOON}

    assert code_of(open_call, programme, city, by=stranger, **sent) == "not_judge"
    assert code_of(open_call, programme, town, by=coordinator, **sent) == "no_award_level"


def test_call_in_a_closed_programme_is_refused(programme: Programme, city: Organisation, coordinator: User) -> None:
    Programme.objects.update(state=Programme.State.CLOSED)

    code = code_of(open_call, programme, city, details=details(), key=uuid.uuid4(), by=coordinator, at=NOON)

    assert code == "programme_closed"


def test_edit_over_another_edit_is_refused(programme: Programme, city: Organisation, coordinator: User) -> None:
    call = open_call(programme, city, details=details(), key=key(), by=coordinator, at=NOON)
    edit_call(call, details=details(name="甲"), edit_count=1, by=coordinator, at=NOON)

    code = code_of(edit_call, call, details=details(name="乙"), edit_count=1, by=coordinator, at=NOON)

    call.refresh_from_db()
    assert (code, call.name) == ("changed_meanwhile", "甲")


def test_edit_keeps_a_last_day_that_is_over_and_the_kind_of_nominations(
    programme: Programme, city: Organisation, coordinator: User
) -> None:
    call = open_call(programme, city, details=details(), key=key(), by=coordinator, at=NOON)
    NominationFactory(call=call)
    later = NOON + datetime.timedelta(days=9)

    edited = edit_call(call, details=details(name="甲"), edit_count=1, by=coordinator, at=later)
    code = code_of(edit_call, call, details=details(kind="brand_project"), edit_count=2, by=coordinator, at=later)

    assert (edited.name, code) == ("甲", "kind_is_fixed")
