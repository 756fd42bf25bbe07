"""Somebody is forgotten: every figure stays what it was, and no byte says who it was."""

import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from tests.counted import check_in
from tests.factories import (
    NOON,
    MemberFactory,
    OpenSessionFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    SessionFactory,
    key,
)

from qixue.core.figures import Scope, registry
from qixue.core.models import AuditEntry, OutboxMessage
from qixue.core.refusal import Refused
from qixue.participation.models import LedgerEntry, Participant, Registration
from qixue.participation.operations.messages import write_to_registrants
from qixue.participation.operations.organiser import take_out
from qixue.participation.operations.registrations import register
from qixue.people import erasure_list
from qixue.people.models import (
    ConfirmedMobile,
    Erasure,
    GuardianConsent,
    Notification,
    PhoneCode,
    Resident,
    User,
)
from qixue.people.operations.erasure import (
    account_subject,
    erase_account,
    erase_dependent,
    replay_erasures,
)
from qixue.people.operations.phone_codes import enter_phone_code, send_phone_code
from qixue.people.operations.residents import ResidentDetails, add_dependent, save_profile
from qixue.people.operations.tokens import make_token, revoke_token
from qixue.people.personal_data import holdings
from qixue.programme.models import Session

MOBILE, OTHER_MOBILE = "13900001234", "13900005678"
NAME, CHILD = "欧阳静秋", "欧阳小雨"
LATER = NOON + datetime.timedelta(minutes=2)
db = pytest.mark.django_db
# Records of people at work: those who hold or held a role are not erased, because what they did must stay theirs.
OF_THE_STAFF = {
    "participation.doordevice",
    "participation.registrantmessage",
    "participation.wallcode",
    "people.invitation",
    "people.roleassignment",
    "programme.countersignature",
    "programme.followupstep",
    "programme.linecomment",
    "programme.publicationconsent",
    "programme.nominationstep",
    "programme.objection",
    "programme.programmestep",
    "programme.plandocument",
    "programme.planstep",
    "programme.returnstep",
    "swap.roundplan",
    "programme.sheetimport",
}


def signed_up(mobile: str = MOBILE, name: str = NAME, at: datetime.datetime = NOON) -> Resident:
    """Somebody who came by the front door: phone code, name, and word by mail and SMS about registrations."""
    send_phone_code(mobile, browser=mobile, language="zh-hans", at=at)
    digits = "".join(filter(str.isdigit, OutboxMessage.objects.latest("pk").body.split("是")[-1]))[:6]
    user = enter_phone_code(mobile, browser=mobile, digits=digits, language="zh-hans", at=at)
    person = save_profile(user, details=ResidentDetails(name, 1952), at=at)
    return Resident.objects.select_related("user").get(pk=person.pk)


def with_child(person: Resident) -> Resident:
    child, _is_new = add_dependent(
        person, details=ResidentDetails(CHILD, 2018, has_consent=True), by=person.user, at=NOON
    )
    return child


def came(session: Session, *people: Resident) -> None:
    """Signed up for a session that is over now, and counted there."""
    programme = session.activity.programme
    for person in people:
        Registration.objects.create(
            session=session, resident=person, state="confirmed", registered_at=NOON, registered_by=person.user
        )
    tokens = [Participant.objects.create(resident=person, programme=programme).token for person in people]
    check_in(session, *tokens)


ON_RECORD = {"older_attendances", "young_attendances", "new_participants", "participation_rate", "swap_people"}


def all_figures(session: Session) -> dict[str, str]:
    """But those that tell only of people who are on record."""
    scope = Scope(session.activity.programme.code)
    lasting = {code: each for code, each in registry.definitions.items() if code not in ON_RECORD}
    return {code: str(definition.value(scope).quantity) for code, definition in lasting.items()}


def test_figures_that_an_erasure_changes_say_so():
    assert {each.code for each in registry.all() if each.is_of_people_on_record} == ON_RECORD


@db
def test_every_record_about_people_is_registered_or_of_the_staff():
    registered = {label for holding in holdings.holdings for label in holding.models}
    about_people = {"people.user", "people.resident"} | registered

    pointing = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.startswith("qixue.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.label_lower in about_people
    }

    assert sorted(pointing - registered - OF_THE_STAFF) == []
    assert sorted(OF_THE_STAFF - pointing) == []
    assert sorted(registered - {model._meta.label_lower for model in apps.get_models()}) == []


