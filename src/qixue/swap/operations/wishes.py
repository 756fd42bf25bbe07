"""For what people would give their things. Whose wish it is, the owner of the other thing is never told."""

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qixue.core.form_keys import key_reused
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.people.operations.locks import locked_people
from qixue.swap.kinds import Kind
from qixue.swap.models import Handover, KindWish, Listing, OneOf, OneOfThing, RoundEntry, SwapRound, Wish
from qixue.swap.operations.locks import delete_in_order, lock_things, locked_rounds
from qixue.swap.queries.listings import shown_to

MOST_WISHES = 100  # for one thing of theirs
MOST_ONE_OFS = 20  # of one person
State = Listing.State


@transaction.atomic
def wish_for(
    wanted: Listing, *, wisher: Resident, giving: Collection[int], by: User, at: datetime.datetime
) -> list[Wish]:
    """Say which of one's things one would give for this one, each on its own; none takes the wish back.

    `giving` are keys of listings. Refused: not_yours, own_thing, listing_gone, other_programme, gives_nothing,
    in_a_search, too_many_wishes.
    """
    hold(wisher, [*giving, wanted.pk], by)
    own, wanted = own_things(wisher, giving), things_of_others(wisher, [wanted.pk])[0]
    check_programme([*own, wanted])
    if own:
        check_no_search(wanted, wisher)
    there = Wish.objects.filter(wanted=wanted, wisher=wisher)
    there.exclude(listing__in=own).delete()
    known = set(there.values_list("listing_id", flat=True))
    added = [each for each in own if each.pk not in known]
    check_room(added)
    made = Wish.objects.bulk_create(
        Wish(listing=each, wanted=wanted, wisher=wisher, owner=wanted.owner, wished_at=at) for each in added
    )
    record_audit("wish.set", wanted, by=by, at=at, details={"listings": [each.pk for each in own]})
    return made


@transaction.atomic
def wish_for_kinds(
    listing: Listing, *, wisher: Resident, kinds: Collection[str], by: User, at: datetime.datetime
) -> None:
    """Say for which kinds of things one would give this one, whichever it is; none takes that back.

    Refused: not_yours, gives_nothing.
    """
    if unknown := set(kinds) - set(Kind.values):
        raise ValueError(f"There is no kind {sorted(unknown)}.")
    hold(wisher, [listing.pk], by)
    (listing,) = own_things(wisher, [listing.pk])
    there = KindWish.objects.filter(listing=listing)
    there.exclude(kind__in=kinds).delete()
    known = set(there.values_list("kind", flat=True))
    KindWish.objects.bulk_create(
        KindWish(listing=listing, kind=kind, wished_at=at) for kind in sorted(set(kinds) - known)
    )
    record_audit("wish.kinds_set", listing, by=by, at=at, details={"kinds": sorted(kinds)})


@dataclass(frozen=True)
class OneOfDetails:
    """`offered` and `wanted` are keys of listings: one's own, and of others."""

    name: str
    offered: Collection[int]
    wanted: Collection[int]


@transaction.atomic
def save_one_of(owner: Resident, *, details: OneOfDetails, key: uuid.UUID, by: User, at: datetime.datetime) -> OneOf:
    """Say that one wants one of several things and no more, for one of several of one's own.

    `key` is that of the form, or of the one that is changed: saved again with it, it is said anew.
    Refused: not_yours, key_reused, name_missing, name_taken, too_few_wanted, too_many_one_ofs, own_thing, listing_gone,
    other_programme, gives_nothing.
    """
    searches = OneOf.objects.filter(owner=owner, client_uuid=key)
    hold(owner, [*details.offered, *details.wanted], by, searches=searches)
    own, wanted = own_things(owner, details.offered), things_of_others(owner, details.wanted)
    check_programme([*own, *wanted])
    one_of = OneOf.objects.filter(client_uuid=key).first() or OneOf(owner=owner, client_uuid=key)
    check_one_of(one_of, owner, details, own)
    one_of.name, one_of.made_at = details.name.strip(), at
    if one_of.pk:
        delete_in_order(OneOfThing.objects.filter(one_of=one_of))
    one_of.save()
    things = [OneOfThing(one_of=one_of, listing=each, is_wanted=False) for each in own]
    things += [OneOfThing(one_of=one_of, listing=each, is_wanted=True) for each in wanted]
    for thing in things:
        thing.wisher, thing.owner = owner, thing.listing.owner
    OneOfThing.objects.bulk_create(things)
    Wish.objects.filter(wisher=owner, wanted__in=wanted).delete()  # whatever is given for it: it would be one more
    record_audit("one_of.saved", one_of, by=by, at=at, details={"things": len(things)})
    return one_of


