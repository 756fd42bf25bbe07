"""Scans that meet the server later: by what they are recognised, and who is counted by then."""

import datetime
import importlib
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from tests.api import test_door
from tests.api.conftest import Ask
from tests.api.test_door import HOUR, delivery, results, scan_of
from tests.door import DEVICE_TOKEN
from tests.factories import DoorDeviceFactory, MemberFactory, OpenSessionFactory, RegistrationFactory, key
from tests.factories_afterwards import organiser_of
from tests.participation.test_head_counts import report

from qixue.core.clock import now
from qixue.core.digests import digest
from qixue.participation.models import Attendance, DoorDevice, LedgerEntry, Registration, Scan, Tally
from qixue.participation.operations.head_counts import correct_head_count
from qixue.participation.operations.ledger import void_entry
from qixue.participation.operations.scan_decisions import accept_scan
from qixue.participation.queries.door import decisions_about
from qixue.people.models import Resident
from qixue.people.operations.erasure import erase, erase_account
from qixue.people.personal_data import Subject
from qixue.programme.models import Session

pytestmark = pytest.mark.django_db

session, device = test_door.session, test_door.device  # fixtures


def plain_digest(scan: dict[str, Any]) -> str:
    """As it was stored until migration 0020: all of it but the name is in the row, so that names can be tried."""
    names = ("ticket", "code", "registration", "name", "count", "qualifier", "note", "photo")
    moment = datetime.datetime.fromisoformat(scan["occurred_at"]).isoformat().replace("+00:00", "Z")
    return digest({**dict.fromkeys(names), **scan, "occurred_at": moment})


def test_no_name_can_be_tried_against_what_is_stored(session: Session, device: DoorDevice, ask: Ask) -> None:
    scan = scan_of(session, 1, name="王秀英")

    ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    stored = Scan.objects.get().digest
    assert (len(stored), stored == plain_digest(scan)) == (64, False)


