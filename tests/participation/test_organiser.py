"""What organisers and cadres do with registrations: take out, move, add, excuse, write, and the terms they set."""

import datetime

import pytest
from tests.factories import (
    NOON,
    ActivityFactory,
    MemberFactory,
    OpenSessionFactory,
    OrganisationFactory,
    ProgrammeFactory,
    RegistrationFactory,
    ResidentFactory,
    RoleAssignmentFactory,
    key,
)
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.models import AuditEntry, OutboxMessage
from qixue.participation.models import (
    ListedPerson,
    RegistrantMessage,
    Registration,
    RegistrationTerms,
)
from qixue.participation.operations.answers import EVERYBODY
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people, take_off_list
from qixue.participation.operations.lotteries import keep_lotteries
from qixue.participation.operations.messages import write_to_registrants
from qixue.participation.operations.organiser import excuse, move_registrations, take_out
from qixue.participation.operations.questions import Asked, set_questions
from qixue.participation.operations.registrations import keep_queues, register
from qixue.participation.operations.terms import TermsDetails, save_terms
from qixue.people.models import Notification, Role, User
from qixue.people.notices import short_of, text_of
from qixue.people.operations.residents import ResidentDetails, add_dependent, withdraw_consent
from qixue.programme.models import Session
from qixue.programme.operations.sessions import cancel_session

pytestmark = pytest.mark.django_db

State = Registration.State
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


def test_somebody_of_another_office_changes_no_registration(session):
    (row,) = sign_up(session, MemberFactory())
    stranger = RoleAssignmentFactory(role=Role.ORGANISER).user
    values = {"by": stranger, "at": NOON}

    codes = [
        refusal(take_out, row, note="重复", **values),
        refusal(excuse, row, **values),
        refusal(move_registrations, session, keys=[row.pk], to=another(session), **values),
    ]

    assert codes == ["not_in_charge"] * 3
    assert counters(session) == (1, 0)


def test_somebody_of_another_office_sets_and_writes_nothing(session, cadre):
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)
    values = {"by": RoleAssignmentFactory(role=Role.ORGANISER).user, "at": NOON}
    words = {"text": "请带雨具。", "states": ["confirmed"], "client_uuid": key()}

    codes = [
        refusal(write_to_registrants, session, **words, **values),
        refusal(save_terms, session, details=TermsDetails(), **values),
        refusal(set_questions, session, asked=[Asked("怎么来？", "text")], **values),
        refusal(take_off_list, list(ListedPerson.objects.all()), **values),
    ]

    assert codes == ["not_in_charge", "not_in_charge", "not_in_charge", "not_yours"]
    assert (RegistrantMessage.objects.count(), ListedPerson.objects.count()) == (0, 1)


def test_a_cadre_writes_no_terms_and_no_questions(session, cadre):
    assert refusal(save_terms, session, details=TermsDetails(), by=cadre, at=NOON) == "not_in_charge"
    assert refusal(set_questions, session, asked=[], by=cadre, at=NOON) == "not_in_charge"


def test_nobody_is_moved_to_a_session_of_another_office(session, organiser):
    (row,) = sign_up(session, MemberFactory())
    activity = ActivityFactory(programme=session.activity.programme, organisation=OrganisationFactory())
    elsewhere = OpenSessionFactory(activity=activity)

    code = refusal(move_registrations, session, keys=[row.pk], to=elsewhere, by=organiser, at=NOON)

    assert (code, counters(session), counters(elsewhere)) == ("not_in_charge", (1, 0), (0, 0))


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


# Taking out


def test_taking_out_tells_the_reason_and_lets_the_next_move_up(session, organiser):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]

    take_out(rows[0], note="重复报名", by=organiser, at=NOON)

    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].cancel_reason, rows[0].cancel_note) == ("cancelled", "removed", "重复报名")
    assert (
        Notification.objects.get(user=rows[0].registered_by, kind="registration_removed").params["note"] == "重复报名"
    )
    assert (Registration.objects.get(pk=rows[2].pk).state, counters(session)) == (State.CONFIRMED, (2, 0))


