"""Who belongs to a household, and the consent for children."""

import pytest
from django.test import Client
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.me.test_registrations import page_of, signed_in
from tests.web.public.conftest import words

from qixue.core.clock import local_day, now
from qixue.core.refusal import Refused
from qixue.participation.operations.registrations import cancel_registrations, register
from qixue.people.models import GuardianConsent, Resident
from qixue.people.operations.residents import OLDEST, ResidentDetails, add_dependent, edit_dependent

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Resident:
    return MemberFactory(name="李嘉明", birth_year=1984)


@pytest.fixture
def client(member: Resident) -> Client:
    return signed_in(member)


def add(client: Client, **answers: object) -> int:
    return client.post("/me/household/new/", {"name": "李一诺", "birth_year": "2017", **answers}).status_code


def test_child_needs_the_consent_of_the_guardian(client, member):
    page = page_of(client, "/me/household/new/", status=422, name="李一诺", birth_year="2017")

    assert "未满14" in words(page.xpath("//*[@class='error']")[0])
    assert not Resident.objects.filter(guardian=member).exists()


def test_child_with_consent_can_be_signed_up(client, member):
    assert add(client, has_consent="on") == 302
    child = Resident.objects.get(guardian=member)

    (row,) = register(OpenSessionFactory(), people=[child], party=key(), by=member.user, at=NOON)

    assert row.state == "confirmed"
    assert GuardianConsent.objects.get().given_by == member.user


@pytest.mark.parametrize("answers", [{}, {"has_consent": "on"}])
def test_whose_year_of_birth_is_left_empty_is_not_kept(client, member, answers):
    """An unknown age would be a way around the guardian's consent."""
    page = page_of(client, "/me/household/new/", status=422, name="李一诺", birth_year="", **answers)

    assert page.xpath("//*[@class='error']/following::input[1]/@name") == ["birth_year"]
    assert not Resident.objects.filter(guardian=member).exists()


def test_operation_itself_asks_for_the_year_of_birth(member):
    elder = ResidentFactory(guardian=member)
    unknown = ResidentDetails("李一诺", has_consent=True)

    for act, person in ((add_dependent, member), (edit_dependent, elder)):
        with pytest.raises(Refused) as refused:
            act(person, details=unknown, by=member.user, at=NOON)
        assert (refused.value.code, refused.value.field) == ("birth_year_needed", "birth_year")


def test_whose_year_is_not_known_since_earlier_is_asked_for_on_the_way_to_a_seat(client, member):
    earlier = ResidentFactory(guardian=member, name="李一诺", birth_year=None)
    path = f"/me/sessions/{OpenSessionFactory().pk}/register/"

    [link] = page_of(client, path).xpath("//main//p[contains(., '李一诺')]/a/@href")
    refused = page_of(client, path, status=422, people=[earlier.pk], party=str(key()))
    agreed = client.post(link, {"name": "李一诺", "birth_year": "2017", "has_consent": "on"})

    assert "出生年" in words(refused.xpath("//*[@class='error']")[0])
    assert agreed.url == path
    assert earlier.consents.filter(withdrawn_at=None).exists()
    assert page_of(client, "/me/household/").xpath("//main//p[contains(@class, 'ochre')]") == []


def test_the_same_person_sent_twice_is_there_once_and_both_times_it_is_said(client, member):
    said = []
    for typed in ("李一诺", "李 一诺"):
        add(client, name=typed, has_consent="on")
        said.append(words(page_of(client, "/me/household/").xpath("//*[contains(@class, 'messages')]")[0]))

    assert (Resident.objects.filter(guardian=member).count(), GuardianConsent.objects.count()) == (1, 1)
    assert "已把李一诺加入家庭成员" in said[0]
    assert "没有再加一次" in said[1]


def test_two_of_a_household_do_not_become_alike(client, member):
    first, second = (ResidentFactory(guardian=member, name=name, birth_year=1951) for name in ("王秀珍", "王秀英"))

    page = page_of(client, f"/me/household/{second.pk}/", status=422, name="王秀珍", birth_year="1951")
    changed = client.post(f"/me/household/{first.pk}/", {"name": "王秀珍", "birth_year": "1950"})

    second.refresh_from_db()
    assert "已有" in words(page.xpath("//*[@class='error']")[0])
    assert (second.name, changed.status_code) == ("王秀英", 302)


