"""Taking in a want list: what was gathered on paper at a fair, or changed with the tools of swap traders."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import Resident, User
from qixue.people.operations.locks import held_people
from qixue.programme.models import Programme
from qixue.swap.matching.reading import BadRound, Entry, assembled, parsed
from qixue.swap.matching.refusals import NO_ROUND
from qixue.swap.models import KindWish, Listing, OneOf, OneOfThing, Wish
from qixue.swap.queries.want_lists import DUMMY, may_swap, pairs_apart, taken_out_at
from qixue.swap.rules import may_manage_swaps

MOST_FAULTS = 20  # that are told at once
LONGEST_NAME = 40  # of a search; what a dummy has more is cut off


@dataclass
class Imported:
    """What became of a list: how many things were in it, and the wishes and searches that they have now."""

    thing_count: int = 0
    wish_count: int = 0
    one_of_count: int = 0


@dataclass
class Page:
    """A list beside the things that it is about. What was said after `moment` the list does not know."""

    entries: list[Entry]
    things: dict[str, Listing]
    file: str
    moment: datetime.datetime
    searches: dict[str, OneOf] = field(default_factory=dict)  # by dummy; new ones are not saved yet
    faults: list[str] = field(default_factory=list)

    @cached_property
    def items(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_dummy]

    @cached_property
    def dummies(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries if entry.is_dummy}

    @cached_property
    def offered(self) -> dict[str, list[Listing]]:
        """By dummy the things that are given for it."""
        offered = defaultdict(list)
        for entry in self.items:
            for wanted in dict.fromkeys(entry.wants):
                if wanted in self.dummies:
                    offered[wanted].append(self.things[entry.id])
        return offered

    @property
    def keys(self) -> list[int]:
        return [thing.pk for thing in self.things.values()]

    @property
    def owners(self) -> set[int]:
        return {thing.owner_id for thing in self.things.values() if thing.owner_id}

    def blame(self, entry: Entry, sentence: str, **values: object) -> None:
        """Note what is wrong in the line of an entry."""
        self.faults.append(gettext("Line %(line)s: ") % {"line": entry.line} + sentence % values)


@transaction.atomic
def import_want_list(programme: Programme, content: bytes, *, file: str, by: User, at: datetime.datetime) -> Imported:
    """Put the wishes of the list in the place of those between its things; all or none. What is not in it stays.

    So do wishes and searches said after the list was taken out, where it says when that was. A dummy becomes a search
    of its person, in the place of the one with its name. What a kind wish or a search says already is not said again.
    Refused: not_in_charge, want_list_unreadable, want_list_wrong with a line for each fault.
    """
    if not may_manage_swaps(by, programme):
        raise Refused("not_in_charge", _("Only staff of the office that keeps the programme can take a want list in."))
    entries = read_entries(content, file)
    page = Page(entries, held_things(programme, entries), file, moment=min(at, taken_out_at(content) or at))
    check(page, at=at)
    if page.faults:
        sentence = ngettext(
            "%(file)s was not taken in: one line has to be changed.",
            "%(file)s was not taken in: %(count)s lines have to be changed.",
            len(page.faults),
        )
        raise Refused(
            "want_list_wrong",
            sentence,
            lines=page.faults[:MOST_FAULTS],
            field="file",
            file=file,
            count=len(page.faults),
        )
    replace_one_ofs(page)
    done = Imported(len(page.items), replace_wishes(page, at=at), len(page.searches))
    record_audit("want_list.imported", programme, by=by, at=at, details=vars(done))
    return done


def held_things(programme: Programme, entries: list[Entry]) -> dict[str, Listing]:
    """What of the list is on offer, by id. Its people are locked, then all its things: while it is taken in, nobody
    leaves or keeps apart from another, and nothing is taken back or given away.
    """
    keys = [int(entry.id) for entry in entries if re.fullmatch(r"[0-9]{1,18}", entry.id)]
    named = Listing.objects.filter(programme=programme, pk__among=keys).order_by("pk")
    held_people(set(named.filter(owner__isnull=False).values_list("owner_id", flat=True)))
    list(named.select_for_update(no_key=True).values_list("pk"))
    return {str(each.pk): each for each in named.open().select_related("owner")}


def read_entries(content: bytes, file: str) -> list[Entry]:
    """The entries, each with its line. Refused: want_list_unreadable."""
    try:
        entries, lines = parsed(content)
        assembled(entries, lines, digest="")
    except BadRound as bad:
        sentence = gettext(NO_ROUND[bad.code])
        raise Refused("want_list_unreadable", sentence, field="file", file=file, line=bad.line, name=bad.name) from bad
    for entry in entries:
        entry.line = lines.of(entry.id) if lines else entry.line
    return entries


def check(page: Page, *, at: datetime.datetime) -> None:
    """Note every fault in the page."""
    for entry in page.items:
        if entry.id not in page.things:
            page.blame(entry, gettext("%(name)s is no thing on offer in this programme."), name=entry.id)
        elif page.things[entry.id].is_gift and entry.wants:
            page.blame(entry, gettext("%(name)s is a gift and asks for nothing."), name=entry.id)
    for entry in page.entries:
        if entry.is_dummy and any(wanted in page.dummies for wanted in entry.wants):
            page.blame(
                entry, gettext("%(name)s wants another dummy, which no search of a person can say."), name=entry.id
            )
    if not page.faults:
        check_owners(page)
    if not page.faults:
        find_searches(page, at=at)


def check_owners(page: Page) -> None:
    """Whose things they are is known here, whatever the file calls the people."""
    for entry in page.items:
        for wanted in entry.wants:
            if wanted not in page.dummies and page.things[wanted].owner_id == page.things[entry.id].owner_id:
                page.blame(entry, gettext("%(name)s belongs to the person who wants it."), name=wanted)
    for name, dummy in page.dummies.items():
        givers = {thing.owner_id for thing in page.offered.get(name, [])}
        if len(givers) > 1:
            page.blame(dummy, gettext("%(name)s is wanted for things of several people."), name=name)
        for wanted in dummy.wants:
            if page.things[wanted].owner_id in givers:
                page.blame(dummy, gettext("%(name)s belongs to the person who wants it."), name=wanted)


def find_searches(page: Page, *, at: datetime.datetime) -> None:
    """What each dummy with both sides stands for: what the export called so, a search of its name, or a new one."""
    known: dict[tuple[Resident | None, int | str], OneOf] = {}
    for one_of in OneOf.objects.filter(owner__pk__among=page.owners).select_related("owner"):
        known[one_of.owner, one_of.pk] = known[one_of.owner, one_of.name] = one_of
    first: dict[tuple[Resident | None, str], str] = {}
    for name, dummy in page.dummies.items():
        if not (page.offered.get(name) and dummy.wants):
            continue
        owner = page.offered[name][0].owner
        bare = name.split(" for user ")[0].removeprefix("%")[:LONGEST_NAME].strip()
        found = known.get((owner, exported_key(name))) or known.get((owner, bare))
        found = found or OneOf(owner=owner, name=bare, made_at=at)
        page.searches[name] = found
        if not bare:
            page.blame(dummy, gettext("%(name)s says nothing of what is looked for."), name=name)
        elif (other := first.setdefault((owner, found.name), name)) != name:
            page.blame(dummy, gettext("%(name)s stands for the same search as %(other)s."), name=name, other=other)


def exported_key(name: str) -> int:
    """Of the search that the export calls so; 0 for other names."""
    match = re.fullmatch(rf"{re.escape(DUMMY)}([0-9]{{1,18}})", name.split(" for user ")[0])
    return int(match[1]) if match else 0


def replace_one_ofs(page: Page) -> None:
    """The dummies, as searches. One that was said anew since, or that is not in the list, stays as it is."""
    apart = pairs_apart()
    rows: list[OneOfThing] = []
    replaced = []
    for name, one_of in page.searches.items():
        if one_of.pk and one_of.made_at > page.moment:
            continue
        if one_of.pk is None:
            one_of.save()
        offered, wants = page.offered[name], dict.fromkeys(page.dummies[name].wants)
        wanted = [page.things[each] for each in wants if may_swap(offered[0], page.things[each], apart)]
        rows += things_of(one_of, offered, is_wanted=False) + things_of(one_of, wanted, is_wanted=True)
        replaced.append(one_of.pk)
    listed = OneOfThing.objects.filter(listing__pk__among=page.keys)
    listed.filter(one_of__pk__among=replaced).delete()
    unused = [exported_key(name) for name in page.dummies if name not in page.searches]
    listed.filter(one_of__pk__among=unused, one_of__made_at__lte=page.moment, is_wanted=False).delete()
    OneOfThing.objects.bulk_create(rows)


def things_of(one_of: OneOf, listings: list[Listing], *, is_wanted: bool) -> list[OneOfThing]:
    return [
        OneOfThing(one_of=one_of, listing=each, is_wanted=is_wanted, wisher_id=one_of.owner_id, owner_id=each.owner_id)
        for each in listings
    ]


def replace_wishes(page: Page, *, at: datetime.datetime) -> int:
    """Returns how many single wishes its things have now."""
    wishes = Wish.objects.filter(listing__pk__among=page.keys)
    there = wishes.filter(wanted__pk__among=page.keys)
    known = {(wish.listing_id, wish.wanted_id): wish for wish in there}
    kinds = set(KindWish.objects.filter(listing__pk__among=page.keys).values_list("listing_id", "kind"))
    among = OneOfThing.objects.filter(wisher__pk__among=page.owners, is_wanted=True)
    searched = set(among.values_list("wisher_id", "listing_id"))
    wanted = {(one.pk, other.pk): (one, other) for one, other in single_wishes(page)}
    wanted = {pair: sides for pair, sides in wanted.items() if (sides[0].owner_id, pair[1]) not in searched}
    gone = [wish.pk for pair, wish in known.items() if pair not in wanted and wish.wished_at <= page.moment]
    Wish.objects.filter(pk__among=gone).delete()
    Wish.objects.bulk_create(
        Wish(listing=one, wanted=other, wisher=one.owner, owner=other.owner, wished_at=at)
        for pair, (one, other) in wanted.items()
        if pair not in known and (one.pk, other.kind) not in kinds
    )
    return wishes.count()


def single_wishes(page: Page) -> Iterator[tuple[Listing, Listing]]:
    """Without those between people who are apart: nobody is told of that, so it is no fault."""
    apart = pairs_apart()
    for entry in page.items:
        listing = page.things[entry.id]
        for name in entry.wants:
            if name not in page.dummies and may_swap(listing, page.things[name], apart):
                yield listing, page.things[name]
