"""Want lists out and in: nothing is lost on the way, and what is wrong is told by its line."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOON, ProgrammeFactory, RoleAssignmentFactory
from tests.factories_swap import ListingFactory, one_of, swap_organiser, wish
from tests.swap.operations.test_listings import code_of

from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.swap.matching import load, solve
from qixue.swap.models import Block, KindWish, Listing, OneOf, OneOfThing, Wish
from qixue.swap.operations.want_lists import Imported, import_want_list
from qixue.swap.operations.wishes import OneOfDetails, save_one_of, wish_for
from qixue.swap.queries.want_lists import round_of, want_list_of

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
LINE_OF_SECOND = 21  # of the JSON below


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
    return [line for line in want_list_of(programme, at=NOON).splitlines() if line.startswith("(")]


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
    assert kettle.owner.name not in want_list_of(programme, at=NOON)
    assert f"{kettle.pk} : 电水壶" in want_list_of(programme, at=NOON)


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
    assert load(round_of(programme, at=NOON).encode()).is_gift == (False, True)


def test_round_of_the_programme_can_be_solved(programme):
    kettle, pot = things(programme, 2)
    wish(kettle, pot)
    wish(pot, kettle)

    for content in (want_list_of(programme, at=NOON), round_of(programme, at=NOON)):
        assert solve(load(content.encode())).trades == 2


def test_list_taken_out_and_in_again_changes_nothing(programme, organiser):
    kettle, book, pot = things(programme, 3)
    Listing.objects.filter(pk=book.pk).update(kind="books")
    wish(kettle, pot)
    KindWish.objects.create(listing=kettle, kind="books", wished_at=NOON)
    search = one_of(pot.owner, offered=[pot], wanted=[kettle, book])
    before = want_list_of(programme, at=NOON)

    for content in (before, round_of(programme, at=NOON)):
        assert taken_in(programme, content, organiser) == Imported(3, 1, 1)

    assert want_list_of(programme, at=NOON) == before
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


def test_list_that_nobody_changed_takes_nothing_away(programme, organiser):
    """Neither what it leaves out nor what people have said since it was taken out."""
    kettle, hidden, spoken_for, pot, wok = things(programme, 5)
    Listing.objects.filter(pk=hidden.pk).update(hidden_at=NOON)
    Listing.objects.filter(pk=spoken_for.pk).update(state="in_exchange")
    for wanted in (hidden, spoken_for, pot):
        wish(kettle, wanted)
    off = one_of(pot.owner, offered=[pot], wanted=[hidden, spoken_for], name="都不在")
    half = one_of(kettle.owner, offered=[kettle], wanted=[hidden, wok], name="还有一个")
    for content in (want_list_of(programme, at=NOON), round_of(programme, at=NOON)):
        wish_for(kettle, wisher=wok.owner, giving=[wok.pk], by=wok.owner.user, at=NOON + MINUTE)
        OneOf.objects.filter(pk=off.pk).update(made_at=NOON)
        before = [set(rows.values_list()) for rows in (Wish.objects, OneOf.objects, OneOfThing.objects)]

        done = import_want_list(programme, content.encode(), file="list", by=organiser, at=NOON + 2 * MINUTE)

        assert [set(rows.values_list()) for rows in (Wish.objects, OneOf.objects)] == before[:2]
        assert set(half.things.values_list("listing", "is_wanted")) == {
            (kettle.pk, False),
            (hidden.pk, True),
            (wok.pk, True),
        }
        assert off.things.count() == 3
        assert done == Imported(3, 4, 1)


def test_search_said_anew_since_the_list_was_taken_out_stays(programme, organiser):
    kettle, pot, wok, fan = things(programme, 4)
    search = one_of(kettle.owner, offered=[kettle], wanted=[pot, wok])
    content = want_list_of(programme, at=NOON)
    chosen = OneOfDetails(name=search.name, offered=[kettle.pk], wanted=[pot.pk, fan.pk])
    act = {"by": kettle.owner.user, "at": NOON + MINUTE}
    save_one_of(kettle.owner, details=chosen, key=search.client_uuid, **act)

    import_want_list(programme, content.encode(), file="list.txt", by=organiser, at=NOON + 2 * MINUTE)

    assert set(search.things.filter(is_wanted=True).values_list("listing", flat=True)) == {pot.pk, fan.pk}


def test_dummy_for_which_nothing_is_given_any_more_is_given_nothing(programme, organiser):
    kettle, pot, wok = things(programme, 3)
    search = one_of(kettle.owner, offered=[kettle], wanted=[pot, wok])
    content = want_list_of(programme, at=NOON).replace(f") {kettle.pk} : %D{search.pk}", f") {kettle.pk} :")

    taken_in(programme, content, organiser)

    assert not search.things.filter(is_wanted=False).exists()


def test_wish_beside_a_search_for_the_same_thing_is_not_taken_in(programme, organiser):
    """It could bring two."""
    kettle, pot, wok = things(programme, 3)
    fan = ListingFactory(programme=programme, owner=kettle.owner)
    one_of(kettle.owner, offered=[kettle], wanted=[pot, wok])

    taken_in(programme, f"(A) {fan.pk} : {pot.pk}\n(B) {pot.pk} :", organiser)

    assert not Wish.objects.exists()


def test_search_of_the_list_leaves_out_who_is_apart(programme, organiser):
    kettle, pot, wok = things(programme, 3)
    Block.objects.create(owner=wok.owner, blocked=kettle.owner, blocked_at=NOON)
    text = f"(A) {kettle.pk} : %one\n(A) %one : {pot.pk} {wok.pk}\n(B) {pot.pk} :\n(C) {wok.pk} :"

    taken_in(programme, text, organiser)

    assert list(OneOfThing.objects.filter(is_wanted=True).values_list("listing", flat=True)) == [pot.pk]


def test_things_are_read_after_their_people_and_they_are_held(programme, organiser):
    """What is taken back or given away while a list waits its turn is told as a fault."""
    kettle, pot = things(programme, 2)

    with CaptureQueriesContext(connection) as asked:
        taken_in(programme, f"(A) {kettle.pk} : {pot.pk}\n(B) {pot.pk} :", organiser)

    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    tables = [sql.split(' FROM "')[1].split('"')[0] for sql in reads if ' FROM "' in sql]
    held = tables.index("people_resident")
    assert tables[held - 1 : held + 3] == ["swap_listing", "people_resident", "swap_listing", "swap_listing"]


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ("%one", "one", "one stands for the same search as %one."),
        ("%" + "锅" * 40, "%" + "锅" * 41, "%" + "锅" * 41 + " stands for the same search as %" + "锅" * 40 + "."),
        ("%one", "%", "% says nothing of what is looked for."),
    ],
)
def test_dummies_that_are_no_searches_of_their_own_are_faults(programme, organiser, in_english, first, second, line):
    kettle, pot, wok = things(programme, 3)
    ids = [str(each.pk) for each in (kettle, pot, wok)]
    items = [
        {"id": ids[0], "user": "A", "wants": [first, second]},
        {"id": first, "user": "A", "dummy": True, "wants": ids[1:]},
        {"id": second, "user": "A", "dummy": True, "wants": ids[1:]},
        *({"id": each, "user": each} for each in ids[1:]),
    ]

    assert faults(programme, json.dumps({"items": items}, indent=1), organiser) == [f"Line {LINE_OF_SECOND}: {line}"]


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
