"""Up to four photos of a thing, in an order of its owner's."""

import pytest
from django.db import IntegrityError, transaction
from tests.factories import NOON, MemberFactory
from tests.factories_swap import ListingFactory
from tests.swap.operations.test_listings import act_of, code_of, picture

from qixue.core.models import AuditEntry
from qixue.swap.models import Listing, ListingPhoto
from qixue.swap.operations.photos import add_photo, put_photo_first, remove_photo

pytestmark = pytest.mark.django_db

COLOURS = ("red", "blue", "green", "white")


@pytest.fixture
def listing(settings, tmp_path) -> Listing:
    settings.MEDIA_ROOT = tmp_path
    found: Listing = ListingFactory()
    return found


def with_photos(listing: Listing, *colours: str) -> list[str]:
    """The addresses of photos of these colours, in their order."""
    for colour in colours:
        add_photo(listing, photo=picture(colour), **act_of(listing))
    return addresses(listing)


def addresses(listing: Listing) -> list[str]:
    photos = ListingPhoto.objects.filter(listing=listing).order_by("position")
    assert [photo.position for photo in photos] == list(range(len(photos)))
    return [photo.address for photo in photos]


def test_photos_follow_one_another_up_to_four(listing):
    first_two = with_photos(listing, *COLOURS[:2])
    four = with_photos(listing, *COLOURS[2:])

    assert (len(set(four)), four[:2]) == (4, first_two)
    assert code_of(add_photo, listing, photo=picture("black"), **act_of(listing)) == "too_many_photos"
    assert addresses(listing) == four


def test_same_photo_is_shown_once(listing, tmp_path):
    one, two = with_photos(listing, "red", "blue")

    assert with_photos(listing, "red") == [one, two]
    assert len(list(tmp_path.rglob("*.jpg"))) == 4


def test_one_is_put_first_and_the_others_keep_their_order(listing):
    one, two, three = with_photos(listing, *COLOURS[:3])

    for _twice in range(2):
        put_photo_first(listing, address=three, **act_of(listing))

    assert addresses(listing) == [three, one, two]
    assert AuditEntry.objects.filter(action="listing.photo_first").count() == 1


def test_one_is_taken_away_with_its_files(listing, tmp_path, django_capture_on_commit_callbacks):
    one, two, three = with_photos(listing, *COLOURS[:3])

    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            remove_photo(listing, address=one, **act_of(listing))

    assert addresses(listing) == [two, three]
    assert len(list(tmp_path.rglob("*.jpg"))) == 4


def test_only_the_owner_changes_them_and_only_while_it_is_on_offer(listing):
    (one,) = with_photos(listing, "red")
    stranger = {"by": MemberFactory().user, "at": NOON}
    acts = [
        (add_photo, {"photo": picture("blue")}),
        (put_photo_first, {"address": one}),
        (remove_photo, {"address": one}),
    ]

    assert [code_of(act, listing, **values, **stranger) for act, values in acts] == ["not_yours"] * 3
    Listing.objects.filter(pk=listing.pk).update(state="in_exchange")
    assert [code_of(act, listing, **values, **act_of(listing)) for act, values in acts] == ["listing_not_open"] * 3
    assert addresses(listing) == [one]


@pytest.mark.parametrize(("position", "digest"), [(0, "b"), (1, "a"), (4, "b")])
def test_the_database_refuses_two_in_one_place_one_twice_and_a_fifth(listing, position, digest):
    ListingPhoto.objects.create(listing=listing, position=0, digest="a")

    with pytest.raises(IntegrityError), transaction.atomic():
        ListingPhoto.objects.create(listing=listing, position=position, digest=digest)
