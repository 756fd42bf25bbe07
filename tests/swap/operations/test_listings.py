"""Listing a thing, changing what is said of it, taking it back."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.factories import NOON, MemberFactory, ProgrammeFactory, RegionFactory, key
from tests.factories_swap import ListingFactory, TownFactory, one_of, wish

from qixue.core.models import AuditEntry
from qixue.core.refusal import Refused
from qixue.programme.models import Programme
from qixue.swap.models import KindWish, Listing, ListingPhoto, OneOfThing, Wish
from qixue.swap.operations.listings import MOST_OPEN, ListingDetails, edit_listing, list_thing, withdraw_listing
from qixue.swap.operations.photos import add_photo

pytestmark = pytest.mark.django_db


def details(**values: object) -> ListingDetails:
    usual = {"title": "电水壶", "kind": "small_appliance", "condition": "good", "place": TownFactory()}
    return ListingDetails(**{**usual, **values})


def picture(colour: str = "red") -> bytes:
    """A photo whose file says where it was taken."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "北江一路3号"
    Image.new("RGB", (60, 40), colour).save(file, "JPEG", exif=exif)
    return file.getvalue()


def listed(**values: object) -> Listing:
    owner = values.pop("owner", None) or MemberFactory()
    programme = values.pop("programme", None) or ProgrammeFactory()
    usual = {"owner": owner, "details": details(), "key": key(), "by": owner.user, "at": NOON}
    return list_thing(programme, **{**usual, **values})


def act_of(listing: Listing) -> dict[str, object]:
    """By its owner."""
    return {"by": listing.owner.user, "at": NOON}


def code_of(act: object, *arguments: object, **values: object) -> str:
    with pytest.raises(Refused) as refusal:
        act(*arguments, **values)
    return refusal.value.code


def test_listing_is_on_offer_and_found_by_pinyin():
    listing = listed(details=details(title=" 电水壶 ", note="用了两年"))

    assert (listing.title, listing.state, listing.is_open) == ("电水壶", "listed", True)
    assert "dianshuihu" in listing.sounds
    assert AuditEntry.objects.filter(action="listing.made", subject_id=str(listing.pk)).count() == 1


def test_same_form_lists_once():
    owner, programme, form = MemberFactory(), ProgrammeFactory(), key()

    first = listed(owner=owner, programme=programme, key=form)

    assert listed(owner=owner, programme=programme, key=form, details=details(title="别的")) == first
    assert code_of(listed, key=form) == "key_reused"


def test_photo_is_drawn_anew():
    listing = listed(photo=picture())

    assert "北江一路".encode() not in ListingPhoto.objects.get(listing=listing, position=0).file.read()


def test_photo_is_drawn_before_anybody_waits_for_the_transaction():
    """The photo of a phone takes half a second, and on SQLite every sign-up would wait as long."""
    listing, details_sent, owner = ListingFactory(), details(), MemberFactory()
    act = {"owner": owner, "programme": listing.programme, "details": details_sent, "photo": b"<svg>"}
    by_owner = act_of(listing)

    with CaptureQueriesContext(connection) as asked:
        assert code_of(listed, **act) == "photo_unreadable"
        assert code_of(add_photo, listing, photo=b"<svg>", **by_owner) == "photo_unreadable"

    assert [query["sql"] for query in asked if "SAVEPOINT" in query["sql"]] == []


