"""Reported things, as the staff work on them."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from qixue.people.models import User
from qixue.people.queries import path_filter
from qixue.people.rules import Action, reach
from qixue.programme.models import Programme
from qixue.swap.models import Listing, ListingQuerySet, ListingReport, Wish

OPEN = Q(reports__state=ListingReport.State.OPEN)


def reported_listings(programme: Programme) -> ListingQuerySet:
    """Things with open reports, the one that has waited longest first, with `report_count` and `reported_at`."""
    return reported_among(Listing.objects.filter(programme=programme))


def reported_to(user: User) -> ListingQuerySet:
    """The same in all programmes for which somebody decides."""
    paths = reach(user, Action.MANAGE_SWAPS)
    return reported_among(Listing.objects.filter(path_filter(paths, "programme__organisation__path")))


def reported_among(listings: ListingQuerySet) -> ListingQuerySet:
    reported = listings.annotate(
        report_count=Count("reports", filter=OPEN), reported_at=Min("reports__reported_at", filter=OPEN)
    )
    return reported.filter(report_count__gt=0).order_by("reported_at", "pk").with_details()


def hidden_listings(programme: Programme) -> ListingQuerySet:
    hidden = Listing.objects.filter(programme=programme, hidden_at__isnull=False)
    return hidden.with_details().order_by("-hidden_at", "-pk")


def reports_of(listing: Listing) -> QuerySet[ListingReport]:
    return listing.reports.select_related("decided_by").order_by("-reported_at", "-pk")


@dataclass(frozen=True)
class SwapNumbers:
    """How many things are on offer, of how many people, with how many wishes for single things."""

    thing_count: int
    owner_count: int
    wish_count: int


def swap_numbers(programme: Programme) -> SwapNumbers:
    offered = Listing.objects.open().filter(programme=programme)
    counts = offered.aggregate(things=Count("pk"), owners=Count("owner", distinct=True))
    wishes = Wish.objects.filter(listing__in=offered, wanted__in=offered).count()
    return SwapNumbers(counts["things"], counts["owners"], wishes)
