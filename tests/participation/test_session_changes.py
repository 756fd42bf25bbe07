"""A session that is called off or moved: whoever is signed up is told what, why, and what it was before."""

import dataclasses
import datetime
from functools import partial

import pytest
from django.utils import translation
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    RegionFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    VenueFactory,
    key,
)
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.models import OutboxMessage
from qixue.participation.models import CallingOff, Registration, RegistrationTerms
from qixue.participation.operations.calling_off import call_off
from qixue.participation.operations.registrations import cancel_registrations, keep_queues, register
from qixue.participation.operations.session_changes import change_session
from qixue.participation.queries.registered import similar_sessions
from qixue.participation.queries.without_account import household_of
from qixue.people.models import Notification, NotificationPreference, Role, User
from qixue.people.notices import text_of, title_of
from qixue.people.operations.erasure import erase
from qixue.people.operations.notifications import choose_sms
from qixue.programme.models import Session
from qixue.programme.operations.sessions import SessionDetails

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
OF_A_PLACE, OF_AN_OFFER = "registration_changed", "registration_changed_offer"


@pytest.fixture
def session() -> Session:
    found: Session = OpenSessionFactory(seat_count=2, venue=VenueFactory(name="文化馆"))
    return found


def details_of(session: Session, **changes: object) -> SessionDetails:
    names = [field.name for field in dataclasses.fields(SessionDetails)]
    return SessionDetails(**{name: getattr(session, name) for name in names} | changes)  # type: ignore[arg-type]


def change(session: Session, organiser: User, **changes: object) -> tuple[int, list[str]]:
    """How many people are told by it, and the names of those whom nothing reaches."""
    session.refresh_from_db()
    reach = change_session(
        session,
        details=details_of(session, **changes),
        version=session.version,
        by=organiser,
        at=NOON,
        confirmed=True,
    ).told
    return reach.reached_count, [row.resident.name for row in reach.unreached]


def told_of_change(user: User, kind: str = OF_A_PLACE) -> list[str]:
    found = Notification.objects.filter(user=user, kind=kind).order_by("pk")
    return [text_of(notice.kind, notice.params) for notice in found]


def test_everybody_signed_up_is_told_of_a_new_time_and_place_beside_the_old(session, organiser):
    seated, second, waiting = (MemberFactory(name=name) for name in ("李嘉明", "王芳", "陈强"))
    for member in (seated, second, waiting):
        sign_up(session, member)
    later = session.starts_at + 2 * HOUR

    library = VenueFactory(name="图书馆", region=session.venue.region)
    told = change(session, organiser, starts_at=later, ends_at=later + HOUR, venue=library)

    assert told == (3, [])
    assert told_of_change(waiting.user) == [
        "陈强：现在是11月6日（周五）14:00-15:00，图书馆。原来是11月6日（周五）12:00-14:00，文化馆。您的报名或候补不变；来不了请取消。"
    ]


def test_each_account_is_told_once_for_all_its_people_and_who_has_none_is_named(session, organiser):
    session.seat_count = 5
    session.save()
    parent = MemberFactory(name="李嘉明")
    sign_up(session, parent)
    register(session, people=[ResidentFactory(guardian=parent, name="李一诺")], party=key(), by=parent.user, at=NOON)
    RegistrationFactory(session=session, resident=ResidentFactory(name="房三妹"), registered_by=None, source="staff")

    told = change(session, organiser, ends_at=session.ends_at + HOUR)

    assert told == (2, ["房三妹"])
    (text,) = told_of_change(parent.user)
    assert text.startswith(
        "李嘉明、李一诺：现在是11月6日（周五）12:00-15:00，文化馆。原来是11月6日（周五）12:00-14:00，文化馆。"
    )


@pytest.mark.parametrize("changes", [{}, {"speaker": "房老师"}, {"seat_count": 9}])
def test_nobody_is_told_of_what_does_not_move_the_session(session, organiser, changes):
    member = MemberFactory()
    sign_up(session, member)

    assert change(session, organiser, **changes) == (0, [])
    assert told_of_change(member.user) == []


def test_nobody_is_told_of_a_session_that_is_over_before_and_after(session, organiser):
    member = MemberFactory()
    sign_up(session, member)
    Session.objects.filter(pk=session.pk).update(starts_at=NOON - 3 * HOUR, ends_at=NOON - 2 * HOUR)

    assert change(session, organiser, ends_at=NOON - HOUR) == (0, [])
    assert told_of_change(member.user) == []


