"""Two records become one while somebody signs the person up, checks them in, forgets them or merges them too."""

import datetime

import pytest
from django.db import connection
from tests.at_once import at_once, while_it_lasts
from tests.door import ticket_of
from tests.factories import (
    NOON,
    DoorDeviceFactory,
    MemberFactory,
    OpenSessionFactory,
    OrganisationFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    SessionFactory,
    UserFactory,
    key,
)
from tests.participation.test_door_races import delivered, scans_of
from tests.participation.ways import token_of

from qixue.core.figures import Scope, registry
from qixue.participation.models import Attendance, LedgerEntry, Participant, Registration, Scan
from qixue.participation.operations.check_ins import CheckIn, Source, check_in, enter
from qixue.participation.operations.door_sync import Delivery, SentScan, receive_scans
from qixue.participation.operations.duplicates import merge_known_people
from qixue.participation.operations.organiser import move_registrations
from qixue.participation.operations.quick_registration import register_alone
from qixue.participation.operations.registrations import register
from qixue.participation.operations.transfers import hand_over_place
from qixue.participation.queries import chain_faults
from qixue.participation.queries.attendances import attendance_faults
from qixue.people.models import Merge, Resident, Role
from qixue.people.operations.erasure import erase
from qixue.people.operations.merging import merge_people
from qixue.people.personal_data import Pair, Subject
from qixue.programme.models import Session

HOURS = datetime.timedelta(hours=2)
pytestmark = pytest.mark.django_db(transaction=True)


def merge(one: Resident, other: Resident) -> Resident:
    return merge_people(one, other, ground=Merge.Ground.SAID_SO, by=UserFactory(), at=NOON)


def came(session: Session, person: Resident) -> None:
    enter(session.activity.organisation, [CheckIn(session, Source.DOOR, NOON, key(), person.pk)], by=None, at=NOON)


def distinct_people(session: Session) -> object:
    return registry.definitions["participants"].value(Scope(session.activity.programme.code)).quantity.value


def test_whoever_is_being_merged_is_signed_up_by_nobody_under_the_old_record(listed, member):
    session = OpenSessionFactory(seat_count=5)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: merge(listed, member),
        lambda: register(session, people=[listed], party=key(), by=staff, at=NOON, source="staff"),
    )

    session.refresh_from_db()
    assert (became, Registration.objects.count(), session.taken_count) == ("changed_meanwhile", 0, 0)


def test_whoever_is_signed_up_while_they_are_merged_keeps_the_seat(listed, member):
    session = OpenSessionFactory(seat_count=5)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: register(session, people=[listed], party=key(), by=staff, at=NOON, source="staff"),
        lambda: merge(listed, member),
    )

    assert became == "done"
    assert list(Registration.objects.values_list("resident", "state")) == [(member.pk, "confirmed")]


def test_whoever_is_being_merged_is_moved_by_nobody_under_the_old_record(listed, member):
    session = OpenSessionFactory(seat_count=5, taken_count=1)
    other = OpenSessionFactory(activity=session.activity, seat_count=5)
    row = RegistrationFactory(session=session, resident=listed)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: merge(listed, member),
        lambda: move_registrations(session, keys=[row.pk], to=other, by=staff, at=NOON),
    )

    # SQLite's writers come one after the other: the second has read nothing before the first is done.
    after, where = ("done", other) if connection.vendor == "sqlite" else ("changed_meanwhile", session)
    assert became == after
    assert list(Registration.objects.active().values_list("resident", "session")) == [(member.pk, where.pk)]


def test_whoever_is_moved_while_they_are_merged_keeps_the_new_seat(listed, member):
    session = OpenSessionFactory(seat_count=5, taken_count=1)
    other = OpenSessionFactory(activity=session.activity, seat_count=5)
    row = RegistrationFactory(session=session, resident=listed)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: move_registrations(session, keys=[row.pk], to=other, by=staff, at=NOON),
        lambda: merge(listed, member),
    )

    assert became == "done"
    assert list(Registration.objects.active().values_list("resident", "session")) == [(member.pk, other.pk)]


def test_whoever_a_scan_leads_to_after_a_merge_is_held_as_well(listed, member):
    """Before they are counted: nobody takes the seat from them meanwhile."""
    session = OpenSessionFactory(starts_at=NOON + HOURS, ends_at=NOON + 2 * HOURS, seat_count=1, taken_count=1)
    row, device = RegistrationFactory(session=session, resident=listed), DoorDeviceFactory(sessions=[session])
    facts = {"ticket": ticket_of(row)}
    delivery = Delivery(NOON, 1, [SentScan(key(), 1, Scan.Kind.TICKET, session.pk, NOON, f"{1:064}", facts)])
    held = []

    def note(execute, sql, params, many, context):
        if 'FROM "people_resident"' in sql and "FOR NO KEY UPDATE" in sql:
            held.append(params)
        return execute(sql, params, many, context)

    def deliver():
        with connection.execute_wrapper(note):
            receive_scans(device, delivery, at=NOON)

    became = while_it_lasts(lambda: merge(listed, member), deliver)

    assert (became, Attendance.objects.count()) == ("done", 1)
    both = [(f'{{"{person.pk}"}}',) for person in (listed, member)]
    assert held == (both if connection.features.has_select_for_update else [])  # SQLite has one writer at a time


