"""What somebody wishes for."""

from django.db.models import Prefetch, Q, QuerySet

from qixue.people.models import Resident
from qixue.programme.models import Programme
from qixue.swap.models import KindWish, Listing, ListingQuerySet, OneOf, OneOfThing, Wish
from qixue.swap.queries.listings import can_be_given, on_offer


def with_wishes(own: ListingQuerySet) -> ListingQuerySet:
    """One's own things with `wishes`, `kind_wishes` and `searches` for which they would be given; what is not on offer
    any more is left out.
    """
    open_ones = Listing.objects.open().select_related("place__parent")
    wishes = Wish.objects.filter(wanted__in=open_ones).select_related("wanted__place__parent__parent").order_by("pk")
    searches = OneOfThing.objects.filter(is_wanted=False).select_related("one_of").order_by("one_of")
    return own.prefetch_related(
        Prefetch("wishes", wishes),
        Prefetch("kind_wishes", KindWish.objects.order_by("kind")),
        Prefetch("in_one_ofs", searches, to_attr="searches"),
    )


def one_ofs_of(person: Resident) -> QuerySet[OneOf]:
    """With those of their things that are on offer: what the staff took off the pages, nobody reads here either."""
    things = OneOfThing.objects.filter(listing__in=Listing.objects.open()).select_related("listing").order_by("pk")
    return OneOf.objects.filter(owner=person).prefetch_related(Prefetch("things", things)).order_by("-made_at", "-pk")


def given_for(wanted: Listing, person: Resident) -> ListingQuerySet:
    """Which of their things somebody would give for it: wishing for it alone, for any of its kind, or among several."""
    searches = OneOfThing.objects.filter(listing=wanted, is_wanted=True, wisher=person).values("one_of")
    alone, any_of_kind = Q(wishes__wanted=wanted), Q(kind_wishes__kind=wanted.kind)
    among = Q(in_one_ofs__one_of__in=searches, in_one_ofs__is_wanted=False)
    given = Listing.objects.filter(alone | any_of_kind | among, owner=person).values("pk")
    return can_be_given(person, wanted.programme).filter(pk__in=given)


def liked_by(person: Resident, programme: Programme) -> ListingQuerySet:
    """Things on offer for which somebody wishes, alone or among several."""
    alone, among = Q(wished_by__wisher=person), Q(in_one_ofs__wisher=person, in_one_ofs__is_wanted=True)
    liked = Listing.objects.filter(alone | among).values("pk")
    return on_offer(programme, viewer=person).filter(pk__in=liked)