def test_nobody_becomes_alike_to_one_of_the_own_household(client, member):
    ResidentFactory(guardian=member, name="王秀珍", birth_year=1951)

    page = page_of(client, "/me/profile/", status=422, name="王秀珍", birth_year="1951")

    assert "已有" in words(page.xpath("//*[@class='error']")[0])


def test_consent_given_while_adding_a_child_that_is_there_already_is_kept(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)
    client.post(f"/me/household/{child.pk}/consent/")

    add(client, has_consent="on")

    assert child.consents.filter(withdrawn_at=None).count() == 1


def test_oneself_is_not_added_once_more(client, member):
    add(client, name=member.name, birth_year=str(member.birth_year))

    assert not Resident.objects.filter(guardian=member).exists()


def test_operation_changes_people_of_ones_own_household_only(member):
    elder, details = ResidentFactory(guardian=member), ResidentDetails("王秀珍", 1951)

    with pytest.raises(Refused) as refused:
        edit_dependent(elder, details=details, by=MemberFactory().user, at=NOON)

    assert refused.value.code == "not_yours"


def test_consent_is_asked_until_the_end_of_the_year_in_which_a_child_turns_14(client, member):
    """Only the year of birth is known: whoever turns 14 in December is 13 until then."""
    year = local_day(now()).year

    page_of(client, "/me/household/new/", status=422, name="李一诺", birth_year=str(year - 14))

    assert not Resident.objects.filter(guardian=member).exists()
    assert add(client, birth_year=str(year - 15)) == 302


def test_of_a_consent_for_somebody_who_is_no_child_after_all_nothing_is_said(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)

    client.post(f"/me/household/{child.pk}/", {"name": "李一诺", "birth_year": "1951", "has_consent": "True"})

    for path in ("/me/household/", f"/me/household/{child.pk}/"):
        assert page_of(client, path).xpath("//a[contains(@href, '/consent/')]") == []


def test_child_whose_consent_was_taken_back_cannot_be_signed_up(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)

    client.post(f"/me/household/{child.pk}/consent/")

    with pytest.raises(Refused) as refused:
        register(OpenSessionFactory(), people=[child], party=key(), by=member.user, at=NOON)
    assert refused.value.code == "guardian_needed"


def test_child_whose_consent_was_taken_back_keeps_its_seat_and_gets_no_new_one(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)
    seat = register(OpenSessionFactory(), people=[child], party=key(), by=member.user, at=NOON)[0]
    full, neighbour = OpenSessionFactory(activity__title="稻田养鱼", seat_count=1), MemberFactory()
    first, waiting, behind = (
        register(full, people=[person], party=key(), by=by, at=NOON)[0]
        for person, by in ((member, member.user), (child, member.user), (neighbour, neighbour.user))
    )

    page = client.get(f"/me/household/{child.pk}/consent/").content.decode()
    client.post(f"/me/household/{child.pk}/consent/")
    cancel_registrations(full, keys=[first.pk], by=member.user, at=NOON)

    for row in (seat, waiting, behind):
        row.refresh_from_db()
    assert "稻田养鱼" in page
    assert (seat.state, waiting.state, behind.state) == ("confirmed", "cancelled", "confirmed")


def test_elder_needs_no_consent(client, member):
    assert add(client, name="王秀珍", birth_year="1951") == 302
    assert not GuardianConsent.objects.exists()


def test_year_of_birth_that_is_no_number_is_asked_again_with_a_year_as_example(client):
    page = page_of(client, "/me/household/new/", status=422, name="王秀珍", birth_year="五一年")

    assert "1952" in page.xpath("//*[@class='error']")[0].text_content()


def test_year_of_birth_out_of_range_is_asked_again(client):
    """1914 for 2014: nobody is 112, but a child would have got past the guardian's consent."""
    oldest = local_day(now()).year - OLDEST

    page = page_of(client, "/me/household/new/", status=422, name="王秀珍", birth_year=str(oldest - 1))

    assert str(oldest) in words(page.xpath("//*[@class='error']")[0])
    assert page.xpath("//input[@name='birth_year']/@value") == [str(oldest - 1)]
    assert add(client, birth_year=str(oldest)) == 302


