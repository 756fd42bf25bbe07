import datetime
from functools import partial
from typing import Any

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    SessionFactory,
    UserFactory,
    VenueFactory,
    key,
)

from qixue.core.models import AuditEntry
from qixue.core.refusal import Doubt, Refused
from qixue.programme.models import Activity, Programme, Session
from qixue.programme.operations.activities import ActivityDetails, create_activity, edit_activity, publish_activity
from qixue.programme.operations.sessions import (
    SessionDetails,
    add_session,
    cancel_session,
    edit_session,
    hold_session,
)

pytestmark = pytest.mark.django_db
TOMORROW = NOON + datetime.timedelta(days=1)


def details(**changes: Any) -> ActivityDetails:
    return ActivityDetails(**{"title": "稻田养鱼", "kind": "training", "audience": "farmers", **changes})


def hours(**changes: Any) -> SessionDetails:
    values = {
        "starts_at": TOMORROW,
        "ends_at": TOMORROW + datetime.timedelta(hours=2),
        "counting_rule": Session.CountingRule.LIST_AND_OTHERS,
        "is_online": True,
    }
    return SessionDetails(**{**values, **changes})


def test_create_activity_makes_a_draft_with_its_audit_entry() -> None:
    programme, clerk = ProgrammeFactory(), UserFactory()

    activity = create_activity(
        programme, organisation=programme.organisation, details=details(), by=clerk, at=NOON, client_uuid=key()
    )

    assert (activity.state, activity.region) == (Activity.State.DRAFT, programme.organisation.region)
    assert list(AuditEntry.objects.values_list("action", "actor_id")) == [("activity.created", clerk.pk)]


def test_create_activity_twice_from_one_form_makes_one() -> None:
    programme, clerk, form = ProgrammeFactory(), UserFactory(), key()
    values = {"organisation": programme.organisation, "by": clerk, "at": NOON, "client_uuid": form}
    first = create_activity(programme, details=details(), **values)

    second = create_activity(programme, details=details(), **values)

    assert (second, Activity.objects.count(), AuditEntry.objects.count()) == (first, 1, 1)


@pytest.mark.parametrize(
    ("state", "is_member", "code"),
    [
        (Programme.State.CLOSED, True, "programme_closed"),
        (Programme.State.PUBLISHED, False, "organisation_outside_programme"),
    ],
)
def test_create_activity_where_it_does_not_belong_is_refused(state: str, is_member: bool, code: str) -> None:
    programme = ProgrammeFactory(state=state)
    organisation = programme.organisation if is_member else OrganisationFactory()

    with pytest.raises(Refused) as refusal:
        create_activity(
            programme, organisation=organisation, details=details(), by=UserFactory(), at=NOON, client_uuid=key()
        )

    assert (refusal.value.code, Activity.objects.count()) == (code, 0)


def test_edit_activity_counts_versions() -> None:
    activity = ActivityFactory()

    edited = edit_activity(activity, details=details(title="茶叶种植"), version=1, by=UserFactory(), at=NOON)

    assert (edited.title, edited.version) == ("茶叶种植", 2)


def test_second_editor_of_an_activity_overwrites_nothing() -> None:
    activity = ActivityFactory()
    edit_activity(activity, details=details(title="第一个"), version=1, by=UserFactory(), at=NOON)

    with pytest.raises(Refused) as refusal:
        edit_activity(activity, details=details(title="第二个"), version=1, by=UserFactory(), at=NOON)

    activity.refresh_from_db()
    assert (refusal.value.code, activity.title) == ("changed_meanwhile", "第一个")


def test_publish_activity_with_a_session_shows_it() -> None:
    activity = ActivityFactory(state=Activity.State.DRAFT)
    SessionFactory(activity=activity, venue=VenueFactory())

    published = publish_activity(activity, by=UserFactory(), at=NOON)

    assert published.state == Activity.State.PUBLISHED


@pytest.mark.parametrize("has_session", [False, True])
def test_publish_activity_that_lacks_session_or_place_is_refused(has_session: bool) -> None:
    activity = ActivityFactory(state=Activity.State.DRAFT)
    if has_session:
        SessionFactory(activity=activity, venue=None)

    with pytest.raises(Refused) as refusal:
        publish_activity(activity, by=UserFactory(), at=NOON)

    activity.refresh_from_db()
    assert (refusal.value.code, len(refusal.value.lines)) == ("activity_incomplete", 1)
    assert activity.state == Activity.State.DRAFT