@pytest.mark.parametrize(("minutes", "people", "code"), [(2, 1, "starts_too_soon"), (60, 1, ""), (2, 0, "")])
def test_a_start_that_people_would_not_hear_of_in_time_is_asked_about(session, organiser, minutes, people, code):
    for _number in range(people):
        sign_up(session, MemberFactory())
    session.refresh_from_db()
    start = NOON + datetime.timedelta(minutes=minutes)
    details = details_of(session, starts_at=start, ends_at=start + HOUR)
    act = partial(change_session, session, details=details, version=session.version, by=organiser, at=NOON)

    if code:
        assert refusal(act) == code
    act(confirmed=True) if code else act()
    session.refresh_from_db()
    assert session.starts_at == start


def test_more_seats_go_at_once_to_those_who_wait(session, organiser):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    session.refresh_from_db()

    changed = change_session(
        session, details=details_of(session, seat_count=9), version=session.version, by=organiser, at=NOON
    )

    assert ([row.pk for row in changed.moved_up], counters(session)) == ([rows[2].pk], (3, 0))


def test_each_save_that_moves_the_session_tells_once(session, organiser):
    member = MemberFactory()
    sign_up(session, member)

    for hours in (1, 2):
        change(session, organiser, ends_at=NOON + 2 * DAY + 2 * HOUR + hours * HOUR)

    assert len(told_of_change(member.user)) == 2


def test_offer_ends_with_the_new_start_where_that_comes_first(session, organiser):
    RegistrationTerms.objects.create(session=session, offer_hours=48)
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    cancel_registrations(session, keys=[rows[0].pk], by=rows[0].registered_by, at=NOON)

    change(session, organiser, starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR)

    assert Registration.objects.get(pk=rows[2].pk).offered_until == NOON + 5 * HOUR


def test_whoever_is_offered_a_seat_for_a_shorter_time_is_told_until_when(session, organiser):
    RegistrationTerms.objects.create(session=session, offer_hours=48)
    going, staying, asked = (sign_up(session, MemberFactory(name=name))[0] for name in ("李嘉明", "王芳", "陈强"))
    cancel_registrations(session, keys=[going.pk], by=going.registered_by, at=NOON)

    told = change(session, organiser, starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR)

    assert (told, len(told_of_change(staying.registered_by))) == ((2, []), 1)
    assert told_of_change(asked.registered_by) == []
    assert told_of_change(asked.registered_by, OF_AN_OFFER) == [
        "陈强：现在是11月4日（周三）17:00-18:00，文化馆。原来是11月6日（周五）12:00-14:00，文化馆。"
        "留给您的名额请在11月4日（周三）17:00前确认参加，过时不再保留。"
    ]


@pytest.mark.parametrize("later", [5 * HOUR, 240 * HOUR], ids=["earlier than before", "later than before"])
def test_offer_that_ends_as_before_is_told_of_as_one(session, organiser, later):
    """Nobody whose seat is only offered reads that it is theirs."""
    RegistrationTerms.objects.create(session=session, offer_hours=2)
    going, _staying, asked = (sign_up(session, MemberFactory())[0] for _number in range(3))
    cancel_registrations(session, keys=[going.pk], by=going.registered_by, at=NOON)

    change(session, organiser, starts_at=NOON + later, ends_at=NOON + later + HOUR)

    assert Registration.objects.get(pk=asked.pk).offered_until == NOON + 2 * HOUR
    assert [len(told_of_change(asked.registered_by, kind)) for kind in (OF_A_PLACE, OF_AN_OFFER)] == [0, 1]


def test_hours_over_midnight_are_told_with_both_days_in_the_language_of_the_reader(session, organiser):
    Session.objects.filter(pk=session.pk).update(ends_at=session.starts_at + 14 * HOUR)
    member = MemberFactory(name="李嘉明")
    sign_up(session, member)

    change(session, organiser, ends_at=session.starts_at + 15 * HOUR)

    assert told_of_change(member.user)[0].startswith(
        "李嘉明：现在是11月6日（周五）12:00至11月7日（周六）03:00，文化馆。原来是11月6日（周五）12:00至11月7日（周六）02:00，"
    )
    with translation.override("en"):
        assert "Before it was on Fri 6 Nov at 12:00 to Sat 7 Nov, 02:00," in told_of_change(member.user)[0]