def test_what_is_not_listed_leaves_no_file_of_its_photo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    owner, programme, form = MemberFactory(), ProgrammeFactory(), key()

    assert code_of(listed, details=details(title=" "), photo=picture()) == "title_missing"
    assert not list(tmp_path.rglob("*.jpg"))

    first = listed(owner=owner, programme=programme, key=form, photo=picture())
    kept = sorted(tmp_path.rglob("*.jpg"))
    assert listed(owner=owner, programme=programme, key=form, photo=picture()) == first
    Listing.objects.filter(pk=first.pk).update(state="in_exchange")
    assert code_of(add_photo, first, photo=picture("blue"), **act_of(first)) == "listing_not_open"
    assert (len(kept), sorted(tmp_path.rglob("*.jpg"))) == (2, kept)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": "  "}, "title_missing"),
        ({"title": "壶" * 41}, "text_too_long"),
        ({"note": "字" * 301}, "text_too_long"),
        ({"title": "电水壶１３８00138000"}, "private_number"),
        ({"note": "打13800138000"}, "private_number"),
    ],
)
def test_words_that_nobody_should_read(values, code):
    assert code_of(listed, details=details(**values)) == code


def test_place_is_a_town_of_the_programmes_region():
    elsewhere = TownFactory(code="440103001", parent=RegionFactory(code="440100", name="广州市"))

    assert code_of(listed, details=details(place=elsewhere)) == "place_outside"
    assert code_of(listed, details=details(place=RegionFactory())) == "place_outside"


def test_photo_that_is_none():
    assert code_of(listed, photo=b"<svg>") == "photo_unreadable"
    assert not Listing.objects.exists()


def test_nothing_is_listed_for_others_or_in_a_closed_programme():
    assert code_of(listed, by=MemberFactory().user) == "not_yours"
    assert code_of(listed, programme=ProgrammeFactory(state=Programme.State.CLOSED)) == "programme_closed"


def test_limit_counts_what_is_not_over():
    owner, programme = MemberFactory(), ProgrammeFactory()
    things = [ListingFactory(owner=owner, programme=programme) for _number in range(MOST_OPEN)]

    assert code_of(listed, owner=owner, programme=programme) == "too_many_listings"
    withdraw_listing(things[0], by=owner.user, at=NOON)
    assert listed(owner=owner, programme=programme).state == "listed"


def wished_for_and_wishing() -> Listing:
    """A thing with wishes of every sort, in both directions."""
    listing, other, third = ListingFactory(), ListingFactory(), ListingFactory()
    wish(listing, other)
    wish(other, listing)
    KindWish.objects.create(listing=listing, kind="books", wished_at=NOON)
    one_of(listing.owner, offered=[listing], wanted=[other, third])
    one_of(other.owner, offered=[other], wanted=[listing, third])
    return listing


def test_what_becomes_a_gift_asks_for_nothing():
    listing = wished_for_and_wishing()

    edit_listing(listing, details=details(is_gift=True), by=listing.owner.user, at=NOON)

    assert list(Wish.objects.values_list("wanted", flat=True)) == [listing.pk]
    assert not KindWish.objects.exists()
    assert list(OneOfThing.objects.filter(listing=listing).values_list("is_wanted", flat=True)) == [True]


def test_withdrawing_ends_all_wishes_and_is_done_once():
    listing = wished_for_and_wishing()

    withdraw_listing(listing, by=listing.owner.user, at=NOON)
    withdraw_listing(listing, by=listing.owner.user, at=NOON)

    listing.refresh_from_db()
    assert (listing.state, Wish.objects.count(), KindWish.objects.count()) == ("withdrawn", 0, 0)
    assert not OneOfThing.objects.filter(listing=listing).exists()
    assert AuditEntry.objects.filter(action="listing.withdrawn").count() == 1


@pytest.mark.parametrize("state", ["in_exchange", "exchanged"])
def test_what_is_being_handed_over_is_not_changed(state):
    listing = ListingFactory(state=state)
    act = {"by": listing.owner.user, "at": NOON}

    assert code_of(edit_listing, listing, details=details(), **act) == "listing_not_open"
    assert code_of(withdraw_listing, listing, **act) == "listing_not_open"


def test_things_of_others_are_not_changed():
    listing = ListingFactory()
    act = {"by": MemberFactory().user, "at": NOON}

    assert code_of(edit_listing, listing, details=details(), **act) == "not_yours"
    assert code_of(withdraw_listing, listing, **act) == "not_yours"
