"""Saying for what one would give one's things; keeping apart from somebody."""

import pytest
from tests.factories import NOON, MemberFactory, ProgrammeFactory, key
from tests.factories_swap import ListingFactory, one_of, wish
from tests.swap.operations.test_listings import code_of

from qixue.people.models import Resident
from qixue.programme.models import Programme
from qixue.swap.models import Block, KindWish, Listing, OneOf, OneOfThing, Wish
from qixue.swap.operations import wishes
from qixue.swap.operations.blocks import block_owner, lift_block
from qixue.swap.operations.wishes import OneOfDetails, drop_one_of, save_one_of, wish_for, wish_for_kinds
from qixue.swap.queries.listings import on_offer, wish_counts

pytestmark = pytest.mark.django_db


def thing(**values: object) -> Listing:
    """On offer, in the one programme that there is."""
    programme = Programme.objects.first() or ProgrammeFactory()
    return ListingFactory(**{"programme": programme, **values})


def act_of(person: Resident) -> dict[str, object]:
    return {"by": person.user, "at": NOON}


def wished(wanted: Listing, person: Resident, *giving: Listing) -> list[Wish]:
    return wish_for(wanted, wisher=person, giving=[each.pk for each in giving], **act_of(person))


def test_wish_says_which_things_one_would_give_and_replaces_what_was_said():
    person = MemberFactory()
    kettle, fan, lamp = thing(owner=person), thing(owner=person), thing()

    wished(lamp, person, kettle)
    wished(lamp, person, kettle, fan)
    assert set(Wish.objects.values_list("listing", "wanted", "owner")) == {
        (kettle.pk, lamp.pk, lamp.owner_id),
        (fan.pk, lamp.pk, lamp.owner_id),
    }
    assert wish_counts([lamp, kettle]) == {lamp.pk: 1}

    wished(lamp, person)
    assert not Wish.objects.exists()


def test_wishes_that_cannot_be():
    person = MemberFactory()
    kettle, gift = thing(owner=person), thing(owner=person, is_gift=True)
    lamp = thing()

    assert code_of(wished, kettle, person, kettle) == "own_thing"
    assert code_of(wished, lamp, person, lamp) == "not_yours"
    assert code_of(wished, lamp, person, gift) == "gives_nothing"
    assert code_of(wished, thing(state="withdrawn"), person, kettle) == "listing_gone"
    assert code_of(wished, thing(hidden_at=NOON), person, kettle) == "listing_gone"
    assert code_of(wish_for, lamp, wisher=person, giving=[kettle.pk], **act_of(MemberFactory())) == "not_yours"
    assert code_of(wished, thing(programme=ProgrammeFactory()), person, kettle) == "other_programme"
    draft = ProgrammeFactory(state=Programme.State.DRAFT)
    assert code_of(wished, thing(programme=draft), person, thing(owner=person, programme=draft)) == "listing_gone"


def test_wishes_for_one_thing_have_a_limit(monkeypatch):
    monkeypatch.setattr(wishes, "MOST_WISHES", 1)
    kettle = thing()
    wish(kettle, thing())

    assert code_of(wished, thing(), kettle.owner, kettle) == "too_many_wishes"


def test_what_lies_on_the_common_table_can_be_wished_for():
    kettle, lamp = thing(), thing(owner=None, state="on_table", is_gift=True)

    wished(lamp, kettle.owner, kettle)

    assert Wish.objects.get().owner is None


def test_wish_for_kinds_is_set_and_taken_back():
    kettle = thing()
    person = kettle.owner

    for kinds in (["books", "toys"], ["toys"]):
        wish_for_kinds(kettle, wisher=person, kinds=kinds, **act_of(person))

    assert list(KindWish.objects.values_list("kind", flat=True)) == ["toys"]
    with pytest.raises(ValueError, match="gold"):
        wish_for_kinds(kettle, wisher=person, kinds=["gold"], **act_of(person))


def saved(person: Resident, offered: list[Listing], wanted: list[Listing], **values: object) -> OneOf:
    chosen = {"offered": [each.pk for each in offered], "wanted": [each.pk for each in wanted]}
    found = OneOfDetails(**{"name": "电饭煲", **chosen, **values.pop("details", {})})
    return save_one_of(person, details=found, **{"key": key(), **act_of(person), **values})


