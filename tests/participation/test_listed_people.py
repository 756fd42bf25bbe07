"""Signing up people without phones: a sheet of several, and the list on which they stay."""

import datetime

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.participation.signing_up import another, counters, refusal, sign_up

from qixue.core.refusal import Refused
from qixue.participation.models import ListedPerson, Registration
from qixue.participation.operations.listed_people import NewPerson, SignUp, sign_up_people, take_off_list
from qixue.participation.operations.transfers import hand_over_place
from qixue.people.models import GuardianConsent, Notification, Resident

pytestmark = pytest.mark.django_db

State = Registration.State
DAY = datetime.timedelta(days=1)


def test_cadre_signs_up_several_people_without_phones(session, cadre):
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948), NewPerson("盘大贵", 1950), NewPerson("唐三妹", 1961)))

    made = sign_up_people(session, wanted=wanted, by=cadre, at=NOON)

    assert [row.state for row in made] == [State.CONFIRMED, State.CONFIRMED, State.WAITING]
    assert {row.source for row in made} == {Registration.Source.CADRE}
    assert len({row.party for row in made}) == 3
    assert ListedPerson.objects.filter(organisation=session.activity.organisation).count() == 3
    assert not Notification.objects.filter(user=cadre).exists()


def test_the_same_sheet_twice_signs_up_once(session, cadre):
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948), NewPerson("盘大贵", 1950)))

    first, second = (sign_up_people(session, wanted=wanted, by=cadre, at=NOON) for _try in range(2))

    assert (first, Resident.objects.count(), counters(session)) == (second, 2, (2, 0))


@pytest.mark.parametrize("case", ["others", "fewer", "more", "together"])
def test_a_sheet_used_for_something_else_is_refused(session, cadre, case):
    form, two = key(), (NewPerson("李桂芳", 1948), NewPerson("盘大贵", 1950))
    sign_up_people(session, wanted=SignUp(form, new=two), by=cadre, at=NOON)
    news = {"others": (two[0], NewPerson("唐三妹", 1961)), "fewer": two[:1], "more": (*two, NewPerson("唐三妹", 1961))}

    wanted = SignUp(form, new=news.get(case, two), is_together=case == "together")

    assert refusal(sign_up_people, session, wanted=wanted, by=cadre, at=NOON) == "key_reused"
    assert (counters(session), Resident.objects.count()) == ((2, 0), 2)


def test_a_sheet_with_people_of_the_list_is_answered_twice_alike(session, cadre):
    known = ListedPerson.objects.create(
        organisation=session.activity.organisation, resident=ResidentFactory(name="唐三妹"), added_at=NOON
    )
    wanted = SignUp(key(), listed=(known.resident_id,), new=(NewPerson("李桂芳", 1948),), is_together=True)

    first, second = (sign_up_people(session, wanted=wanted, by=cadre, at=NOON) for _try in range(2))

    assert (first, counters(session)) == (second, (2, 0))


def test_a_sheet_is_answered_as_first_after_a_place_was_handed_over(session, cadre, member):
    ListedPerson.objects.create(organisation=session.activity.organisation, resident=member, added_at=NOON)
    child = ResidentFactory(guardian=member)
    wanted = SignUp(key(), listed=(member.pk,), new=(NewPerson("李桂芳", 1948),))
    first = sign_up_people(session, wanted=wanted, by=cadre, at=NOON)
    row = next(row for row in first if row.resident == member)
    hand_over_place(row, to=child, by=member.user, at=NOON + datetime.timedelta(minutes=1))

    assert sign_up_people(session, wanted=wanted, by=cadre, at=NOON) == first


@pytest.mark.parametrize("other", ["session", "account"])
def test_a_sheet_of_another_session_or_account_is_refused(session, cadre, organiser, other):
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948),))
    sign_up_people(session, wanted=wanted, by=cadre, at=NOON)

    to, by = another(session) if other == "session" else session, organiser if other == "account" else cadre

    assert refusal(sign_up_people, to, wanted=wanted, by=by, at=NOON) == "key_reused"
    assert Resident.objects.count() == 1


def test_people_of_the_list_are_known_again(session, cadre):
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)
    other = another(session)
    listed = ListedPerson.objects.get()

    wanted = SignUp(key(), listed=(listed.resident_id,), new=(NewPerson("李桂芳", 1948),))
    made = sign_up_people(other, wanted=wanted, by=cadre, at=NOON)

    assert ([row.resident for row in made], Resident.objects.count()) == ([listed.resident], 1)


def test_together_they_all_wait_when_there_is_not_room_for_all(session, cadre):
    sign_up(session, MemberFactory())
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948), NewPerson("盘大贵", 1950)), is_together=True)

    made = sign_up_people(session, wanted=wanted, by=cadre, at=NOON)

    assert ([row.state for row in made], len({row.party for row in made})) == ([State.WAITING] * 2, 1)


def test_organiser_who_adds_by_hand_is_named_as_such(session, organiser):
    (row,) = sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=organiser, at=NOON)

    assert row.source == Registration.Source.STAFF


def test_child_needs_a_guardian_who_agreed_on_paper(session, cadre):
    child = NewPerson("盘小明", 2018)

    with pytest.raises(Refused) as refused:
        sign_up_people(session, wanted=SignUp(key(), new=(child,)), by=cadre, at=NOON)

    assert (refused.value.code, refused.value.field) == ("paper_consent_needed", "guardian_1")
    assert Resident.objects.count() == 0


def test_guardian_on_paper_is_kept_with_the_day(session, cadre):
    day = NOON.date() - DAY
    child = NewPerson("盘小明", 2018, guardian_name="盘大贵", agreed_on=day)

    (row,) = sign_up_people(session, wanted=SignUp(key(), new=(child,)), by=cadre, at=NOON)

    consent = GuardianConsent.objects.get()
    assert (row.resident.guardian.name, consent.given_by, consent.text_version) == ("盘大贵", cadre, "2026-11-p")
    assert consent.given_at.astimezone(NOON.tzinfo).date() == day


def test_a_list_of_another_organisation_is_no_source(session, cadre):
    stranger = ListedPerson.objects.create(
        organisation=OpenSessionFactory().activity.organisation, resident=ResidentFactory(), added_at=NOON
    )

    wanted = SignUp(key(), listed=(stranger.resident_id,))

    assert refusal(sign_up_people, session, wanted=wanted, by=cadre, at=NOON) == "nobody_chosen"


def test_whoever_has_no_role_there_signs_nobody_up(session):
    wanted = SignUp(key(), new=(NewPerson("李桂芳", 1948),))

    assert refusal(sign_up_people, session, wanted=wanted, by=MemberFactory().user, at=NOON) == "not_yours"


def test_taking_off_the_list_leaves_the_registration(session, cadre):
    sign_up_people(session, wanted=SignUp(key(), new=(NewPerson("李桂芳", 1948),)), by=cadre, at=NOON)

    take_off_list(list(ListedPerson.objects.all()), by=cadre, at=NOON)

    assert (ListedPerson.objects.count(), counters(session)) == (0, (1, 0))
