"""What this app keeps about residents. Things that changed hands or were taken back stay as counts."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qixue.core.clock import minute_text
from qixue.core.refusal import Refused
from qixue.people.personal_data import Holding, Left, Pair, Section, Subject, holdings
from qixue.programme.search import sounds, written
from qixue.swap.models import (
    Block,
    Handover,
    KindWish,
    Listing,
    ListingQuerySet,
    ListingReport,
    OneOf,
    OneOfThing,
    Wish,
)
from qixue.swap.models.listings import photos_in_order
from qixue.swap.operations.listings import drop_all_wishes
from qixue.swap.operations.locks import delete_in_order, locked_listing
from qixue.swap.operations.photos import drop_photos


def listings_of(subject: Subject) -> ListingQuerySet:
    return (
        Listing.objects.filter(owner__in=subject.people)
        .select_related("place")
        .prefetch_related(photos_in_order())
        .order_by("pk")
    )


def listings_copy(subject: Subject) -> Section:
    rows = [
        (
            listing.title,
            listing.get_kind_display(),
            listing.get_condition_display(),
            listing.note,
            listing.place.name,
            minute_text(listing.listed_at),
            listing.get_state_display(),
            " ".join(str(photo.file.name) for photo in listing.photos.all()),
        )
        for listing in listings_of(subject)
    ]
    columns = [_("Thing"), _("Kind"), _("Condition"), _("Note"), _("Place"), _("When"), _("State"), _("Photo")]
    return Section(_("Things for a swap"), columns, rows)


def listings_left(subject: Subject, **_when: Any) -> list[Left]:
    return [
        Left(listings_of(subject).count(), _("Things you listed, counted by kind and town without words or a name"))
    ]


def erase_listings(subject: Subject, **_when: Any) -> None:
    """Words, photo and owner go; kind, town, day and state are counted in figures and stay.

    What lies on the common table keeps its title, by which it is found, and the wishes of others: people still look at
    it.
    """
    for listing in map(locked_listing, listings_of(subject)):
        drop_photos(listing)
        listing.reports.update(note="")
        listing.owner, listing.note = None, ""
        if listing.state == Listing.State.ON_TABLE:
            wanted = OneOfThing.objects.filter(listing=listing, is_wanted=True)
            for rows in (Wish.objects.filter(wanted=listing), wanted):
                rows.update(owner=None)
        else:
            drop_all_wishes(listing)
            listing.title = ""
        listing.written, listing.sounds = written([listing.title]), sounds([listing.title])
        if listing.state not in (Listing.State.EXCHANGED, Listing.State.ON_TABLE):
            listing.state = Listing.State.WITHDRAWN
        listing.save(update_fields=["owner", "state", "title", "note", "written", "sounds"])


def wishes_copy(subject: Subject) -> Section:
    """What somebody would give for what. Wishes of others for their things are nothing that is told."""
    wishes = Wish.objects.filter(wisher__in=subject.people).select_related("listing", "wanted").order_by("pk")
    rows = [(wish.listing.title, wish.wanted.title) for wish in wishes]
    kinds = KindWish.objects.filter(listing__owner__in=subject.people).select_related("listing").order_by("pk")
    rows += [(wish.listing.title, wish.get_kind_display()) for wish in kinds]
    things = OneOfThing.objects.filter(wisher__in=subject.people).select_related("one_of", "listing").order_by("pk")
    rows += [(thing.one_of.name, thing.listing.title) for thing in things]
    return Section(_("Wishes for a swap"), [pgettext("wish", "For this"), pgettext("wish", "This")], rows)


def erase_wishes(subject: Subject, **_when: Any) -> None:
    delete_in_order(Wish.objects.filter(wisher__in=subject.people))
    delete_in_order(OneOfThing.objects.filter(wisher__in=subject.people))
    OneOf.objects.filter(owner__in=subject.people).delete()


def move_listings_and_wishes(pair: Pair, **_act: Any) -> None:
    """Not what is on offer: in a round the two may be partners, and wishes repeat whose things they are about.

    Without a thing on offer no wish says anything any more; nor does a wish for what is one's own by now. Things are
    locked before wishes go, as where somebody takes a thing back. Refused: swap_going_on.
    """
    for listing in map(locked_listing, listings_of(Subject((pair.gone,)))):
        if listing.state in (Listing.State.LISTED, Listing.State.IN_EXCHANGE):
            sentence = gettext_lazy(
                "“%(title)s” is on offer for a swap by the record that goes. Please take it back first; it can be"
                " offered again afterwards."
            )
            raise Refused("swap_going_on", sentence, title=listing.title)
    erase_wishes(Subject((pair.gone,)))
    for rows in (Wish.objects.all(), OneOfThing.objects.filter(is_wanted=True)):
        rows.filter(owner=pair.gone, wisher=pair.kept).delete()
        rows.filter(owner=pair.gone).update(owner=pair.kept)
    Listing.objects.filter(owner=pair.gone).update(owner=pair.kept)
    for side in ("giver", "receiver"):
        Handover.objects.filter(**{side: pair.gone}).update(**{side: pair.kept})


def blocks_copy(subject: Subject) -> Section:
    """That somebody is kept apart; from whom, only their things say."""
    blocks = Block.objects.filter(owner__in=subject.people).order_by("pk")
    return Section(_("People you do not swap with"), [_("Since")], [(minute_text(each.blocked_at),) for each in blocks])


def erase_blocks(subject: Subject, **_when: Any) -> None:
    Block.objects.filter(Q(owner__in=subject.people) | Q(blocked__in=subject.people)).delete()


def move_blocks(pair: Pair, **_act: Any) -> None:
    """Each once, and none between the two."""
    Block.objects.filter(owner__in=(pair.kept, pair.gone), blocked__in=(pair.kept, pair.gone)).delete()
    for side, far_side in (("owner", "blocked"), ("blocked", "owner")):
        there = Block.objects.filter(**{side: pair.kept}).values(far_side)
        of_gone = Block.objects.filter(**{side: pair.gone})
        of_gone.filter(**{f"{far_side}__in": there}).delete()
        of_gone.update(**{side: pair.kept})


def reports_of(subject: Subject) -> QuerySet[ListingReport]:
    return ListingReport.objects.filter(reporter__in=subject.people).select_related("listing").order_by("pk")


def reports_copy(subject: Subject) -> Section:
    rows = [
        (each.listing.title, each.get_reason_display(), each.note, minute_text(each.reported_at))
        for each in reports_of(subject)
    ]
    return Section(_("Things you reported"), [_("Thing"), _("Reason"), _("Note"), _("When")], rows)


def erase_reports(subject: Subject, **_when: Any) -> None:
    """That a thing was reported, and what was decided, stays with the thing."""
    reports_of(subject).order_by().update(reporter=None, note="")


def move_reports(pair: Pair, **_act: Any) -> None:
    """Of two open reports about one thing that of the one that is kept stands."""
    there = ListingReport.objects.filter(reporter=pair.kept, state="open").values("listing")
    ListingReport.objects.filter(reporter=pair.gone, state="open", listing__in=there).delete()
    ListingReport.objects.filter(reporter=pair.gone).update(reporter=pair.kept)


# The last is erased first: things are locked before wishes go, as where somebody takes a thing back.
HOLDINGS = [
    Holding(
        "swap_wishes",
        ("swap.wish", "swap.kindwish", "swap.oneof", "swap.oneofthing"),
        wishes_copy,
        erase_wishes,
        move=move_listings_and_wishes,
    ),
    Holding("swap_blocks", ("swap.block",), blocks_copy, erase_blocks, move=move_blocks),
    Holding("swap_reports", ("swap.listingreport",), reports_copy, erase_reports, move=move_reports),
    Holding("swap_listings", ("swap.listing", "swap.listingphoto"), listings_copy, erase_listings, listings_left),
]

holdings.register(*HOLDINGS)