def test_nobody_hands_a_place_to_a_record_that_is_being_merged(member):
    pair = Pair.of(*(ResidentFactory(guardian=member) for _twice in range(2)))
    session = OpenSessionFactory(seat_count=5, taken_count=1)
    row = RegistrationFactory(session=session, resident=member)

    became = while_it_lasts(
        lambda: merge(pair.kept, pair.gone),
        lambda: hand_over_place(row, to=pair.gone, by=member.user, at=NOON),
    )

    assert became == "changed_meanwhile"
    assert list(Registration.objects.values_list("resident", "state")) == [(member.pk, "confirmed")]


def test_whoever_takes_a_seat_of_their_own_while_they_are_merged_has_one(listed, member):
    """Whoever signs up alone holds nobody: only the lock of the session is in the way."""
    session = OpenSessionFactory(seat_count=5, taken_count=1)
    RegistrationFactory(session=session, resident=listed)

    became = while_it_lasts(
        lambda: register_alone(session.pk, party=key(), token=token_of(member.user), at=NOON),
        lambda: merge(listed, member),
    )

    session.refresh_from_db()
    assert became == "done"
    assert [row.resident for row in Registration.objects.active()] == [member]
    assert (Registration.objects.count(), session.taken_count) == (2, 1)


def test_office_whose_right_ends_while_it_merges_is_told_whom_to_ask(listed, member):
    session = OpenSessionFactory(activity__organisation=OrganisationFactory(parent=OrganisationFactory()))
    elsewhere = OpenSessionFactory(activity__organisation=OrganisationFactory())
    for person in (listed, member):
        RegistrationFactory(session=session, resident=person)
    cadre = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.CADRE).user
    staff = RoleAssignmentFactory(organisation=elsewhere.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: register(elsewhere, people=[listed], party=key(), by=staff, at=NOON, source="staff"),
        lambda: merge_known_people(listed, member, ground=Merge.Ground.SAID_SO, by=cadre, at=NOON),
    )

    assert (became, Merge.objects.count()) == ("out_of_reach", 0)


def test_both_signed_up_at_once_and_merged_leave_one_seat(listed, member):
    session = OpenSessionFactory(seat_count=5)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    at_once(
        lambda: register(session, people=[listed], party=key(), by=staff, at=NOON, source="staff"),
        lambda: register(session, people=[member], party=key(), by=member.user, at=NOON),
        lambda: merge(listed, member),
    )

    session.refresh_from_db()
    assert set(Registration.objects.values_list("resident", flat=True)) == {member.pk}
    assert Registration.objects.active().count() == session.taken_count == 1


def test_scans_that_arrive_while_people_are_merged_count_each_of_them_once():
    session = SessionFactory(starts_at=NOON, ends_at=NOON + HOURS, seat_count=8, taken_count=8)
    pairs = [(ResidentFactory(), MemberFactory()) for _number in range(4)]
    rows = [RegistrationFactory(session=session, resident=person) for pair in pairs for person in pair]
    device = DoorDeviceFactory(sessions=[session])

    outcomes = at_once(
        lambda: delivered(device, scans_of(session, rows)),
        *[lambda pair=pair: merge(*pair) for pair in pairs],
    )

    assert outcomes == ["done"] * 5
    assert not Scan.objects.exclude(resident=None).exclude(resident__in=[member for _listed, member in pairs]).exists()
    waiting = Scan.objects.filter(verdict="review").count()
    assert 4 <= Attendance.objects.count() + waiting <= 8
    assert distinct_people(session) == 4
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_whoever_is_checked_in_by_hand_while_they_are_merged_is_in_once(listed, member):
    session = SessionFactory(starts_at=NOON, ends_at=NOON + HOURS)
    came(session, member)
    row = RegistrationFactory(session=session, resident=listed)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    as_another = {"registration": row, "confirmed_name": listed.name, "client_uuid": key()}
    became = while_it_lasts(
        lambda: check_in(session, by=staff, at=NOON, **as_another),
        lambda: merge(listed, member),
    )

    assert (became, Attendance.objects.count(), Participant.objects.get().resident) == ("done", 1, member)
    assert LedgerEntry.objects.filter(kind="void").count() == 1


def test_whoever_is_being_merged_is_looked_up_again_before_they_are_checked_in(listed, member):
    session = SessionFactory(starts_at=NOON, ends_at=NOON + HOURS)
    row = RegistrationFactory(session=session, resident=listed)
    staff = RoleAssignmentFactory(organisation=session.activity.organisation, role=Role.ORGANISER).user

    became = while_it_lasts(
        lambda: merge(listed, member),
        lambda: check_in(session, registration=row, by=staff, at=NOON, client_uuid=key()),
    )

    assert (became, Attendance.objects.count()) == ("changed_meanwhile", 0)


def test_somebody_is_forgotten_or_merged_and_never_half_of_each(listed, member):
    session = SessionFactory()
    for person in (listed, member):
        came(session, person)

    outcomes = at_once(lambda: erase(Subject((listed,)), at=NOON), lambda: merge(listed, member))

    assert outcomes == ["changed_meanwhile", "done"]
    assert list(Resident.objects.exclude(name=Resident.NOBODY)) == [member]
    assert list(chain_faults()) == list(attendance_faults()) == []


def test_three_records_merged_crosswise_at_once_become_one_or_wait(listed, member):
    third = ResidentFactory(name="陈秀兰")
    session = SessionFactory()
    for person in (listed, member, third):
        came(session, person)

    outcomes = at_once(lambda: merge(listed, member), lambda: merge(member, third), lambda: merge(third, listed))

    assert set(outcomes) <= {"done", "changed_meanwhile"}
    assert Resident.objects.count() == 3 - Merge.objects.count()
    assert distinct_people(session) == Resident.objects.count()
    assert list(chain_faults()) == list(attendance_faults()) == []
