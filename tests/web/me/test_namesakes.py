"""Two people of one name in a household: whose seat it is can be read wherever somebody chooses."""

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.people.operations.test_erasure import signed_up
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.operations.registrations import register
from qixue.participation.queries.registrations import party_at
from qixue.people.namesakes import named_apart
from qixue.web.me.ticket_cards import cards_of, printed

pytestmark = pytest.mark.django_db


def test_namesakes_are_told_apart_where_somebody_is_chosen():
    session, member = OpenSessionFactory(seat_count=5), MemberFactory(name="王芳")
    elder, _younger = (ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960))
    client = signed_in(member)

    form = words(page_of(client, f"/me/sessions/{session.pk}/register/"))
    row = register(session, people=[elder], party=key(), by=member.user, at=NOON)[0]
    hand_over = words(page_of(client, f"/me/registrations/{row.party}/transfer/"))

    assert ("李桂芬（1936）" in form, "李桂芬（1960）" in form, "王芳（" in form) == (True, True, False)
    assert "李桂芬（1936）" in hand_over
    assert "李桂芬（1960）" in hand_over


def test_a_name_is_the_same_however_it_was_typed():
    people = [ResidentFactory(name=name, birth_year=year) for name, year in (("王 芳", 1960), ("王芳", 1936))]

    assert sorted(named_apart(people).values()) == ["王 芳（1960）", "王芳（1936）"]


def test_namesakes_of_one_party_are_told_apart_on_its_pages():
    session, member = OpenSessionFactory(seat_count=5), MemberFactory(name="王芳")
    people = [ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960)]
    party = register(session, people=people, party=key(), by=member.user, at=NOON)[0].party
    client = signed_in(member)

    for page in ("", "cancel/", "tickets/"):
        text = words(page_of(client, f"/me/registrations/{party}/{page}"))
        assert ("1936" in text, "1960" in text) == (True, True)


def test_namesakes_who_signed_up_one_by_one_are_told_apart():
    """The page of one names the other as signed up, too; what is of one alone names nobody else."""
    session, member = OpenSessionFactory(seat_count=5), MemberFactory(name="王芳")
    people = [ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960)]
    elder, younger = [register(session, people=[each], party=key(), by=member.user, at=NOON)[0] for each in people]
    client, path = signed_in(member), f"/me/registrations/{elder.party}/"

    for page in ("/me/", path, f"/sessions/{session.pk}/"):
        text = words(page_of(client, page))
        assert ("李桂芬（1936）" in text, "李桂芬（1960）" in text) == (True, True)
    for page in ("cancel/", "tickets/", "tickets/?copy"):
        text = words(page_of(client, path + page))
        assert ("李桂芬（1936）" in text, "1960" in text) == (True, False)
    assert "已取消：李桂芬（1936）。" in words(page_of(client, f"{path}cancel/", people=[elder.pk]))
    assert "李桂芬（1960）" in words(page_of(client, f"/me/registrations/{younger.party}/"))


def test_whoever_is_erased_is_told_apart():
    member = signed_up(at=NOON.replace(hour=11))
    elder, _younger = (ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960))
    client, path = signed_in(member), f"/me/household/{elder.pk}/erase/"

    asked, code = page_of(client, path), page_of(client, path, is_sure="on")

    leads = [words(page.xpath("//p[@class='lead']")[0]) for page in (asked, code)]
    assert leads == ["将删除以下各位的信息： 李桂芬（1936）"] * 2


def test_printed_ticket_tells_namesakes_apart():
    session, member = OpenSessionFactory(seat_count=5), MemberFactory(name="王芳")
    people = [ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960)]
    row = register(session, people=people, party=key(), by=member.user, at=NOON)[0]
    [card, _other] = cards_of(party_at(session, row.party))

    assert printed(card, named_apart(people)).name == "李桂芬（1936）"