def test_notice_of_a_change_names_nobody_who_was_forgotten(session, organiser):
    parent = MemberFactory(name="李嘉明")
    child = ResidentFactory(guardian=parent, name="李一诺")
    sign_up(session, parent, child)
    change(session, organiser, ends_at=session.ends_at + HOUR)
    before = told_of_change(parent.user)[0]

    erase(household_of(child), by=organiser, at=NOON)

    assert before.startswith("李嘉明、李一诺：")
    assert told_of_change(parent.user)[0].startswith("李嘉明：")


def test_notice_of_an_offer_that_ends_sooner_goes_with_whoever_was_forgotten(session, organiser):
    RegistrationTerms.objects.create(session=session, offer_hours=48)
    parent = MemberFactory(name="李嘉明")
    there = [sign_up(session, MemberFactory())[0] for _number in range(2)]
    family = sign_up(session, parent, ResidentFactory(guardian=parent, name="李一诺"))
    for row in there:
        cancel_registrations(session, keys=[row.pk], by=row.registered_by, at=NOON)
    change(session, organiser, starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR)
    before = told_of_change(parent.user, OF_AN_OFFER)[0]

    erase(household_of(family[1].resident), by=organiser, at=NOON)

    assert before.startswith("李嘉明、李一诺：")
    assert told_of_change(parent.user, OF_AN_OFFER)[0].startswith("李嘉明：")


def test_reason_of_calling_off_is_in_every_notice_and_text_message(session, organiser, settings):
    settings.QIXUE = {**settings.QIXUE, "SITE_NAME": "齐学"}
    member = MemberFactory(name="李嘉明", user__mobile="13900000000")
    choose_sms(member.user, NotificationPreference.Topic.REGISTRATIONS, is_wanted=True, at=NOON)
    sign_up(session, member)

    call_off(session, reason="老师生病。", by=organiser, at=NOON)
    keep_queues(at=NOON)

    assert Registration.objects.get(session=session).cancel_note == "老师生病。"
    notice = Notification.objects.get(user=member.user, kind="registration_called_off")
    assert text_of(notice.kind, notice.params) == (
        "李嘉明：11月6日（周五）的场次已取消。其他场次请看活动页面。原因：老师生病。"
    )
    body = OutboxMessage.objects.get(channel="sms", key__startswith="registration_called_off").body
    assert body.startswith("【齐学】活动取消：稻田养鱼，11月6日（周五）。原因：老师生病。 http")


def test_similar_sessions_stand_beside_the_reason_in_the_language_of_the_reader(session, organiser):
    session.activity.title_en = "Fish in the rice field"
    session.activity.save()
    member = MemberFactory(name="Li Jiaming")
    sign_up(session, member)
    times = {"starts_at": NOON + 3 * DAY, "ends_at": NOON + 3 * DAY + HOUR}
    another(session, seat_count=5, topic="放鱼苗", topic_en="Setting the fry", **times)

    call_off(session, reason="老师生病。", by=organiser, at=NOON)
    keep_queues(at=NOON)

    notice = Notification.objects.get(user=member.user, kind="registration_called_off_with_others")
    assert notice.params["similar"] == "11月7日《稻田养鱼：放鱼苗》"
    assert notice.params["similar_en"] == "Fish in the rice field: Setting the fry (7 Nov)"


@pytest.mark.parametrize(
    ("terms", "is_named"),
    [
        ({}, True),
        ({"closes_at": NOON + DAY}, True),
        ({"closes_at": NOON}, False),
        ({"opens_at": NOON + HOUR}, False),
        ({"opens_at": NOON}, True),
        ({"allotment": "lottery", "closes_at": NOON + DAY, "draw_at": NOON + DAY}, False),
    ],
)
def test_only_sessions_that_give_a_seat_now_are_named_instead(session, terms, is_named):
    other = another(session, seat_count=5, starts_at=NOON + 3 * DAY, ends_at=NOON + 3 * DAY + HOUR)
    RegistrationTerms.objects.create(session=other, **terms)

    assert similar_sessions(session, at=NOON) == [other] * is_named


