"""Taking in a want list: what was gathered on paper at a fair, or changed with the tools of swap traders."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.programme.models import Programme
from qixue.swap.matching.reading import BadRound, Entry, assembled, parsed
from qixue.swap.matching.refusals import NO_ROUND
from qixue.swap.models import KindWish, Listing, OneOf, OneOfThing, Wish
from qixue.swap.queries.want_lists import DUMMY, may_swap, open_listings, pairs_apart
from qixue.swap.rules import may_manage_swaps

MOST_FAULTS = 20  # that are told at once


@dataclass
class Imported:
    """What became of a list: how many things were in it, and the wishes and searches that they have now."""

    thing_count: int = 0
    wish_count: int = 0
    one_of_count: int = 0


@dataclass
class Page:
    """A list beside the things that it is about."""

    entries: list[Entry]
    things: dict[str, Listing]
    file: str
    faults: list[str] = field(default_factory=list)

    @property
    def items(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_dummy]

    @property
    def dummies(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries if entry.is_dummy}

    def blame(self, entry: Entry, sentence: str, **values: object) -> None:
        """Note what is wrong in the line of an entry."""
        self.faults.append(gettext("Line %(line)s: ") % {"line": entry.line} + sentence % values)


@transaction.atomic
def import_want_list(programme: Programme, content: bytes, *, file: str, by: User, at: datetime.datetime) -> Imported:
    """Put the wishes of the list in the place of those that its things have; all or none. Other things are left alone.

    A dummy becomes a search of its person, in the place of the one with its name. What a kind wish says already is not
    said again. Refused: not_in_charge, want_list_unreadable, want_list_wrong with a line for each fault.
    """
    if not may_manage_swaps(by, programme):
        raise Refused("not_in_charge", _("Only staff of the office that keeps the programme can take a want list in."))
    page = Page(read_entries(content, file), {str(each.pk): each for each in open_listings(programme)}, file)
    check(page)
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
    keys = [page.things[entry.id].pk for entry in page.items]
    list(Listing.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    done = Imported(len(keys), replace_wishes(page, at=at), replace_one_ofs(page, at=at))
    record_audit("want_list.imported", programme, by=by, at=at, details=vars(done))
    return done


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


def check(page: Page) -> None:
    """Note every fault in the page."""
    dummies = page.dummies
    for entry in page.items:
        if entry.id not in page.things:
            page.blame(entry, gettext("%(name)s is no thing on offer in this programme."), name=entry.id)
        elif page.things[entry.id].is_gift and entry.wants:
            page.blame(entry, gettext("%(name)s is a gift and asks for nothing."), name=entry.id)
    for entry in page.entries:
        if entry.is_dummy and any(wanted in dummies for wanted in entry.wants):
            page.blame(
                entry, gettext("%(name)s wants another dummy, which no search of a person can say."), name=entry.id
            )
    if not page.faults:
        check_owners(page)


def check_owners(page: Page) -> None:
    """Whose things they are is known here, whatever the file calls the people."""
    givers = defaultdict(set)
    for entry in page.items:
        own = page.things[entry.id].owner_id
        for wanted in entry.wants:
            if wanted in page.dummies:
                givers[wanted].add(own)
            elif page.things[wanted].owner_id == own:
                page.blame(entry, gettext("%(name)s belongs to the person who wants it."), name=wanted)
    for name, dummy in page.dummies.items():
        if len(givers[name]) > 1:
            page.blame(dummy, gettext("%(name)s is wanted for things of several people."), name=name)
        for wanted in dummy.wants:
            if page.things[wanted].owner_id in givers[name]:
                page.blame(dummy, gettext("%(name)s belongs to the person who wants it."), name=wanted)


def replace_wishes(page: Page, *, at: datetime.datetime) -> int:
    """Returns how many single wishes there are now."""
    own = [page.things[entry.id] for entry in page.items]
    Wish.objects.filter(listing__in=own).delete()
    said = set(KindWish.objects.filter(listing__in=own).values_list("listing_id", "kind"))
    made = [
        Wish(listing=listing, wanted=wanted, wisher=listing.owner, owner=wanted.owner, wished_at=at)
        for listing, wanted in single_wishes(page)
        if (listing.pk, wanted.kind) not in said
    ]
    return len(Wish.objects.bulk_create(made))


def single_wishes(page: Page) -> Iterator[tuple[Listing, Listing]]:
    """Without those between people who are apart: nobody is told of that, so it is no fault."""
    apart, dummies = pairs_apart(), page.dummies
    for entry in page.items:
        listing = page.things[entry.id]
        for name in dict.fromkeys(entry.wants):
            if name not in dummies and may_swap(listing, page.things[name], apart):
                yield listing, page.things[name]


def replace_one_ofs(page: Page, *, at: datetime.datetime) -> int:
    """The dummies that somebody gives for, as searches. Returns how many there are of them now."""
    own = [page.things[entry.id] for entry in page.items]
    OneOfThing.objects.filter(listing__in=own, is_wanted=False).delete()
    rows: list[OneOfThing] = []
    made = 0
    for name, dummy in page.dummies.items():
        offered = [page.things[entry.id] for entry in page.items if name in entry.wants]
        if offered and dummy.wants:
            one_of = one_of_named(name, offered[0], at=at)
            rows += things_of(one_of, offered, is_wanted=False)
            rows += things_of(one_of, [page.things[wanted] for wanted in dict.fromkeys(dummy.wants)], is_wanted=True)
            made += 1
    OneOfThing.objects.bulk_create(rows)
    with_offer = OneOfThing.objects.filter(is_wanted=False).values("one_of")
    OneOf.objects.filter(owner__in=[each.owner for each in own]).exclude(pk__in=with_offer).delete()
    return made


def one_of_named(name: str, offered: Listing, *, at: datetime.datetime) -> OneOf:
    """The person's search that the export called so, or that has this name; emptied, or new."""
    bare = name.split(" for user ")[0].removeprefix("%")
    exported = re.fullmatch(rf"{re.escape(DUMMY)}(\d+)", name.split(" for user ")[0])
    found = OneOf.objects.filter(owner=offered.owner, pk=int(exported[1])).first() if exported else None
    if found is None:
        found, _is_new = OneOf.objects.get_or_create(owner=offered.owner, name=bare[:40], defaults={"made_at": at})
    found.things.all().delete()
    return found


def things_of(one_of: OneOf, listings: list[Listing], *, is_wanted: bool) -> list[OneOfThing]:
    return [
        OneOfThing(one_of=one_of, listing=each, is_wanted=is_wanted, wisher_id=one_of.owner_id, owner=each.owner)
        for each in listings
    ]
