"""Things on offer, as visitors and their owners look for them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q

from qixue.participation.operations.verification import masked
from qixue.people.models import Resident
from qixue.places.models import Region
from qixue.programme.models import Programme
from qixue.programme.queries.listings import words_condition
from qixue.programme.search import shorter_words, words_of
from qixue.swap.kinds import Kind
from qixue.swap.models import Block, KindWish, Listing, ListingQuerySet, OneOfThing, Wish
from qixue.swap.models.listings import town_of

State = Listing.State


@dataclass(frozen=True)
class Narrowing:
    """What a visitor asks for; empty asks for nothing. `place` is the code of a county or town."""

    words: str = ""
    kind: str = ""
    place: str = ""
    is_gift: bool = False


def apart_from(person: Resident) -> set[int]:
    """Keys of those with whom somebody does not swap: whom they blocked, and who blocked them."""
    pairs = Block.objects.filter(Q(owner=person) | Q(blocked=person)).values_list("owner_id", "blocked_id")
    return {key for pair in pairs for key in pair} - {person.pk}


def shown_to(viewer: Resident | None) -> ListingQuerySet:
    """What is on offer in any published programme, by people with whom the viewer swaps."""
    shown = Listing.objects.open().filter(programme__state__in=Programme.PUBLIC_STATES)
    if viewer and (apart := apart_from(viewer)):
        shown = shown.filter(Q(owner=None) | ~Q(owner__in=apart))
    return shown


def on_offer(programme: Programme, *, viewer: Resident | None = None) -> ListingQuerySet:
    """What can be wished for, the newest first; without those of people with whom the viewer does not swap."""
    return shown_to(viewer).filter(programme=programme).with_details().order_by("-listed_at", "-pk")


def narrowed(listings: ListingQuerySet, asked: Narrowing) -> ListingQuerySet:
    if asked.words.strip():
        listings = listings.filter(words_condition(asked.words, prefix=""))
    if asked.kind:
        listings = listings.filter(kind=asked.kind)
    if asked.place:
        listings = listings.filter(place__path__contains=f"/{asked.place}/")
    return listings.filter(is_gift=True) if asked.is_gift else listings


def found_by_less(listings: ListingQuerySet, asked: Narrowing) -> list[tuple[str, int]]:
    """Where nothing fits: the longest parts of what was asked for with which something does, and how many things.

    All that are equally long; of several words each counts as a part.
    """
    words = [word for word, _is_sound in words_of(asked.words)]
    parts = [*(words if len(words) > 1 else []), *(part for word in words for part in shorter_words(word))]
    parts = list(dict.fromkeys(parts))
    counting = {f"part_{at}": Count("pk", filter=words_condition(part, prefix="")) for at, part in enumerate(parts)}
    counts = narrowed(listings, replace(asked, words="")).order_by().aggregate(**counting) if parts else {}
    hits = [(part, counts[f"part_{at}"]) for at, part in enumerate(parts) if counts[f"part_{at}"]]
    longest = max((len(part) for part, _count in hits), default=0)
    return [(part, count) for part, count in hits if len(part) == longest]


def places_of(listings: ListingQuerySet) -> list[Region]:
    """The towns in which something is, in the order of the official codes."""
    places = Region.objects.filter(pk__in=listings.order_by().values("place")).select_related("parent__parent")
    towns = {town.pk: town for town in map(town_of, places)}
    return sorted(towns.values(), key=lambda town: town.code)


def kinds_of(listings: ListingQuerySet) -> list[tuple[Kind, int]]:
    """The kinds of which there is something, in the order of the kinds, with how many things that is."""
    counts = dict(listings.order_by().values_list("kind").annotate(count=Count("pk")))
    return [(kind, counts[kind]) for kind in Kind if kind in counts]


def own_listings(owner: Resident) -> ListingQuerySet:
    return Listing.objects.filter(owner=owner).with_details().order_by("-listed_at", "-pk")


def can_be_given(owner: Resident, programme: Programme) -> ListingQuerySet:
    """Things of one's own that can be offered for another one."""
    return own_listings(owner).open().filter(programme=programme, state=Listing.State.LISTED, is_gift=False)


def wish_counts(listings: Sequence[Listing]) -> Counter[int]:
    """By key of a thing: how many people would give something for it, whether they wish for it, for one of several or
    for any of its kind. Of whom, nobody is told.
    """
    keys = [listing.pk for listing in listings]
    alone = Wish.objects.filter(wanted__in=keys).values_list("wanted_id", "wisher_id")
    among = OneOfThing.objects.filter(listing__in=keys, is_wanted=True).values_list("listing_id", "wisher_id")
    return Counter(key for key, _wisher in {*alone, *among, *wishers_by_kind(listings)})


def wishers_by_kind(listings: Sequence[Listing]) -> Iterator[tuple[int, int]]:
    """Key of a thing on offer, and of somebody else who would give something for any of its kind."""
    givers = Listing.objects.open().filter(programme__in={each.programme_id for each in listings}, state=State.LISTED)
    kinds = KindWish.objects.filter(kind__in={each.kind for each in listings}, listing__in=givers)
    wishers: dict[tuple[int, str], set[int]] = defaultdict(set)
    for programme, kind, wisher in kinds.values_list("listing__programme", "kind", "listing__owner"):
        wishers[programme, kind].add(wisher)
    owners = {each.owner_id for each in listings if each.owner_id}
    blocks = Block.objects.filter(Q(owner__in=owners) | Q(blocked__in=owners))
    apart = {frozenset(pair) for pair in blocks.values_list("owner_id", "blocked_id")}
    for listing in filter(lambda each: each.is_open, listings):
        for wisher in wishers[listing.programme_id, listing.kind] - {listing.owner_id}:
            if frozenset((wisher, listing.owner_id)) not in apart:
                yield listing.pk, wisher


def public_name(listing: Listing) -> str:
    """What everybody may know of the owner; empty for what is on the common table."""
    is_on_table = listing.state == Listing.State.ON_TABLE
    return "" if listing.owner is None or is_on_table else masked(listing.owner.name)