@db
def test_erasing_leaves_every_figure_and_no_person():
    person = signed_up()
    child = with_child(person)
    session = SessionFactory(seat_count=5, taken_count=2)
    came(session, person, child)
    before = all_figures(session)
    tokens = set(Participant.objects.values_list("token", flat=True))

    erase_account(person.user, at=LATER)

    assert all_figures(session) == before
    assert set(LedgerEntry.objects.values_list("person_token", flat=True)) == tokens
    assert {model.objects.count() for model in (Participant, User, ConfirmedMobile, PhoneCode, GuardianConsent)} == {0}
    assert Notification.objects.count() == 0
    places = list(Resident.objects.values_list("name", "birth_year", "user", "guardian", "home_region"))
    assert places == [(Resident.NOBODY, None, None, None, None)] * 2
    assert set(AuditEntry.objects.exclude(actor_name="system").values_list("actor_name", flat=True)) == {""}


@db
def test_no_two_registrations_of_an_erased_person_can_be_brought_together():
    person = signed_up()
    child = with_child(person)
    for _number in range(2):
        came(SessionFactory(seat_count=5, taken_count=2), person, child)

    erase_account(person.user, at=LATER)

    rows = Registration.objects.all()
    assert len({row.resident_id for row in rows}) == len({row.party for row in rows}) == 4
    assert {row.registered_by_id for row in rows} == {None}


@db
def test_seats_to_come_are_given_up_first_and_the_queue_moves_up():
    session = OpenSessionFactory(seat_count=1)
    person, next_one = signed_up(), signed_up(OTHER_MOBILE, "陈建国")
    for somebody in (person, next_one):
        register(session, people=[somebody], party=key(), by=somebody.user, at=NOON)

    erase_account(person.user, at=LATER)

    assert Registration.objects.get(resident=next_one).state == "confirmed"
    session.refresh_from_db()
    assert (session.taken_count, session.waiting_count) == (1, 0)


@db
def test_seats_can_be_given_up_by_leaving_even_after_the_time_to_cancel():
    session = OpenSessionFactory(seat_count=1)
    person = signed_up()
    register(session, people=[person], party=key(), by=person.user, at=NOON)
    Session.objects.filter(pk=session.pk).update(starts_at=LATER + datetime.timedelta(minutes=5))

    erase_account(person.user, at=LATER)

    assert Registration.objects.get().state == "cancelled"


@db
def test_erasing_a_dependent_leaves_the_guardian_and_takes_the_name_out_of_their_notices():
    person = signed_up()
    child = with_child(person)
    session = OpenSessionFactory(seat_count=2)
    register(session, people=[person, child], party=key(), by=person.user, at=NOON)
    assert CHILD in Notification.objects.get().params["names"]

    erase_dependent(child, guardian=person, at=LATER)

    assert Notification.objects.get().params["names"] == NAME
    assert list(OutboxMessage.objects.filter(body__contains=CHILD)) == []
    assert list(Registration.objects.active().values_list("resident", flat=True)) == [person.pk]
    assert Erasure.objects.get().has_account is False


@db
def test_what_organisers_wrote_to_the_guardian_names_the_dependent_no_more():
    person = signed_up()
    child = with_child(person)
    session = OpenSessionFactory(seat_count=2)
    own, childs = register(session, people=[person, child], party=key(), by=person.user, at=NOON)
    organiser = RoleAssignmentFactory(organisation=session.activity.organisation).user
    write_to_registrants(session, text="请带笔", states=["confirmed"], client_uuid=key(), by=organiser, at=NOON)
    take_out(childs, note=f"{CHILD}的家长来电", by=organiser, at=NOON)

    erase_dependent(child, guardian=person, at=LATER)

    notices = Notification.objects.filter(user=person.user).order_by("pk")
    assert [notice.params["names"] for notice in notices] == [NAME, NAME]
    assert list(OutboxMessage.objects.filter(body__contains=CHILD)) == []
    assert list(Registration.objects.exclude(pk=own.pk).values_list("cancel_note", "registered_by")) == [("", None)]