def test_household_shows_everybody_and_leads_to_their_page(client, member):
    elder = ResidentFactory(guardian=member, name="王秀珍", birth_year=1951)

    page = page_of(client, "/me/household/")

    assert page.xpath("//main//h2/a/@href") == ["/me/profile/", f"/me/household/{elder.pk}/"]


def test_dependent_of_somebody_else_is_not_there(client):
    stranger = ResidentFactory(guardian=MemberFactory())

    assert client.get(f"/me/household/{stranger.pk}/").status_code == 404
    assert client.post(f"/me/household/{stranger.pk}/consent/").status_code == 404


def test_household_is_limited(client, member):
    ResidentFactory.create_batch(10, guardian=member)

    page = page_of(client, "/me/household/new/", status=422, name="王秀珍", birth_year="1951")

    assert "10" in words(page.xpath("//main")[0])


def test_child_cannot_be_an_account_of_its_own(client, member):
    page = page_of(client, "/me/profile/", status=422, name="李嘉明", birth_year="2016")

    assert "监护人" in words(page.xpath("//*[@class='error']")[0])


def test_whoever_was_missing_on_another_page_is_added_and_leads_back_to_it(client):
    address = "/me/household/new/?next=/me/sessions/7/register/"

    assert client.post(address, {"name": "王秀英", "birth_year": "1950"}).url == "/me/sessions/7/register/"
    elsewhere = address.replace("=", "=https://example.org")
    assert client.post(elsewhere, {"name": "孙大山", "birth_year": "1950"}).url == "/"


def test_household_says_since_when_a_guardian_agrees_and_how_to_take_it_back(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)

    (card,) = page_of(client, "/me/household/").xpath("//li[.//h2/a[text()='李一诺']]")
    page = page_of(client, f"/me/household/{child.pk}/")

    assert "监护人已于11月4日（周三）同意" in words(card)
    assert f"/me/household/{child.pk}/consent/" in card.xpath(".//a/@href")
    assert page.xpath("//input[@name='has_consent']/@type") == ["hidden"]


def test_child_without_consent_is_said_so_and_can_be_agreed_to_again(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)
    client.post(f"/me/household/{child.pk}/consent/")

    (card,) = page_of(client, "/me/household/").xpath("//li[.//h2/a[text()='李一诺']]")
    client.post(f"/me/household/{child.pk}/", {"name": "李一诺", "birth_year": "2017", "has_consent": "on"})

    assert "不能给这个孩子报名" in words(card)
    assert child.consents.filter(withdrawn_at=None).exists()


def test_consent_stays_when_something_else_is_changed(client, member):
    add(client, has_consent="on")
    child = Resident.objects.get(guardian=member)
    page = page_of(client, f"/me/household/{child.pk}/")
    (agreed,) = page.xpath("//input[@name='has_consent']/@value")

    client.post(f"/me/household/{child.pk}/", {"name": "李依诺", "birth_year": "2017", "has_consent": agreed})

    assert Resident.objects.get(pk=child.pk).name == "李依诺"
    assert GuardianConsent.objects.count() == 1


def test_adding_a_child_says_who_agrees_to_what(client):
    page = page_of(client, "/me/household/new/")

    assert len(page.xpath("//main//section[.//h2[starts-with(text(), '孩子未满14周岁')]]//li")) == 3
    assert page.xpath("//main//a[@href='/about/privacy/#children']")


def test_name_with_an_emoji_is_refused_in_words(member):
    page = page_of(signed_in(member), "/me/household/new/", status=422, name="李😀诺", birth_year="1951")

    assert words(page.xpath("//*[@class='error']")[0]) == "姓名请只写文字，去掉表情符号和图案。"


def test_name_that_is_too_long_is_not_cut_but_refused_and_comes_back_whole(member):
    client, name = signed_in(member), "李" * 300
    [empty] = page_of(client, "/me/household/new/").xpath("//input[@name='name']")

    page = page_of(client, "/me/household/new/", status=422, name=name, birth_year="1951")

    assert empty.get("maxlength") is None
    assert words(page.xpath("//*[@class='error']")[0]) == "请缩短：现在有300字，最多100字。"
    assert page.xpath("//input[@name='name']/@value") == [name]