@pytest.mark.parametrize("waiting", [0, 1])
def test_whoever_is_taken_out_reads_why_and_nothing_of_others(session, organiser, waiting):
    row = sign_up(session, MemberFactory(name="李嘉明"))[0]
    for _number in range(1 + waiting):
        sign_up(session, MemberFactory())

    take_out(row, note="重复报名", by=organiser, at=NOON)

    notice = Notification.objects.get(user=row.registered_by, kind="registration_removed")
    assert text_of(notice.kind, notice.params) == "李嘉明：承办单位取消了您11月6日（周五）的报名。原因：重复报名"


def test_taking_out_twice_changes_nothing(session, organiser):
    row = sign_up(session, MemberFactory())[0]

    for _try in range(2):
        take_out(row, note="重复报名", by=organiser, at=NOON)

    assert counters(session) == (0, 0)
    assert AuditEntry.objects.filter(action="registration.taken_out").count() == 1


def test_nobody_is_taken_out_once_the_session_has_begun(session, organiser):
    row = sign_up(session, MemberFactory())[0]

    assert refusal(take_out, row, note="x", by=organiser, at=session.starts_at) == "session_begun"


def test_two_of_a_family_taken_out_one_by_one_are_both_told(session, organiser):
    parent = MemberFactory()
    rows = sign_up(session, parent, ResidentFactory(guardian=parent))

    for row in rows:
        take_out(row, note="场地变小", by=organiser, at=NOON)

    assert told(parent.user).count("registration_removed") == 2


# Moving


def test_moving_takes_a_seat_there_and_frees_one_here(session, organiser):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    other = another(session, seat_count=1)

    (moved,) = move_registrations(session, keys=[rows[0].pk], to=other, by=organiser, at=NOON).rows

    assert (moved.state, moved.source, moved.registered_by) == (State.CONFIRMED, rows[0].source, rows[0].registered_by)
    assert (counters(session), counters(other)) == ((2, 0), (1, 0))
    assert Registration.objects.get(pk=rows[0].pk).cancel_reason == "moved"
    assert "registration_seat_moved" in told(rows[0].registered_by)


def test_moving_to_a_full_session_waits_at_the_end_of_its_queue(session, organiser):
    row = sign_up(session, MemberFactory())[0]
    other = another(session, seat_count=1)
    for _number in range(2):
        sign_up(other, MemberFactory())

    (moved,) = move_registrations(session, keys=[row.pk], to=other, by=organiser, at=NOON).rows

    assert (moved.state, moved.waiting_number) == (State.WAITING, 2)
    assert "registration_wait_moved" in told(row.registered_by)


@pytest.mark.parametrize(
    ("seats", "said"),
    [
        (1, "您的名额改到11月6日（周五） 12:00，地点待定。原来是11月7日（周六）“稻田养鱼”，那一场不用去了。"),
        (0, "您改到11月6日（周五） 12:00场次的候补。原来是11月7日（周六）“稻田养鱼”，那一场不用去了。"),
    ],
)
def test_whoever_is_moved_reads_which_session_was_left(session, organiser, seats, said):
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at + datetime.timedelta(days=1), ends_at=None)
    row, other = sign_up(session, MemberFactory(name="李嘉明"))[0], another(session, seat_count=1)
    if not seats:
        sign_up(other, MemberFactory())

    move_registrations(session, keys=[row.pk], to=other, by=organiser, at=NOON)

    notice = Notification.objects.filter(user=row.registered_by).latest("pk")
    assert text_of(notice.kind, notice.params).startswith(f"李嘉明：{said}")
    assert short_of(notice.kind, notice.params).endswith("（原来：稻田养鱼，11月7日（周六））")


def test_moving_twice_moves_once(session, organiser):
    row, other = sign_up(session, MemberFactory())[0], another(session)

    first, second = (
        move_registrations(session, keys=[row.pk], to=other, by=organiser, at=NOON).rows for _try in range(2)
    )

    assert (first, counters(other)) == (second, (1, 0))


