"""Want lists out and in: nothing is lost on the way, and what is wrong is told by its line."""

import pytest
from tests.factories import NOON, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory, one_of, swap_organiser, wish
from tests.swap.operations.test_listings import code_of

from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.swap.matching import load, solve
from qixue.swap.models import Block, KindWish, Listing, OneOf, OneOfThing, Wish
from qixue.swap.operations.want_lists import Imported, import_want_list
from qixue.swap.queries.want_lists import round_of, want_list_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return ProgrammeFactory(name="活动周")


@pytest.fixture
def organiser(programme: Programme) -> User:
    return swap_organiser(programme)


def things(programme: Programme, count: int) -> list[Listing]:
    return [ListingFactory(programme=programme) for _number in range(count)]


def lines_of(programme: Programme) -> list[str]:
    """Without names and options."""
    return [line for line in want_list_of(programme).splitlines() if line.startswith("(")]


def taken_in(programme: Programme, text: str, by: User) -> Imported:
    return import_want_list(programme, text.encode(), file="list.txt", by=by, at=NOON)


def faults(programme: Programme, text: str, by: User) -> list[str]:
    with pytest.raises(Refused) as refusal:
        taken_in(programme, text, by)
    return [str(line) for line in refusal.value.lines]


def test_list_says_wishes_kinds_and_searches_without_names(programme):
    kettle, book, pot = things(programme, 3)
    Listing.objects.filter(pk=book.pk).update(kind="books")
    wish(kettle, pot)
    KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON)
    search = one_of(pot.owner, offered=[pot], wanted=[kettle, book])

    users = [f"P{each.owner_id}" for each in (kettle, book, pot)]
    assert lines_of(programme) == [
        f"({users[0]}) {kettle.pk} : {pot.pk} {book.pk}",
        f"({users[1]}) {book.pk} :",
        f"({users[2]}) {pot.pk} : %D{search.pk}",
        f"({users[2]}) %D{search.pk} : {kettle.pk} {book.pk}",
    ]
    assert kettle.owner.name not in want_list_of(programme)
    assert f"{kettle.pk} : 电水壶" in want_list_of(programme)


def test_list_leaves_out_what_is_not_on_offer_and_who_is_apart(programme):
    kettle, gone, hidden, apart = things(programme, 4)
    Listing.objects.filter(pk=gone.pk).update(state="withdrawn")
    Listing.objects.filter(pk=hidden.pk).update(hidden_at=NOON)
    for wanted in (gone, hidden, apart):
        wish(kettle, wanted)
    Block.objects.create(owner=apart.owner, blocked=kettle.owner, blocked_at=NOON)

    assert lines_of(programme) == [f"(P{kettle.owner_id}) {kettle.pk} :", f"(P{apart.owner_id}) {apart.pk} :"]


def test_what_is_on_the_common_table_belongs_to_it(programme):
    (kettle,) = things(programme, 1)
    lamp = ListingFactory(programme=programme, state="on_table", is_gift=True)
    wish(kettle, lamp)

    assert lines_of(programme)[1] == f"(TABLE) {lamp.pk} :"
    assert load(round_of(programme).encode()).is_gift == (False, True)


def test_round_of_the_programme_can_be_solved(programme):
    kettle, pot = things(programme, 2)
    wish(kettle, pot)
    wish(pot, kettle)

    for content in (want_list_of(programme), round_of(programme)):
        assert solve(load(content.encode())).trades == 2


def test_list_taken_out_and_in_again_changes_nothing(programme, organiser):
    kettle, book, pot = things(programme, 3)
    Listing.objects.filter(pk=book.pk).update(kind="books")
    wish(kettle, pot)
    KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON)
    search = one_of(pot.owner, offered=[pot], wanted=[kettle, book])
    before = want_list_of(programme)

    for content in (before, round_of(programme)):
        assert taken_in(programme, content, organiser) == Imported(3, 1, 1)

    assert want_list_of(programme) == before
    assert (OneOf.objects.get(), Wish.objects.count(), KindWish.objects.count()) == (search, 1, 1)


def test_wishes_of_the_list_take_the_place_of_those_of_its_things(programme, organiser):
    kettle, fan, pot, wok = things(programme, 4)
    wish(kettle, pot)
    wish(fan, pot)
    text = (
        f"(A) {kettle.pk} : {wok.pk} %one\n(A) %one : {pot.pk} {fan.pk}\n(B) {wok.pk} :\n(C) {pot.pk} :\n(D) {fan.pk} :"
    )
    text = "#! CASE-SENSITIVE\n" + text.replace(f"(D) {fan.pk} :", f"(D) {fan.pk} : {pot.pk}")

    done = taken_in(programme, text, organiser)

    assert done == Imported(thing_count=4, wish_count=2, one_of_count=1)
    assert set(Wish.objects.values_list("listing", "wanted")) == {(kettle.pk, wok.pk), (fan.pk, pot.pk)}
    made = OneOf.objects.get()
    assert (made.owner, made.name) == (kettle.owner, "one")
    assert set(OneOfThing.objects.values_list("listing", "is_wanted")) == {
        (kettle.pk, False),
        (pot.pk, True),
        (fan.pk, True),
    }


def test_faults_are_told_by_line_and_nothing_is_changed(programme, organiser, in_english):
    kettle, pot = things(programme, 2)
    gift = ListingFactory(programme=programme, is_gift=True)
    own = ListingFactory(programme=programme, owner=kettle.owner)
    wish(kettle, pot)

    text = f"(A) {kettle.pk} : 77\n(B) 77 :\n(C) {gift.pk} : {kettle.pk}"
    assert faults(programme, text, organiser) == [
        "Line 2: 77 is no thing on offer in this programme.",
        f"Line 3: {gift.pk} is a gift and asks for nothing.",
    ]
    text = f"(A) {kettle.pk} : {own.pk}\n(B) {own.pk} : %d\n(B) %d : {kettle.pk}"
    assert faults(programme, text, organiser) == [
        f"Line 1: {own.pk} belongs to the person who wants it.",
        f"Line 3: {kettle.pk} belongs to the person who wants it.",
    ]
    text = f"(A) {kettle.pk} : %a\n(A) {pot.pk} : %a\n(A) %a : {own.pk} {gift.pk}\n(D) {own.pk} :\n(E) {gift.pk} :"
    assert "Line 3: %A is wanted for things of several people." in faults(programme, text, organiser)
    text = f"(A) {kettle.pk} : %a\n(A) %a : %b\n(A) %b : {pot.pk}\n(B) {pot.pk} :"
    assert faults(programme, text, organiser) == [
        "Line 2: %A wants another dummy, which no search of a person can say."
    ]
    assert Wish.objects.count() == 1


def test_file_that_is_no_list_is_told_by_line(programme, organiser, in_english):
    with pytest.raises(Refused) as refusal:
        taken_in(programme, "(A) 1 : 2\n(A) 1 : 3", organiser)

    assert refusal.value.code == "want_list_unreadable"
    assert str(refusal.value) == "list.txt, line 2: 1 is there twice."


def test_only_staff_of_the_office_take_a_list_in(programme):
    by = RoleAssignmentFactory().user

    assert code_of(import_want_list, programme, b"", file="list.txt", by=by, at=NOON) == "not_in_charge"
