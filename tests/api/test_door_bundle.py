"""What tells people of one name apart in the list that a door device reads."""

import pytest
from tests.api import test_door
from tests.api.conftest import Ask
from tests.api.test_door import HOUR
from tests.door import DEVICE_TOKEN
from tests.factories import MemberFactory, OpenSessionFactory, RegistrationFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.test_head_counts import report

from qixue.core.clock import now
from qixue.participation.models import DoorDevice
from qixue.participation.operations.head_counts import report_head_count
from qixue.participation.operations.ledger import void_entry
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

session, device = test_door.session, test_door.device  # fixtures


def test_bundle_tells_people_of_one_name_apart_within_a_session(session: Session, device: DoorDevice, ask: Ask) -> None:
    other = OpenSessionFactory(activity=session.activity, starts_at=now() - HOUR, ends_at=now() + HOUR)
    device.sessions.add(other)
    known = {"name": "李嘉明", "birth_year": 1958, "user__mobile": "13900001234"}
    RegistrationFactory(session=session, resident=MemberFactory(**known))
    for place, name, year in ((session, "李嘉明", 2016), (session, "王秀英", 1990), (other, "王秀英", 1971)):
        RegistrationFactory(session=place, resident__name=name, resident__birth_year=year)

    listed = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()["sessions"]

    people = {each["id"]: sorted((one["name"], one["particulars"]) for one in each["people"]) for each in listed}
    assert people == {
        session.pk: [("李嘉明", "1958 · 手机尾号1234"), ("李嘉明", "2016"), ("王秀英", "")],
        other.pk: [("王秀英", "")],
    }


def test_bundle_tells_where_a_head_count_stands(session: Session, device: DoorDevice, ask: Ask) -> None:
    device.sessions.add(OpenSessionFactory(activity=session.activity, starts_at=now(), ends_at=now() + HOUR))

    def counted() -> list[int]:
        listed = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()["sessions"]
        return [each["id"] for each in listed if each["has_head_count"]]

    by = organiser_of(session.activity)
    entry = report_head_count(session, report(count=12), by=by, at=now())
    before = counted()
    void_entry(entry, reason="数错了", by=by, at=now(), client_uuid=key())

    assert (before, counted()) == ([session.pk], [])