def test_whoever_is_not_signed_up_here_any_more_is_not_moved(session, organiser):
    row, other = sign_up(session, MemberFactory())[0], another(session)
    keys = [row.pk]
    row.delete()

    assert refusal(move_registrations, session, keys=keys, to=other, by=organiser, at=NOON) == "changed_meanwhile"


def test_whoever_was_signed_up_before_years_were_asked_for_is_moved_without_one(session, organiser):
    row = RegistrationFactory(session=session, resident=ResidentFactory(birth_year=None), registered_by=None)
    Session.objects.filter(pk=session.pk).update(taken_count=1)
    for_elders, other = another(session), another(session)
    RegistrationTerms.objects.create(session=for_elders, min_age=60)
    values = {"keys": [row.pk], "by": organiser, "at": NOON}

    assert refusal(move_registrations, session, to=for_elders, **values) == "age_unknown"
    (moved,) = move_registrations(session, to=other, **values).rows

    assert (moved.state, counters(session), counters(other)) == (State.CONFIRMED, (0, 0), (1, 0))


def test_child_whose_guardian_took_the_consent_back_is_not_moved(session, organiser):
    parent = MemberFactory()
    details = ResidentDetails("李一诺", 2018, has_consent=True)
    child, _is_new = add_dependent(parent, details=details, by=parent.user, at=NOON)
    _parent, row = sign_up(session, parent, child)
    withdraw_consent(child, by=parent.user, at=NOON)

    code = refusal(move_registrations, session, keys=[row.pk], to=another(session), by=organiser, at=NOON)

    assert code == "guardian_needed"


def test_moving_before_a_draw_enters_it(session, organiser):
    row, other = sign_up(session, MemberFactory())[0], another(session, seat_count=1)
    RegistrationTerms.objects.create(session=other, allotment="lottery", closes_at=NOON + DAY)
    keep_lotteries(at=NOON)

    (moved,) = move_registrations(session, keys=[row.pk], to=other, by=organiser, at=NOON).rows

    assert (moved.state, counters(other)) == (State.ENTERED, (0, 0))
    assert "registration_entry_moved" in told(row.registered_by)


def test_answers_move_along(session, organiser):
    other = another(session)
    for each in (session, other):
        set_questions(each, asked=[Asked("怎么来？", "text")], by=organiser, at=NOON)
    question = session.questions.get()
    member = MemberFactory()
    answers = {(question.pk, EVERYBODY): "骑车"}
    row = register(session, people=[member], party=key(), by=member.user, at=NOON, answers=answers)[0]

    (moved,) = move_registrations(session, keys=[row.pk], to=other, by=organiser, at=NOON).rows

    assert [(answer.question.session, answer.text) for answer in moved.answers.all()] == [(other, "骑车")]


@pytest.mark.parametrize("case", ["other programme", "itself", "under age", "there already", "over"])
def test_moving_is_refused(session, organiser, case):
    member = MemberFactory(birth_year=2000)
    row = sign_up(session, member)[0]
    other = session if case == "itself" else another(session)
    if case == "other programme":
        activity = ActivityFactory(organisation=session.activity.organisation, programme=ProgrammeFactory())
        other = OpenSessionFactory(activity=activity)
    if case == "under age":
        RegistrationTerms.objects.create(session=other, min_age=60)
    if case == "there already":
        sign_up(other, member)
    at = session.starts_at if case == "over" else NOON

    code = refusal(move_registrations, session, keys=[row.pk], to=other, by=organiser, at=at)

    expected = {"under age": "too_young", "there already": "already_registered", "over": "session_begun"}
    assert code == expected.get(case, "other_programme")
    assert counters(session) == (1, 0)