def test_add_session_twice_from_one_form_makes_one() -> None:
    activity, clerk = ActivityFactory(), UserFactory()
    first = add_session(activity, details=hours(), number=1, by=clerk, at=NOON)

    second = add_session(activity, details=hours(), number=1, by=clerk, at=NOON)

    assert (second, activity.sessions.count()) == (first, 1)


def test_add_session_takes_the_next_number_when_it_is_taken() -> None:
    activity, clerk = ActivityFactory(), UserFactory()
    add_session(activity, details=hours(), number=1, by=clerk, at=NOON)

    other = add_session(activity, details=hours(topic="另一场"), number=1, by=clerk, at=NOON)

    assert other.number == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": TOMORROW}, "ends_before_start"),
        ({"seat_count": 0}, "seats_out_of_range"),
        ({"seat_count": -5}, "seats_out_of_range"),
        ({"seat_count": 100_001}, "seats_out_of_range"),
    ],
)
def test_add_session_that_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    activity = ActivityFactory()

    with pytest.raises(Refused) as refusal:
        add_session(activity, details=hours(**changes), number=1, by=UserFactory(), at=NOON)

    assert (refusal.value.code, activity.sessions.count()) == (code, 0)


@pytest.mark.parametrize(("lasts", "asks"), [(12, ""), (12.5, "12.5"), (20, "20"), (24.34, "24.34")])
def test_session_that_lasts_very_long_is_asked_about(lasts: float, asks: str) -> None:
    activity, details = ActivityFactory(), hours(ends_at=hours().starts_at + datetime.timedelta(hours=lasts))
    add = partial(add_session, activity, details=details, number=1, by=UserFactory(), at=NOON)

    if asks:
        with pytest.raises(Doubt) as doubt:
            add()
        assert (doubt.value.code, doubt.value.params) == ("session_very_long", {"hours": asks})
    assert (add(confirmed=True) if asks else add()).ends_at == details.ends_at


def test_second_editor_of_a_session_overwrites_nothing() -> None:
    session, clerk = add_session(ActivityFactory(), details=hours(), number=1, by=UserFactory(), at=NOON), UserFactory()
    edit_session(session, details=hours(topic="第一个"), version=1, by=clerk, at=NOON)

    with pytest.raises(Refused) as refusal:
        edit_session(session, details=hours(topic="第二个"), version=1, by=clerk, at=NOON)

    session.refresh_from_db()
    assert (refusal.value.code, session.topic) == ("changed_meanwhile", "第一个")


@pytest.mark.parametrize(
    ("state", "changes", "code"),
    [
        (Session.State.CANCELLED, {"topic": "新"}, "session_called_off"),
        (Session.State.HELD, {"counting_rule": Session.CountingRule.HEAD_COUNT}, "counting_rule_fixed"),
        (Session.State.HELD, {"topic": "新"}, "held_session_in_future"),
    ],
)
def test_edit_session_that_others_rely_on_is_refused(state: str, changes: dict[str, Any], code: str) -> None:
    session = SessionFactory(state=state, is_online=True)

    with pytest.raises(Refused) as refusal:
        edit_session(session, details=hours(**changes), version=1, by=UserFactory(), at=NOON)

    assert refusal.value.code == code


def test_counting_rule_can_change_until_the_day_before() -> None:
    session = add_session(ActivityFactory(), details=hours(), number=1, by=UserFactory(), at=NOON)

    edited = edit_session(
        session,
        details=hours(counting_rule=Session.CountingRule.HEAD_COUNT),
        version=1,
        by=UserFactory(),
        at=NOON,
    )

    assert edited.counting_rule == Session.CountingRule.HEAD_COUNT


def test_cancel_session_twice_cancels_once() -> None:
    session, clerk = SessionFactory(state=Session.State.PLANNED), UserFactory()
    cancel_session(session, by=clerk, at=NOON)

    again = cancel_session(session, by=clerk, at=NOON)

    assert (again.state, AuditEntry.objects.count()) == (Session.State.CANCELLED, 1)


def test_cancel_session_that_was_held_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        cancel_session(SessionFactory(state=Session.State.HELD), by=UserFactory(), at=NOON)

    assert refusal.value.code == "session_held"


def test_hold_session_after_its_start_marks_it() -> None:
    session = SessionFactory(state=Session.State.PLANNED)

    assert hold_session(session, by=UserFactory(), at=NOON).state == Session.State.HELD


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_at": TOMORROW, "ends_at": None, "state": Session.State.PLANNED}, "session_not_started"),
        ({"state": Session.State.CANCELLED}, "session_called_off"),
    ],
)
def test_hold_session_that_did_not_happen_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        hold_session(SessionFactory(**changes), by=UserFactory(), at=NOON)

    assert refusal.value.code == code
