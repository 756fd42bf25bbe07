"""Things that people list for a swap, and what they would take for them."""

import factory
from django.core.files.base import ContentFile

from qixue.people.models import Resident, Role, User
from qixue.programme.models import Programme
from qixue.programme.search import sounds, written
from qixue.swap.kinds import Kind
from qixue.swap.models import Listing, ListingPhoto, OneOf, OneOfThing, Wish
from tests.factories import NOON, MemberFactory, ProgrammeFactory, RegionFactory, RoleAssignmentFactory


class TownFactory(RegionFactory):
    """A town right below the city, which is enough for what asks no more than that it lies inside."""

    code = "441802105"
    name = "龙塘镇"
    short_name = "龙塘"
    name_en = ""
    level = "township"
    unit_type = "town"
    parent = factory.SubFactory(RegionFactory)


class ListingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Listing

    programme = factory.SubFactory(ProgrammeFactory)
    owner = factory.SubFactory(MemberFactory)
    title = "电水壶"
    kind = Kind.SMALL_APPLIANCE
    condition = Listing.Condition.GOOD
    place = factory.SubFactory(TownFactory)
    listed_at = NOON
    written = factory.LazyAttribute(lambda listing: written([listing.title]))
    sounds = factory.LazyAttribute(lambda listing: sounds([listing.title]))


def with_photo(listing: Listing) -> Listing:
    """It has a picture, which is none of anything."""
    photo = ListingPhoto(listing=listing, position=0, digest="a1" * 32)
    photo.file.save("thing.jpg", ContentFile(b"a photo"), save=False)
    photo.small.save("thing-small.jpg", ContentFile(b"a small photo"), save=False)
    photo.save()
    return listing


def wish(listing: Listing, wanted: Listing) -> Wish:
    """The owner of `listing` would give it for `wanted`."""
    return Wish.objects.create(listing=listing, wanted=wanted, wisher=listing.owner, owner=wanted.owner, wished_at=NOON)


def one_of(owner: Resident, *, offered: list[Listing], wanted: list[Listing], name: str = "电饭煲") -> OneOf:
    """The owner would give one of their things for one of the others, and no more."""
    made = OneOf.objects.create(owner=owner, name=name, made_at=NOON)
    for listings, is_wanted in ((offered, False), (wanted, True)):
        for listing in listings:
            OneOfThing.objects.create(
                one_of=made, listing=listing, is_wanted=is_wanted, wisher=owner, owner=listing.owner
            )
    return made


def swap_organiser(programme: Programme) -> User:
    """Somebody who decides about reported things in the office that keeps the programme."""
    return RoleAssignmentFactory(organisation=programme.organisation, role=Role.ORGANISER).user