def check_one_of(one_of: OneOf, owner: Resident, details: OneOfDetails, own: Collection[Listing]) -> None:
    name = details.name.strip()
    if one_of.owner_id != owner.pk:
        raise key_reused()
    if not name:
        raise Refused(
            "name_missing", _("Please say in a word what you look for, for example a rice cooker."), field="name"
        )
    if OneOf.objects.filter(owner=owner, name=name).exclude(pk=one_of.pk).exists():
        raise Refused("name_taken", _("You have said this of a search of yours already."), field="name")
    if not own:
        raise Refused("nothing_offered", _("Please choose what you would give."), field="offered")
    if len(set(details.wanted)) < 2:
        sentence = _("Please choose two or more things of which you want one. For a single thing, open its page.")
        raise Refused("too_few_wanted", sentence, field="wanted")
    if one_of.pk is None and OneOf.objects.filter(owner=owner).count() >= MOST_ONE_OFS:
        sentence = _("You have %(most)s searches of this kind, which is the most. Please end one first.")
        raise Refused("too_many_one_ofs", sentence, most=MOST_ONE_OFS)


@transaction.atomic
def drop_one_of(one_of: OneOf, *, by: User, at: datetime.datetime) -> None:
    """Take it back. Refused: not_yours."""
    if one_of.owner.user_id != by.pk:
        raise Refused("not_yours", _("This is not a search of yours."))
    searches = OneOf.objects.filter(pk=one_of.pk)
    hold(one_of.owner, [], by, searches=searches)
    if not searches.exists():  # served just now, or dropped in another window
        return
    delete_in_order(OneOfThing.objects.filter(one_of=one_of))
    record_audit("one_of.dropped", one_of, by=by, at=at)
    one_of.delete()


def hold(person: Resident, keys: Collection[int], by: User, *, searches: QuerySet[OneOf] | None = None) -> None:
    """Lock somebody, so that limits hold, with all of their things and those that they wish for: none is withdrawn
    meanwhile. Likewise what their searches are about so far, and the rounds that may serve them. Refused: not_yours.
    """
    if person.user_id != by.pk:
        raise Refused("not_yours", _("You can wish for yourself only."))
    locked_people([person.pk])
    if searches is not None:
        locked_rounds(rounds_that_may_serve(searches))
        keys = {*keys, *OneOfThing.objects.filter(one_of__in=searches).values_list("listing_id", flat=True)}
    own = Listing.objects.filter(owner=person).exclude(state__in=Listing.OVER_STATES).values_list("pk", flat=True)
    lock_things(and_also={*own, *keys})


def rounds_that_may_serve(searches: QuerySet[OneOf]) -> QuerySet[SwapRound]:
    """Those with a hand-over planned for one, or with a thing in them that one offers. While the person is locked, none
    is added: only they put their things into a round, and only a round with such a thing plans such a hand-over.
    """
    planned = Handover.objects.filter(one_of__in=searches, state=Handover.State.PLANNED)
    offered = OneOfThing.objects.filter(one_of__in=searches, is_wanted=False)
    there = RoundEntry.objects.filter(listing__in=offered.values("listing"), state=RoundEntry.State.IN)
    return SwapRound.objects.filter(Q(pk__in=planned.values("round")) | Q(pk__in=there.values("round")))


def own_things(owner: Resident, keys: Collection[int]) -> list[Listing]:
    """One's own things on offer. Refused: not_yours, gives_nothing."""
    own = list(Listing.objects.open().filter(owner=owner, pk__in=keys, state=State.LISTED).order_by("pk"))
    if len(own) != len(set(keys)):
        raise Refused("not_yours", _("One of these is not a thing of yours, or is not on offer any more."))
    if any(each.is_gift for each in own):
        raise Refused("gives_nothing", _("A gift asks for nothing in return. Please offer the thing for a swap first."))
    return own


def things_of_others(wisher: Resident, keys: Collection[int]) -> list[Listing]:
    """What others have on offer. Refused: own_thing, listing_gone; the same for what is gone and for who is apart."""
    found = list(shown_to(wisher).filter(pk__in=keys).select_related("owner").order_by("pk"))
    if any(each.owner_id == wisher.pk for each in found):
        raise Refused("own_thing", _("This is a thing of your own."))
    if len(found) != len(set(keys)):
        raise Refused("listing_gone", _("One of these things is not on offer any more. Nothing was changed."))
    return found


def check_programme(things: Iterable[Listing]) -> None:
    """What is given and what is had are of one programme. Refused: other_programme."""
    if len({each.programme_id for each in things}) > 1:
        raise Refused("other_programme", _("This thing is listed in another programme."))


def check_no_search(wanted: Listing, wisher: Resident) -> None:
    """Refused: in_a_search, since with a wish of its own it could come beside another one of the search."""
    if among := OneOf.objects.filter(owner=wisher, things__listing=wanted, things__is_wanted=True).first():
        sentence = _("In “%(name)s” you want this or another thing, and no more. Please change that search first.")
        raise Refused("in_a_search", sentence, name=among.name)


def check_room(own: Iterable[Listing]) -> None:
    """Refused: too_many_wishes."""
    for each in own:
        if Wish.objects.filter(listing=each).count() >= MOST_WISHES:
            sentence = _("For %(title)s you wish for %(most)s things, which is the most. Please take one back first.")
            raise Refused("too_many_wishes", sentence, title=each.title, most=MOST_WISHES)
