"""Two people of one name in a household: whose seat it is can be read wherever somebody chooses."""

import pytest
from tests.factories import NOON, MemberFactory, OpenSessionFactory, ResidentFactory, key
from tests.web.browsing import page_of, signed_in
from tests.web.public.conftest import words

from qixue.participation.operations.registrations import register
from qixue.people.namesakes import named_apart

pytestmark = pytest.mark.django_db


def test_namesakes_are_told_apart_where_somebody_is_chosen():
    session, member = OpenSessionFactory(seat_count=5), MemberFactory(name="王芳")
    elder, _younger = (ResidentFactory(guardian=member, name="李桂芬", birth_year=year) for year in (1936, 1960))
    client = signed_in(member)

    form = words(page_of(client, f"/me/sessions/{session.pk}/register/"))
    row = register(session, people=[elder], party=key(), by=member.user, at=NOON)[0]
    path = f"/me/registrations/{row.party}/"
    alone = words(page_of(client, path))
    hand_over = words(page_of(client, f"{path}transfer/"))

    assert ("李桂芬（1936）" in form, "李桂芬（1960）" in form, "王芳（" in form) == (True, True, False)
    assert "李桂芬（1936）" in hand_over
    assert "李桂芬（1960）" in hand_over
    assert "1936" not in alone


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