def test_digest_goes_with_the_person_and_the_scan_still_gets_its_answer(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    scan = scan_of(session, 1, name="王秀英")
    ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    erase(Subject((Scan.objects.get().resident,)), at=now())
    again = ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    assert (Scan.objects.get().digest, results(again)) == ("", [("counted", "")])
    assert Attendance.objects.count() == 1


def test_scans_from_before_their_digest_had_a_key_still_get_their_answers(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    """And those whose names were taken out before lose what the names could be tried against."""
    kept, rejected = scan_of(session, 1, name="王秀英"), scan_of(session, 2, name="李明")
    rejected["occurred_at"] = (session.starts_at - 3 * HOUR).isoformat()
    ask("POST", "/door/scans", delivery(kept, rejected), token=DEVICE_TOKEN)
    for scan in (kept, rejected):
        Scan.objects.filter(uuid=scan["uuid"]).update(digest=plain_digest(scan))
    Scan.objects.filter(uuid=rejected["uuid"]).update(sent={"session": session.pk})

    migration = importlib.import_module("qixue.participation.migrations.0020_keyed_digests")
    migration.key_digests(apps, SimpleNamespace(connection=connection))
    same = ask("POST", "/door/scans", delivery(kept, rejected), token=DEVICE_TOKEN)
    other = ask("POST", "/door/scans", delivery({**kept, "name": "李明"}), token=DEVICE_TOKEN)

    assert results(same) == [("counted", ""), ("review", "outside_hours")]
    assert results(other) == [("refused", "conflict")]
    assert Scan.objects.get(uuid=rejected["uuid"]).digest == ""


def test_list_knows_that_whoever_is_forgotten_was_let_in_and_not_who_it_was(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    """A phone that is shown a copy of their ticket says that they are in already."""
    seat = RegistrationFactory(session=session, resident=MemberFactory(name="王秀英"))
    ask("POST", "/door/scans", delivery(scan_of(session, 1, kind="name", registration=seat.pk)), token=DEVICE_TOKEN)
    erase_account(seat.resident.user, at=now())

    [listed] = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()["sessions"]

    [person] = listed["people"]
    assert (person["registration"], person["name"]) == (seat.pk, Resident.NOBODY)
    assert person["checked_in_at"] == listed["starts_at"]


def withdraw(row: Registration) -> None:
    gone = {"state": Registration.State.CANCELLED, "cancelled_at": now() - HOUR / 6, "cancel_reason": "resident"}
    Registration.objects.filter(pk=row.pk).update(waiting_number=None, **gone)


def test_code_leads_to_who_has_it_now_else_to_who_had_it_last(session: Session, device: DoorDevice, ask: Ask) -> None:
    other = OpenSessionFactory(starts_at=session.starts_at, ends_at=session.ends_at)
    device.sessions.add(other)
    *_former, latest = (
        RegistrationFactory(session=each, door_code="135790", state=Registration.State.CANCELLED)
        for each in (session, session, other, other)
    )
    holder = RegistrationFactory(session=session, door_code="135790")
    scans = [scan_of(each, n, kind="code", code="135790") for n, each in enumerate((session, other), start=1)]

    answer = ask("POST", "/door/scans", delivery(*scans), token=DEVICE_TOKEN)

    assert results(answer) == [("counted", ""), ("review", "cancelled")]
    led_to = Scan.objects.order_by("sequence").values_list("registration", flat=True)
    assert list(led_to) == [holder.pk, latest.pk]


def promote(row: Registration) -> None:
    Registration.objects.filter(pk=row.pk).update(waiting_number=None, state=Registration.State.CONFIRMED)


@pytest.mark.parametrize("becomes", [withdraw, promote])
@pytest.mark.parametrize(
    ("shown", "expected"),
    [("waiting", ("review", "turned_away")), (None, ("counted", "")), ("in", ("counted", ""))],
    ids=["turned away", "former app", "let in"],
)
def test_whoever_the_phone_turned_away_is_not_counted_by_what_became_of_them(
    becomes: Any, shown: str | None, expected: tuple, session: Session, device: DoorDevice, ask: Ask
) -> None:
    """Half an hour ago the phone showed without a network that they wait; ten minutes ago that changed."""
    device.fetches.create(at=now() - HOUR)
    person = RegistrationFactory(session=session, waiting_number=1)
    said = {"shown": shown} if shown else {}
    becomes(person)

    scan = scan_of(session, kind="name", registration=person.pk, **said)
    answer = ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    assert results(answer) == [expected]
    assert Attendance.objects.count() == (expected[0] == "counted")


def test_walk_in_after_a_code_that_the_phone_did_not_know_counts_one_person(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    """They signed up after the list was fetched, and the app said to add a walk-in."""
    person = RegistrationFactory(session=session)
    scans = [
        scan_of(session, 1, kind="code", code=person.door_code, shown="unknown_code"),
        scan_of(session, 2, name=person.resident.name, shown="walked_in"),
    ]

    answers = [ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN) for scan in scans]

    assert [results(answer) for answer in answers] == [[("review", "turned_away")], [("counted", "")]]
    assert Tally.objects.get(session=session).named_count == 1


def test_walk_in_of_a_name_that_is_there_is_marked_and_counted(session: Session, device: DoorDevice, ask: Ask) -> None:
    RegistrationFactory(session=session, resident__name="王秀英")
    scans = [scan_of(session, place, name=name) for place, name in enumerate(["王秀英", "李明", "李明"], start=1)]
    scans.append(scan_of(session, 4))

    answers = [ask("POST", "/door/scans", delivery(*scans), token=DEVICE_TOKEN) for _sent_twice in range(2)]

    for answer in answers:
        assert [each["marks"] for each in answer.json()["results"]] == [["namesake"], [], ["namesake"], []]
        assert results(answer) == [("counted", "")] * 4


def test_ticket_after_a_walk_in_without_a_name_counts_both(session: Session, device: DoorDevice, ask: Ask) -> None:
    person = RegistrationFactory(session=session)
    scans = [scan_of(session, 1), scan_of(session, 2, kind="code", code=person.door_code)]

    for scan in scans:
        ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    tally = Tally.objects.get(session=session)
    assert (tally.named_count, tally.unnamed_count, tally.attendance_count) == (1, 1, 2)


@pytest.mark.parametrize("shown", ["of_a_later_app", "IN", "王秀英"])
def test_what_nobody_knows_a_phone_can_show_is_kept_for_a_person(
    shown: str, session: Session, device: DoorDevice, ask: Ask
) -> None:
    answer = ask("POST", "/door/scans", delivery(scan_of(session, shown=shown)), token=DEVICE_TOKEN)

    assert results(answer) == [("review", "turned_away")]
    assert Scan.objects.get().sent["shown"] == shown


def test_second_store_of_a_link_is_told_where_its_numbers_go_on(session: Session, device: DoorDevice, ask: Ask) -> None:
    ask("POST", "/door/scans", delivery(scan_of(session, 1), highest_sequence=3), token=DEVICE_TOKEN)

    bundle = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()

    assert bundle["device"]["highest_sequence"] == 3


def test_number_that_no_device_can_have_makes_no_gap(session: Session, device: DoorDevice, ask: Ask) -> None:
    """It would be one that nothing closes, and the next store would go on from there."""
    absurd = {**scan_of(session, 1), "sequence": 10**12 + 1}

    answer = ask("POST", "/door/scans", delivery(scan_of(session, 2), absurd), token=DEVICE_TOKEN)
    alone = scan_of(session, 3, kind="name", registration=RegistrationFactory(session=session).pk)
    alone["sequence"] = 10**12 + 2
    again = ask("POST", "/door/scans", delivery(alone), token=DEVICE_TOKEN)

    assert results(answer) == [("counted", ""), ("counted", "")]
    assert (results(again), again.json()["missing"]) == ([("counted", "")], [[1, 1]])
    assert DoorDevice.objects.get().highest_sequence == 2


def test_head_count_from_before_the_start_waits_also_when_it_comes_after(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    """The phone has said so, and what it says holds."""
    early = (session.starts_at - HOUR / 2).isoformat()
    facts = {"kind": "head_count", "count": 12, "qualifier": "exact", "note": "数过", "shown": "count_waits"}
    scan = scan_of(session, occurred_at=early, **facts)

    answer = ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)

    assert results(answer) == [("review", "session_not_started")]


def test_bundle_tells_what_was_decided_about_the_scans_of_the_device(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    scans = [scan_of(session, number, occurred_at=(session.starts_at - 3 * HOUR).isoformat()) for number in (1, 2, 3)]
    ask("POST", "/door/scans", delivery(*scans), token=DEVICE_TOKEN)
    for scan, decision in zip(scans, ("accepted", "rejected"), strict=False):
        Scan.objects.filter(uuid=scan["uuid"]).update(decision=decision, decided_at=now())

    bundle = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()

    assert bundle["decided"] == {scans[0]["uuid"]: "accepted", scans[1]["uuid"]: "rejected"}


def test_bundle_tells_which_scans_of_the_device_were_taken_back(
    session: Session, device: DoorDevice, ask: Ask, django_assert_num_queries: Any
) -> None:
    """Also one that led to who was in already; and once somebody is let in again, that scan stands."""
    seat = RegistrationFactory(session=session)
    gate = "qx_door_of-the-other-gate"
    DoorDeviceFactory(sessions=[session], digest=DoorDevice.digest_of(gate), valid_until=device.valid_until)
    first, again, anew, other = (scan_of(session, n, kind="name", registration=seat.pk) for n in (1, 2, 3, 1))
    ask("POST", "/door/scans", delivery(other), token=gate)
    ask("POST", "/door/scans", delivery(first, again), token=DEVICE_TOKEN)
    kept = decisions_about(device)
    by = organiser_of(session.activity)
    void_entry(Attendance.objects.get().entry, reason="扫错了人", by=by, at=now(), client_uuid=key())
    ask("POST", "/door/scans", delivery(anew), token=DEVICE_TOKEN)

    bundle = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()

    assert (kept, bundle["decided"]) == ({}, {first["uuid"]: "rejected", again["uuid"]: "rejected"})
    assert bundle["sessions"][0]["people"][0]["checked_in_at"]
    with django_assert_num_queries(1):
        decisions_about(device)


def test_bundle_tells_that_what_a_person_had_accepted_was_taken_back(
    session: Session, device: DoorDevice, ask: Ask
) -> None:
    scan = scan_of(session, shown="not_now")
    ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)
    by = organiser_of(session.activity)
    accept_scan(Scan.objects.get(), session=session, reason="在场", by=by, at=now())
    accepted = decisions_about(device)
    void_entry(LedgerEntry.objects.get(), reason="扫错了人", by=by, at=now(), client_uuid=key())

    assert (accepted, decisions_about(device)) == (
        {uuid.UUID(scan["uuid"]): "accepted"},
        {uuid.UUID(scan["uuid"]): "rejected"},
    )


def test_corrected_head_count_is_not_taken_back(session: Session, device: DoorDevice, ask: Ask) -> None:
    scan = scan_of(session, kind="head_count", count=12, qualifier="exact", note="数过", shown="counted")
    ask("POST", "/door/scans", delivery(scan), token=DEVICE_TOKEN)
    by = organiser_of(session.activity)
    correct_head_count(LedgerEntry.objects.get(), report(count=13), reason="数错了", by=by, at=now())

    assert decisions_about(device) == {}


def test_bundle_expects_nobody_at_a_session_called_off(session: Session, device: DoorDevice, ask: Ask) -> None:
    row = RegistrationFactory(session=session)
    Session.objects.filter(pk=session.pk).update(state=Session.State.CANCELLED)

    bundle = ask("GET", "/door/bundle", token=DEVICE_TOKEN).json()

    assert (bundle["revoked"], [each["people"] for each in bundle["sessions"]]) == ([row.pk], [[]])
