"""A thing for a swap in the scene on which every page is tried."""

from tests.factories_swap import ListingFactory, with_photo

from qixue.programme.models import Programme

# Who reaches the whole programme reaches these.
SWAP_PAGES = ("swap", "want_list", "import_want_list", "decide_listing", "listing_photo")


def listing_of(programme: Programme) -> int:
    """On offer, with a photo, reported by nobody yet."""
    return with_photo(ListingFactory(programme=programme)).pk
