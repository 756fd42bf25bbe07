"""Records that may be of one person, from the browser's side of the office that decides."""

import pytest
from tests.counted import check_in
from tests.factories import (
    NOON,
    ListedPersonFactory,
    MemberFactory,
    OrganisationFactory,
    RegistrationFactory,
    SessionFactory,
    key,
)
from tests.web.browsing import page_in
from tests.web.public.conftest import words

from qixue.participation.models import Participant
from qixue.people.models import DifferentPeople, Merge, Organisation, Resident

pytestmark = pytest.mark.django_db
NAME = "欧阳静秋"
LIST = "/workspace/people-twice/"


@pytest.fixture
def listed(village: Organisation) -> Resident:
    about = {"resident__name": NAME, "resident__birth_year": 1948}
    return ListedPersonFactory(organisation=village, added_at=NOON, **about).resident


@pytest.fixture
def member(village: Organisation) -> Resident:
    person = MemberFactory(name=NAME, birth_year=1948)
    RegistrationFactory(resident=person, session__activity__organisation=village)
    return person


def test_pair_is_proposed_looked_at_and_merged(cadre, listed, member):
    [link] = page_in(cadre.get(LIST)).xpath("//main//a[text()='对照查看' or text()='Look at both']/@href")
    page = page_in(cadre.get(link))
    assert words(page.xpath("//main")[0]).count(NAME) >= 2

    answers = [cadre.post(link, {"ground": "said_so"}) for _press in range(2)]

    assert [answer["Location"] for answer in answers] == [LIST] * 2
    assert (Merge.objects.get().gone_key, Resident.objects.filter(name=NAME).get()) == (listed.key, member)


def test_nobody_is_merged_before_somebody_says_how_they_know(cadre, listed, member):
    page = page_in(cadre.post(f"{LIST}{member.pk}-{listed.pk}/"), 422)

    assert len(page.xpath("//*[@class='error']")) == 1
    assert not Merge.objects.exists()


def test_page_says_what_both_have_in_common(cadre, village, listed, member):
    session = SessionFactory(activity__organisation=village, activity__title="两人都在的讲座")
    tokens = [
        Participant.objects.create(resident=person, programme=session.activity.programme, token=key()).token
        for person in (listed, member)
    ]
    check_in(session, *tokens)

    text = words(page_in(cadre.get(f"{LIST}{listed.pk}-{member.pk}/")).xpath("//main")[0])

    assert "两人都在的讲座" in text


def test_page_says_what_state_each_place_is_in(cadre, village, listed, member):
    both = SessionFactory(activity__organisation=village, activity__title="两人都报名的讲座")
    once = SessionFactory(activity__organisation=village, activity__title="只报名一次的讲座")
    RegistrationFactory(resident=listed, session=both, waiting_number=1)
    RegistrationFactory(resident=member, session=both, state="confirmed")
    RegistrationFactory(resident=listed, session=once, state="cancelled")

    items = page_in(cadre.get(f"{LIST}{listed.pk}-{member.pk}/")).xpath("//main//li[contains(., '讲座')]")

    said = [words(item) for item in items]
    assert len(said) == 2
    assert said[0].startswith("两人都报名的讲座")
    assert said[0].index("✓") < said[0].index("…")
    assert (said[1].startswith("只报名一次的讲座"), "✕" in said[1]) == (True, True)


def test_page_says_whom_to_ask_and_nothing_of_sessions_out_of_reach(cadre, village, listed, member):
    neighbours = OrganisationFactory(parent=village.parent, name="邻村村委会")
    session = SessionFactory(activity__organisation=neighbours, activity__title="邻村的讲座")
    for person in (listed, member):
        RegistrationFactory(resident=person, session=session)

    text = words(page_in(cadre.get(f"{LIST}{listed.pk}-{member.pk}/"), 409).xpath("//main")[0])

    assert village.parent.name in text
    assert "邻村的讲座" not in text


def test_two_people_are_told_apart(cadre, listed, member):
    answer = cadre.post(f"{LIST}{member.pk}-{listed.pk}/different/")

    assert answer["Location"] == LIST
    assert DifferentPeople.objects.count() == 1
    for address in (f"{LIST}{member.pk}-{listed.pk}/", f"/workspace/personal-data/{listed.pk}/"):
        text = words(page_in(cadre.get(address)).xpath("//main")[0])
        assert "Noted on" in text or "是两个人。" in text
    assert page_in(cadre.get(LIST)).xpath("//main//table") == []


def test_page_of_a_person_leads_to_others_of_the_name(cadre, listed, member):
    page = page_in(cadre.get(f"/workspace/personal-data/{listed.pk}/"))

    assert page.xpath("//main//a/@href[contains(., 'people-twice')]") == [f"{LIST}{member.pk}-{listed.pk}/"]


@pytest.mark.parametrize("keys", ["1", "x-y", "1-1", "99999999999999999999-1", "1-2-3"])
def test_what_names_no_two_records_is_not_found(cadre, keys):
    assert cadre.get(f"{LIST}{keys}/").status_code == 404