@db
def test_nothing_says_that_a_registration_was_that_of_an_account_of_the_staff():
    person = signed_up()
    RoleAssignmentFactory(user=person.user, ended_at=NOON)
    came(SessionFactory(), person)

    erase_account(person.user, at=LATER)

    assert list(Registration.objects.values_list("registered_by", "state")) == [(None, "confirmed")]


@db
def test_what_somebody_called_a_key_of_theirs_is_forgotten():
    person = signed_up()
    token, _shown = make_token(person.user, name=f"{NAME}的手机", lasts=LATER - NOON, at=NOON, client_uuid=key())
    revoke_token(token, by=person.user, at=NOON)

    erase_account(person.user, at=LATER)

    kept = AuditEntry.objects.filter(action__startswith="token.").values_list("actor_name", "details")
    assert list(kept) == [("", {}), ("", {})]


@db
def test_erasing_somebody_of_another_household_is_refused():
    with pytest.raises(Refused) as refused:
        erase_dependent(ResidentFactory(guardian=MemberFactory()), guardian=MemberFactory(), at=NOON)

    assert refused.value.code == "not_yours"


@db
def test_account_of_the_staff_stays_and_its_resident_goes():
    person = signed_up()
    RoleAssignmentFactory(user=person.user, ended_at=NOON)

    erase_account(person.user, at=LATER)

    assert User.objects.get().display_name == NAME
    assert (Resident.objects.count(), ConfirmedMobile.objects.count()) == (0, 0)


@db
def test_copy_has_everything_that_is_kept():
    person = signed_up()
    child = with_child(person)
    came(SessionFactory(seat_count=5, taken_count=2), person, child)

    sections = holdings.copy(account_subject(person.user))

    everything = str([(section.title, section.rows) for section in sections])
    held = {NAME, CHILD, MOBILE, "1952", "2018", "稻田养鱼", str(Participant.objects.first().token)}
    assert {text for text in held if text in everything} == held
    assert len(sections) == 6


@db
def test_replay_forgets_again_whom_a_backup_brought_back(settings):
    person = signed_up()
    with_child(person)
    former = {"name": NAME, "key": person.key, "user": MemberFactory().user}
    erase_account(person.user, at=LATER)
    erasure_list.write(erasure_list.usual_path())
    Erasure.objects.all().delete()
    Resident.objects.all().delete()
    revived = Resident.objects.create(**former)
    Resident.objects.create(name="被移交的老人", guardian=revived)
    assert erasure_list.check_erasures("127.0.0.1").level.value == "fatal"

    entries = erasure_list.read(erasure_list.usual_path())
    counts = [replay_erasures(entries, at=LATER) for _twice in range(2)]

    assert counts == [1, 0]
    assert erasure_list.check_erasures("127.0.0.1").level.value == "ok"
    assert Erasure.objects.count() == 2
    assert list(Resident.objects.values_list("name", "guardian")) == [("被移交的老人", None)]
    assert User.objects.count() == 0


@db
def test_list_of_erasures_is_written_once_and_names_nobody():
    person = signed_up()
    erase_account(person.user, at=LATER)
    path = erasure_list.usual_path()

    assert [erasure_list.write(path) for _twice in range(2)] == [1, 0]
    assert NAME not in path.read_text()
    assert [entry.resident_key for entry in erasure_list.read(path)] == [person.key]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="looks into the file of SQLite")
def test_no_byte_of_name_or_phone_is_left_in_the_files():
    person = signed_up()
    child = with_child(person)
    came(SessionFactory(seat_count=5, taken_count=2), person, child)
    session = OpenSessionFactory(seat_count=2)
    register(session, people=[person, child], party=key(), by=person.user, at=NOON)
    traces = [text.encode() for text in (NAME, CHILD, MOBILE)] + [NAME.encode("unicode-escape")]
    assert {trace for trace in traces if trace in all_bytes()} >= set(traces[:3])

    erase_account(person.user, at=LATER)

    assert [trace for trace in traces if trace in all_bytes()] == []


def all_bytes() -> bytes:
    """The database with its log, and whatever the site has written beside it."""
    database = Path(str(settings.DATABASES["default"]["TEST"]["NAME"]))
    files = [*database.parent.glob(f"{database.name}*"), *Path(settings.VAR).rglob("*")]
    return b"".join(path.read_bytes() for path in files if path.is_file())
