"""What people offer and wish for in a programme, as the entries of a round."""

import datetime
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from qixue.programme.models import Programme
from qixue.swap.matching.reading import Entry
from qixue.swap.matching.writing import round_json, want_list_text
from qixue.swap.models import Block, KindWish, Listing, OneOfThing, Wish

TABLE = "TABLE"  # to whom the things on the common table belong
DUMMY = "%D"
TAKEN_OUT = "taken-out-at:"


def entries_of(listings: Iterable[Listing]) -> list[Entry]:
    """The things with what their owners would take for each of them, then the dummies.

    Wishes for things that are not among the listings are left out, and so are those between people who are apart. A
    wish for a kind is one for everything of that kind which others offer. People are numbers, things their keys.
    """
    things = {listing.pk: listing for listing in sorted(listings, key=lambda each: each.pk)}
    wants = wanted_of(things)
    dummies = list(dummies_of(things, wants))
    entries = [
        Entry(
            id=str(pk),
            user=person(listing),
            wants=[] if listing.is_gift else [str(each) for each in wants[pk]],
            line=0,
            is_gift=listing.is_gift,
            kind=listing.kind,
            place=listing.town.code,
        )
        for pk, listing in things.items()
    ]
    return entries + dummies


def wanted_of(things: dict[int, Listing]) -> dict[int, dict[int | str, None]]:
    """By thing what is wanted for it, in the order of the keys: single ones first, then those of a kind."""
    apart = pairs_apart()
    wants: dict[int, dict[int | str, None]] = defaultdict(dict)
    rows = Wish.objects.filter(listing__in=things, wanted__in=things).order_by("listing", "wanted")
    found = list(rows.values_list("listing_id", "wanted_id"))
    by_kind: dict[str, list[int]] = defaultdict(list)
    for pk, listing in things.items():
        by_kind[listing.kind].append(pk)
    kinds = KindWish.objects.filter(listing__in=things).order_by("listing", "kind").values_list("listing_id", "kind")
    found += [(pk, other) for pk, kind in kinds for other in by_kind[kind]]
    for pk, other in found:
        if may_swap(things[pk], things[other], apart):
            wants[pk][other] = None
    return wants


def dummies_of(things: dict[int, Listing], wants: dict[int, dict[int | str, None]]) -> Iterator[Entry]:
    """One for each "any of these, one only" that has both sides; it is added to the wants of what is offered for it."""
    apart = pairs_apart()
    sides: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    rows = OneOfThing.objects.filter(listing__in=things).order_by("one_of", "listing")
    for one_of, pk, is_wanted in rows.values_list("one_of_id", "listing_id", "is_wanted"):
        sides[one_of][is_wanted].append(pk)
    for one_of, (offered, wanted) in sides.items():
        given = [pk for pk in offered if not things[pk].is_gift]
        taken = [pk for pk in wanted if given and may_swap(things[given[0]], things[pk], apart)]
        if taken:
            for pk in given:
                wants[pk][f"{DUMMY}{one_of}"] = None
            yield Entry(f"{DUMMY}{one_of}", person(things[given[0]]), [str(pk) for pk in taken], 0, is_dummy=True)


def pairs_apart() -> set[frozenset[int]]:
    return {frozenset(pair) for pair in Block.objects.values_list("owner_id", "blocked_id")}


def may_swap(one: Listing, other: Listing, apart: set[frozenset[int]]) -> bool:
    if person(one) == person(other):
        return False
    return TABLE in (person(one), person(other)) or frozenset((one.owner_id or 0, other.owner_id or 0)) not in apart


def person(listing: Listing) -> str:
    """A number that says nothing to others; what is on the common table belongs to the table."""
    return TABLE if listing.state == Listing.State.ON_TABLE or listing.owner_id is None else f"P{listing.owner_id}"


def open_listings(programme: Programme) -> list[Listing]:
    return list(Listing.objects.open().filter(programme=programme).select_related("place__parent").order_by("pk"))


def want_list_of(programme: Programme, *, at: datetime.datetime) -> str:
    """The want list of all that is open, for programs of swap traders. It names things, and no people."""
    listings = open_listings(programme)
    names = {str(each.pk): f"{each.title} ({each.get_kind_display()}, {each.town.name})" for each in listings}
    return want_list_text(entries_of(listings), names, [programme.name, f"{TAKEN_OUT} {at.isoformat()}"])


def round_of(programme: Programme, *, at: datetime.datetime) -> str:
    """The same as JSON, with kinds, towns and gifts, which `qixue swap solve` reads."""
    return round_json(entries_of(open_listings(programme)), taken_out_at=at.isoformat()) + "\n"


def taken_out_at(content: bytes) -> datetime.datetime | None:
    """When a list that can be read was taken out; None for one that does not say so."""
    text = content.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        said = json.loads(text).get("taken_out_at")
    else:
        line = re.search(rf"^# {TAKEN_OUT} (\S+)\s*$", text, re.MULTILINE)
        said = line and line[1]
    try:
        moment = datetime.datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