@pytest.mark.parametrize(
    ("here", "there", "is_named"),
    [
        ({}, {"min_age": 76}, False),
        ({}, {"max_age": 12}, False),
        ({"min_age": 60}, {"min_age": 76}, False),
        ({"min_age": 76}, {"min_age": 60}, True),
        ({"max_age": 12}, {"max_age": 14}, True),
        ({}, {"region": "county"}, False),
        ({"region": "town"}, {"region": "county"}, True),
        ({"region": "county"}, {"region": "town"}, False),
    ],
)
def test_only_sessions_that_take_whoever_this_one_took_are_named_instead(session, here, there, is_named):
    regions = {"county": (county := RegionFactory()), "town": RegionFactory(code="441801", parent=county)}
    other = another(session, seat_count=5, starts_at=NOON + 3 * DAY, ends_at=NOON + 3 * DAY + HOUR)
    for place, terms in ((session, here), (other, there)):
        RegistrationTerms.objects.create(session=place, **{**terms, "region": regions.get(terms.get("region"))})

    assert similar_sessions(session, at=NOON) == [other] * is_named


def test_session_without_signing_up_is_named_instead(session):
    other = another(session, seat_count=None, starts_at=NOON + 3 * DAY, ends_at=NOON + 3 * DAY + HOUR)

    assert similar_sessions(session, at=NOON) == [other]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.DOOR_VOLUNTEER])
def test_only_who_is_in_charge_calls_a_session_off_or_changes_it(session, role):
    """Neither the organiser of another organisation nor a volunteer of its own."""
    own = {"organisation": session.activity.organisation} if role == Role.DOOR_VOLUNTEER else {}
    person = RoleAssignmentFactory(role=role, **own).user
    details = details_of(session, topic="第二讲")

    assert refusal(call_off, session, reason="老师生病。", by=person, at=NOON) == "not_in_charge"
    assert refusal(change_session, session, details=details, version=1, by=person, at=NOON) == "not_in_charge"
    session.refresh_from_db()
    assert (session.state, session.topic) == (Session.State.PLANNED, "")


def test_calling_off_again_keeps_the_first_reason(session, organiser):
    for reason in ("老师生病。", "别的原因。"):
        call_off(session, reason=reason, by=organiser, at=NOON)

    assert CallingOff.objects.get(session=session).reason == "老师生病。"


def test_calling_off_without_anybody_tells_nobody(session, organiser):
    call_off(session, reason="场地停电。", by=organiser, at=NOON)
    keep_queues(at=NOON)

    assert (Notification.objects.count(), counters(session)) == (0, (0, 0))


def test_session_that_was_held_is_not_called_off_and_keeps_no_reason(organiser, session):
    Session.objects.filter(pk=session.pk).update(state="held")

    assert refusal(call_off, session, reason="老师生病。", by=organiser, at=NOON) == "session_held"
    assert CallingOff.objects.count() == 0


def test_notices_name_title_and_venue_in_english_where_they_have_english_names(session, organiser):
    session.activity.title_en = "Fish in the rice field"
    session.activity.save()
    session.venue.name_en = "Cultural Centre"
    session.venue.save()
    member = MemberFactory(name="Li Jiaming", user__mobile="13900000000", user__language="en")
    choose_sms(member.user, NotificationPreference.Topic.REGISTRATIONS, is_wanted=True, at=NOON)

    sign_up(session, member)

    body = OutboxMessage.objects.get(channel="sms").body
    assert "You are signed up: Fish in the rice field, Fri 6 Nov 12:00, Cultural Centre" in body


@pytest.mark.parametrize(
    ("title_en", "topic", "topic_en", "title"),
    [
        ("", "", "", "稻田养鱼"),
        ("Rice fish", "", "", "Rice fish"),
        ("Rice fish", "第二讲", "", "Rice fish: 第二讲"),
        ("", "第二讲", "Second talk", "稻田养鱼: Second talk"),
    ],
)
def test_notice_calls_by_its_chinese_name_what_has_no_english_one(title_en, topic, topic_en, title):
    session = OpenSessionFactory(activity__title_en=title_en, topic=topic, topic_en=topic_en)
    member = MemberFactory(user__language="en")
    sign_up(session, member)
    notice = Notification.objects.get(user=member.user)

    with translation.override("en"):
        assert title_of(notice.kind, notice.params) == f"You are signed up: {title}"
