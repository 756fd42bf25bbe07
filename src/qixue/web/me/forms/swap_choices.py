"""Things as they are ticked in a form, so that those which are called alike can be told apart."""

from collections import Counter
from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from qixue.core.clock_words import day_clock
from qixue.swap.models import Listing


def choices_of(listings: Iterable[Listing]) -> list[tuple[str, str]]:
    """Key and words of each, with its photo; with `with_details`. Where several are called alike each says which it is
    and when it was listed.
    """
    things = list(listings)
    counts, numbers = Counter(thing.title for thing in things), Counter[str]()
    found = []
    for thing in things:
        numbers[thing.title] += 1
        words = f"{thing.title} · {thing.get_kind_display()}"
        if counts[thing.title] > 1:
            about = {"number": numbers[thing.title], "count": counts[thing.title], "at": day_clock(thing.listed_at)}
            words += " · " + _("%(number)s of %(count)s, listed on %(at)s") % about
        found.append((str(thing.pk), beside_photo(thing, words)))
    return found


def beside_photo(thing: Listing, words: str) -> str:
    if not (photo := thing.first_photo):
        return words
    address = reverse("public:listing_photo", args=[thing.pk, photo.address, "small"])
    return format_html('<img src="{}" alt="" width="80" height="60"> {}', address, words)
