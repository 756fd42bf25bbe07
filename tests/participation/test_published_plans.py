"""A version of a plan comes into force with other times: whoever is signed up is told, as of an edited session."""

import datetime

from tests.factories import NOON, MemberFactory, VenueFactory
from tests.participation.signing_up import sign_up
from tests.programme.operations.conftest import Desks, desks  # noqa: F401 - a fixture

from qixue.participation.operations.session_changes import publish_plan
from qixue.people.models import Notification
from qixue.people.notices import text_of
from qixue.programme.models import PlanLine, Session
from qixue.programme.operations.plans import amend_plan

DAY = datetime.timedelta(days=1)


def test_who_is_signed_up_is_told_of_what_a_new_version_moves_and_of_nothing_else(desks: Desks) -> None:  # noqa: F811 - the fixture
    PlanLine.objects.update(
        seat_count=20, starts_at=NOON + DAY, ends_at=NOON + DAY * 1.125, venue=VenueFactory(name="文化馆")
    )
    publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)
    session = Session.objects.get()
    member = MemberFactory(name="李嘉明")
    sign_up(session, member)
    told = Notification.objects.filter(user=member.user, kind="registration_changed")

    for changes in ({"speaker": "房老师"}, {"starts_at": NOON + 2 * DAY, "ends_at": NOON + 2.125 * DAY}):
        amend_plan(desks.version, by=desks.county_person, at=NOON)
        PlanLine.objects.filter(version=desks.version).update(**changes)
        publish_plan(desks.approved(), by=desks.bureau_person, at=NOON)

    assert [text_of(notice.kind, notice.params) for notice in told] == [
        "李嘉明：现在是2026年11月6日12:00-15:00，文化馆。原来是2026年11月5日12:00-15:00，文化馆。您的报名不变；来不了请取消名额。"
    ]
