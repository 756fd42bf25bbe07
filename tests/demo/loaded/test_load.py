"""What a loaded demo says about itself."""

import json

import pytest
from tests.demo.conftest import EDITION

from qixue.demo.city.personas import PERSONAS
from qixue.demo.city.province import PROVINCE_CODE
from qixue.demo.load import description, holds_other_programmes, loaded_edition, write_description
from qixue.participation.models import LedgerEntry
from qixue.people.models import Organisation, User
from qixue.people.queries import organisations_for
from qixue.people.rules import Action
from qixue.programme.models import Activity, Programme, Session

pytestmark = pytest.mark.django_db

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def ids(demo: None) -> dict:
    return description(EDITION, base_url=BASE_URL)["ids"]


def test_loaded_edition_is_known_from_the_records():
    assert loaded_edition() == EDITION


def test_programmes_are_there_and_only_that_of_2016_is_real():
    programmes = Programme.objects.order_by("code").values_list("code", "is_synthetic")

    assert list(programmes) == [
        ("demo", True),
        ("demo-before", True),
        ("demo-province", True),
        ("qingyuan-2016", False),
    ]
    assert not holds_other_programmes()


def test_description_names_every_persona():
    personas = description(EDITION, base_url=BASE_URL)["personas"]

    assert [row["username"] for row in personas] == [persona.username for persona in PERSONAS]
    assert all(len(row["password"]) >= 12 and row["api_token"].startswith("qx_") for row in personas)


def test_written_description_reads_back(tmp_path):
    path = tmp_path / "deep" / "demo.json"

    write_description(path, EDITION, base_url=BASE_URL)

    assert json.loads(path.read_text()) == description(EDITION, base_url=BASE_URL)


@pytest.mark.parametrize(
    ("name", "state"),
    [("session_upcoming", "planned"), ("session_full", "planned"), ("session_held", "held")],
)
def test_description_points_to_a_session_in_the_state(ids, name, state):
    assert Session.objects.get(pk=ids[name]).state == state


@pytest.mark.parametrize(("username", "organisation"), [("library", "city-library"), ("yinling", "yd-yinling")])
def test_description_points_to_what_an_organiser_can_work_on(ids, username, organisation):
    awaiting = Session.objects.get(pk=ids["session_awaiting_count"][username])
    activity = Activity.objects.get(pk=ids["activity"][username])
    draft = Activity.objects.get(pk=ids["draft_activity"][username])

    assert (awaiting.state, awaiting.activity.organisation.code) == ("planned", organisation)
    assert not LedgerEntry.objects.filter(session=awaiting).exists()
    assert (activity.organisation.code, activity.state) == (organisation, "published")
    assert (draft.organisation.code, draft.state) == (organisation, "draft")


def test_city_coordinator_reaches_the_programmes_of_the_city_and_the_county_only_its_own():
    city, county = (organisations_for_username(username) for username in ("city", "liannan"))

    assert set(Programme.objects.exclude(code=PROVINCE_CODE).values_list("organisation__code", flat=True)) <= city
    assert county == set(Organisation.objects.filter(path__contains="/ln-edu/").values_list("code", flat=True))


def organisations_for_username(username: str) -> set[str]:
    user = User.objects.get(username=username)
    return set(organisations_for(user, Action.SEE_RECORDS).values_list("code", flat=True))
