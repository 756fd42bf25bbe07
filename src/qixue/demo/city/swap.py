"""Things that people of the synthetic city list for a swap, what they would take for them, and a report."""

import datetime
import hashlib
import random
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from qixue.core.pictures import redrawn
from qixue.demo.city.chance import drawn_uuid, stream
from qixue.demo.city.registrations import Crowd
from qixue.demo.city.residents import Inhabitant
from qixue.demo.city.swap_catalogue import BY_TITLE, THINGS
from qixue.demo.city.swap_pictures import picture
from qixue.demo.city.week import Week
from qixue.people.models import Resident
from qixue.programme.models import Programme
from qixue.programme.search import sounds, written
from qixue.swap.models import KindWish, Listing, ListingPhoto, ListingReport, OneOf, OneOfThing, Wish
from qixue.swap.operations.photos import PHOTO_EDGE, SMALL_EDGE

LISTED, OWNERS, WISHES_FOR_EACH = 30, 12, 4
GIFT_SHARE = 0.15


def create_swap(seed: int, week: Week, programme: Programme, crowd: Crowd) -> list[Listing]:
    """Some thirty things: those of the two residents among the personas first, each with a drawn picture."""
    chance = stream(seed, "swap")
    grown_up = [person for person in crowd.people if person.age >= 20 and not person.resident.user_id]
    owners = [crowd.members["resident"], crowd.members["elder"], *chance.sample(grown_up, OWNERS - 2)]
    listings = create_things(chance, programme, owners, count=LISTED, at=week.moment(1, 9))
    for listing in listings:
        draw_photo(chance, listing)
    create_wishes(chance, listings, each=WISHES_FOR_EACH, at=week.moment(2, 20))
    create_kind_wishes(chance, listings, at=week.moment(2, 20))
    create_one_of(chance, owners[0].resident, listings, at=week.moment(2, 21))
    create_report(listings, owners[1].resident, at=week.moment(2, 21, 30))
    return listings


def create_things(
    chance: random.Random, programme: Programme, owners: Sequence[Inhabitant], *, count: int, at: datetime.datetime
) -> list[Listing]:
    """So many things of these people in turn, listed from `at` on, one every few minutes; without pictures."""
    made = []
    for number in range(count):
        thing = THINGS[number] if number < len(THINGS) else chance.choice(THINGS)
        owner = owners[number % len(owners)]
        made.append(
            Listing(
                programme=programme,
                owner=owner.resident,
                client_uuid=drawn_uuid(chance),
                title=thing.title,
                kind=thing.kind,
                condition=thing.condition,
                note=thing.note,
                place=owner.town,
                is_gift=chance.random() < GIFT_SHARE,
                listed_at=at + datetime.timedelta(minutes=7 * number),
                written=written([thing.title, thing.note]),
                sounds=sounds([thing.title, thing.note]),
            )
        )
    return Listing.objects.bulk_create(made, batch_size=500)


def create_wishes(chance: random.Random, listings: Sequence[Listing], *, each: int, at: datetime.datetime) -> None:
    """For every thing that is no gift as many others that somebody might well take for it."""
    wishes = []
    for listing in listings:
        if listing.is_gift:
            continue
        others = [other for other in listings if is_fair(listing, other)]
        for wanted in chance.sample(others, min(each, len(others))):
            wishes.append(Wish(listing=listing, wanted=wanted, wisher=listing.owner, owner=wanted.owner, wished_at=at))
    Wish.objects.bulk_create(wishes, batch_size=500)


def is_fair(listing: Listing, other: Listing) -> bool:
    """Of somebody else, something else, and worth about as much."""
    one, two = BY_TITLE[listing.title], BY_TITLE[other.title]
    return listing.owner_id != other.owner_id and one != two and abs(one.worth - two.worth) <= 1


def create_kind_wishes(chance: random.Random, listings: Sequence[Listing], *, at: datetime.datetime) -> None:
    """For every sixth thing, unless it is a gift, any of another kind."""
    givers = [listing for listing in listings[::6] if not listing.is_gift]
    KindWish.objects.bulk_create(
        KindWish(listing=giver, kind=chance.choice([each for each in listings if fits(giver, each)]).kind, wished_at=at)
        for giver in givers
    )


def fits(giver: Listing, other: Listing) -> bool:
    return other.kind != giver.kind and is_fair(giver, other)


def create_one_of(
    chance: random.Random, owner: Resident, listings: Sequence[Listing], *, at: datetime.datetime
) -> OneOf:
    """One of three things of others, whichever it is, for either of two of the owner's."""
    own = [listing for listing in listings if listing.owner_id == owner.pk and not listing.is_gift][:2]
    wanted = chance.sample([other for other in listings if all(is_fair(each, other) for each in own)], 3)
    made = OneOf.objects.create(owner=owner, client_uuid=drawn_uuid(chance), name="家里用得上的一件", made_at=at)
    OneOfThing.objects.bulk_create(
        OneOfThing(one_of=made, listing=listing, is_wanted=listing in wanted, wisher=owner, owner=listing.owner)
        for listing in (*own, *wanted)
    )
    Wish.objects.filter(wisher=owner, wanted__in=wanted).delete()
    return made


def create_report(listings: Sequence[Listing], reporter: Resident, *, at: datetime.datetime) -> ListingReport:
    reported = next(listing for listing in listings if listing.title.startswith("电热毯"))
    return ListingReport.objects.create(
        listing=reported,
        reporter=reporter,
        reason=ListingReport.Reason.DANGEROUS,
        note="旧电热毯容易起火，请核实。",
        reported_at=at,
    )


def draw_photo(chance: random.Random, listing: Listing) -> ListingPhoto:
    """A drawing instead of a photo, which the page of a thing of a synthetic programme says that it is.

    Its files have the name of the listing's key, whenever the city is built: nothing here reads the clock.
    """
    content = redrawn(picture(chance, BY_TITLE[listing.title].picture), longest_edge=PHOTO_EDGE)
    names = {}
    for size, picture_of_size in (("large", content), ("small", redrawn(content, longest_edge=SMALL_EDGE))):
        names[size] = f"{ListingPhoto.DRAWN_IN}{listing.client_uuid}-{size}.jpg"
        default_storage.delete(names[size])  # of a former demo in this place
        default_storage.save(names[size], ContentFile(picture_of_size))
    digest = hashlib.sha256(content).hexdigest()
    return ListingPhoto.objects.create(
        listing=listing, position=0, file=names["large"], small=names["small"], digest=digest
    )
