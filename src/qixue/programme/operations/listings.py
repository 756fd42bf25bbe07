"""Keeps what sessions are looked up by, beside them. Called by every operation that writes sessions or activities.

Names of organisations, venues, brands and towns change where nothing is known of sessions; a duty notices those.
"""

import datetime
import uuid
from collections.abc import Iterable, Iterator

from django.db import transaction

from qixue.programme.models import Activity, ListingEdition, Programme, Session, SessionListing
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.search import BETWEEN, sounds, written

RELATED = ("activity__organisation", "activity__brand", "activity__region", "venue__region__parent")
FIELDS = (
    "programme_id", "is_public", "starts_at", "ends_at", "region_path", "kind", "audience", "brand_id", "is_online",
    "is_step_free", "texts",
)  # fmt: skip
DERIVED = ("written", "sounds")
BATCH = 2000  # sessions at a time


@transaction.atomic
def keep_listings(sessions: SessionQuerySet) -> int:
    """Bring the listings of these sessions up to date; how many were not. Nothing is written where all were."""
    changed = outdated(sessions)
    for listing in changed:
        texts = listing.texts.split(BETWEEN)
        listing.written, listing.sounds = written(texts), sounds(texts)
    names = [name.removesuffix("_id") for name in FIELDS] + [*DERIVED]
    SessionListing.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["session"], update_fields=names, batch_size=500
    )
    begin_edition({listing.programme_id for listing in changed})
    return len(changed)


def outdated(sessions: SessionQuerySet) -> list[SessionListing]:
    """The listings of these sessions as they should be, where they are missing or different."""
    rows = sessions.select_related(*RELATED, "listing")
    return [listing for row in rows if is_outdated(listing := listing_of(row), getattr(row, "listing", None))]


def is_outdated(listing: SessionListing, kept: SessionListing | None) -> bool:
    return kept is None or any(getattr(listing, name) != getattr(kept, name) for name in FIELDS)


def begin_edition(programme_ids: Iterable[int]) -> None:
    """In the order of the keys, so that two writers never wait for each other."""
    for pk in sorted(programme_ids):
        ListingEdition.objects.update_or_create(programme_id=pk, defaults={"key": uuid.uuid4()})


def listing_of(session: Session) -> SessionListing:
    """What the session is looked up by, without the two columns that are derived from its texts."""
    activity, venue = session.activity, session.venue
    region = (venue.region if venue else None) or activity.region
    return SessionListing(
        session_id=session.pk,
        programme_id=activity.programme_id,
        is_public=activity.state == Activity.State.PUBLISHED,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        region_path=region.path if region else "",
        kind=activity.kind,
        audience=activity.audience,
        brand_id=activity.brand_id,
        is_online=session.is_online,
        is_step_free=bool(venue and venue.has_step_free_access),
        texts=BETWEEN.join(texts_of(session)),
    )


def texts_of(session: Session) -> Iterator[str]:
    """The names under which people look for a session, each once."""
    activity, venue = session.activity, session.venue
    region = venue.region if venue else None
    texts = [activity.title, activity.title_en, session.topic, session.topic_en, session.speaker]
    for named in (activity.organisation, activity.brand, venue, region, region.parent if region else None):
        texts += [named.name, named.name_en] if named else []
    yield from dict.fromkeys(" ".join(text.split()) for text in texts if text)


def keep_listings_of(programme: Programme) -> int:
    """Bring all listings of a programme up to date; how many were not. Reads outside of the transactions that write."""
    return sum(keep_batch(programme, keys) for keys in batches(programme))


def keep_batch(programme: Programme, keys: list[int]) -> int:
    changed = outdated(Session.objects.filter(pk__in=keys))
    return keep_listings(Session.objects.filter(pk__in=[listing.pk for listing in changed])) if changed else 0


def batches(programme: Programme) -> Iterator[list[int]]:
    keys = list(Session.objects.filter(activity__programme=programme).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def notice_new_names(*, at: datetime.datetime) -> int:
    """The duty: look through the programmes that still run for listings that are out of date."""
    programmes = Programme.objects.filter(state=Programme.State.PUBLISHED).order_by("pk")
    return sum(keep_listings_of(programme) for programme in programmes)