def test_one_of_several_is_saved_changed_and_dropped():
    kettle, lamp, pot, wok = (thing() for _number in range(4))
    person, form = kettle.owner, key()

    made = saved(person, [kettle], [lamp, pot], key=form)
    assert saved(person, [kettle], [pot, wok], key=form, details={"name": "锅"}) == made

    assert OneOf.objects.get().name == "锅"
    assert set(OneOfThing.objects.values_list("listing", "is_wanted")) == {
        (kettle.pk, False),
        (pot.pk, True),
        (wok.pk, True),
    }
    assert code_of(drop_one_of, made, **act_of(MemberFactory())) == "not_yours"
    drop_one_of(made, **act_of(person))
    assert not OneOfThing.objects.exists()


def test_one_of_several_never_brings_two():
    """Neither by a wish that was there, whatever would be given for it, nor by one that is made afterwards."""
    kettle, lamp, pot, wok = (thing() for _number in range(4))
    person = kettle.owner
    fan = thing(owner=person)
    for wanted in (lamp, wok):
        wish(fan, wanted)

    saved(person, [kettle], [lamp, pot])

    assert list(Wish.objects.values_list("listing", "wanted")) == [(fan.pk, wok.pk)]
    assert code_of(wished, lamp, person, fan) == "in_a_search"
    assert wished(lamp, person) == []  # taking nothing back is no wish


def test_search_of_somebody_else_bars_no_wish():
    kettle, lamp, pot = (thing() for _number in range(3))
    one_of(pot.owner, offered=[pot], wanted=[lamp, kettle])

    assert len(wished(lamp, kettle.owner, kettle)) == 1


def test_one_of_several_that_cannot_be(monkeypatch):
    kettle, lamp, pot = (thing() for _number in range(3))
    person, form = kettle.owner, key()
    saved(person, [kettle], [lamp, pot], key=form)

    assert code_of(saved, person, [kettle], [lamp, pot]) == "name_taken"
    assert code_of(saved, person, [kettle], [lamp], details={"name": "灯"}) == "too_few_wanted"
    assert code_of(saved, person, [], [lamp, pot], details={"name": "灯"}) == "nothing_offered"
    assert code_of(saved, person, [kettle], [lamp, pot], details={"name": " "}) == "name_missing"
    assert code_of(saved, lamp.owner, [lamp], [kettle, pot], key=form) == "key_reused"
    elsewhere = thing(programme=ProgrammeFactory())
    assert code_of(saved, person, [kettle], [lamp, elsewhere], details={"name": "灯"}) == "other_programme"
    monkeypatch.setattr(wishes, "MOST_ONE_OFS", 1)
    assert code_of(saved, person, [kettle], [lamp, pot], details={"name": "灯"}) == "too_many_one_ofs"


def test_who_is_apart_sees_nothing_of_the_other_and_no_wish_stays():
    kettle, lamp = thing(), thing()
    wish(kettle, lamp)
    wish(lamp, kettle)

    block = block_owner(lamp, person=kettle.owner, **act_of(kettle.owner))

    assert block_owner(lamp, person=kettle.owner, **act_of(kettle.owner)) == block
    assert not Wish.objects.exists()
    assert list(on_offer(kettle.programme, viewer=kettle.owner)) == [kettle]
    assert list(on_offer(kettle.programme, viewer=lamp.owner)) == [lamp]
    assert set(on_offer(kettle.programme)) == {kettle, lamp}
    assert code_of(wished, kettle, lamp.owner, lamp) == "listing_gone"

    assert code_of(lift_block, block, **act_of(lamp.owner)) == "not_yours"
    lift_block(block, **act_of(kettle.owner))
    assert len(wished(kettle, lamp.owner, lamp)) == 1


def test_nobody_is_kept_apart_from_themselves_or_from_nobody():
    kettle = thing()
    on_table = thing(owner=None, state="on_table", is_gift=True)

    assert code_of(block_owner, kettle, person=kettle.owner, **act_of(kettle.owner)) == "own_thing"
    assert code_of(block_owner, on_table, person=kettle.owner, **act_of(kettle.owner)) == "no_owner"
    assert not Block.objects.exists()