def test_cadre_is_told_when_somebody_moves_up(session, cadre):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(2)]
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)

    take_out(rows[0], note="重复", by=cadre, at=NOON)

    notice = Notification.objects.get(user=cadre)
    assert (notice.kind, notice.link) == (
        "registration_moved_up",
        f"/workspace/sessions/{session.pk}/registrations/",
    )


# Messages


def test_message_reaches_each_account_once_and_counts_whom_it_does_not(session, organiser, cadre):
    parent = MemberFactory()
    sign_up(session, parent, ResidentFactory(guardian=parent))
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("唐三妹", 1961),)), by=organiser, at=NOON)
    words = {"text": "请带雨具。", "states": ["confirmed", "waiting"], "client_uuid": key()}

    first, second = (write_to_registrants(session, **words, by=organiser, at=NOON) for _try in range(2))

    assert (first, first.reached_count, first.unreached_count) == (second, 3, 1)
    notices = Notification.objects.filter(kind="registration_message")
    assert sorted(notices.values_list("user", flat=True)) == sorted([parent.user_id, cadre.pk])
    assert notices.get(user=parent.user).params["text"] == "请带雨具。"


@pytest.mark.parametrize("case", ["text", "states", "session", "sender"])
def test_a_form_used_for_another_message_is_refused(session, organiser, cadre, case):
    for each in (session, other := another(session)):
        sign_up(each, MemberFactory())
    words = {"text": "一号厅", "states": ["confirmed"], "client_uuid": key(), "at": NOON}
    write_to_registrants(session, **words, by=organiser)

    changed = {"text": {"text": "更正：二号厅"}, "states": {"states": ["confirmed", "waiting"]}}.get(case, {})
    to, by = other if case == "session" else session, cadre if case == "sender" else organiser

    assert refusal(write_to_registrants, to, **{**words, **changed}, by=by) == "key_reused"
    assert RegistrantMessage.objects.get().text == "一号厅"


def test_message_goes_on_by_mail_as_people_wish(session, organiser):
    member = MemberFactory(user__email="li@example.cn")
    sign_up(session, member)

    write_to_registrants(session, text="请带雨具。", states=["confirmed"], client_uuid=key(), by=organiser, at=NOON)

    assert "请带雨具。" in OutboxMessage.objects.get(key__startswith="registration_message").body


def test_message_to_nobody_is_refused(session, organiser):
    words = {"text": "请带雨具。", "states": ["waiting"], "client_uuid": key()}

    assert refusal(write_to_registrants, session, **words, by=organiser, at=NOON) == "nobody_there"
    assert RegistrantMessage.objects.count() == 0


# Calling off


def test_whoever_is_told_that_a_session_is_off_hears_of_similar_ones(session, organiser):
    member = MemberFactory()
    sign_up(session, member)
    another(session, seat_count=5, starts_at=NOON + 3 * DAY, ends_at=NOON + 3 * DAY + HOUR)
    cancel_session(session, by=organiser, at=NOON)

    keep_queues(at=NOON)

    notice = Notification.objects.get(user=member.user, kind="registration_session_off_with_others")
    assert notice.params["similar"] == "11月7日《稻田养鱼》"


def test_full_and_far_sessions_are_not_offered_instead(session, organiser):
    member = MemberFactory()
    sign_up(session, member)
    full = another(session, seat_count=1)
    sign_up(full, MemberFactory())
    another(session, starts_at=NOON + 40 * DAY, ends_at=NOON + 40 * DAY + HOUR)
    OpenSessionFactory(activity=ActivityFactory(programme=session.activity.programme, kind="arts"))
    cancel_session(session, by=organiser, at=NOON)

    keep_queues(at=NOON)

    assert "registration_session_off" in told(member.user)


def test_when_the_limit_of_seats_is_lifted_whoever_waits_has_a_seat(session):
    rows = [sign_up(session, MemberFactory())[0] for _number in range(3)]
    Session.objects.filter(pk=session.pk).update(seat_count=None)

    keep_queues(at=NOON)

    assert Registration.objects.get(pk=rows[2].pk).state == State.CONFIRMED
