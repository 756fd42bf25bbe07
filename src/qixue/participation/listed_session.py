"""A session as public lists show it: plain values, so that two of them can be compared."""

import datetime
from typing import NamedTuple

from qixue.core.language import in_language
from qixue.programme.models import Activity

COLUMNS = (
    "pk", "starts_at", "ends_at", "state", "is_online", "seat_count", "taken_count", "waiting_count", "seats_left",
    "is_by_lot", "topic", "topic_en", "activity__title", "activity__title_en", "activity__kind", "activity__audience",
    "activity__brand__name", "activity__brand__name_en", "activity__region__path",
    "venue__name", "venue__name_en", "venue__region__name", "venue__region__name_en", "venue__region__path",
)  # fmt: skip


class ListedSession(NamedTuple):
    """One row of `COLUMNS`; None where there is no brand, venue or region. `seats_left` is as in `queue.seats_left`."""

    pk: int
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    state: str
    is_online: bool
    seat_count: int | None
    taken_count: int
    waiting_count: int
    seats_left: int | None
    is_by_lot: bool
    topic_zh: str
    topic_en: str
    title_zh: str
    title_en: str
    kind: str
    audience: str
    brand_zh: str | None
    brand_en: str | None
    activity_region_path: str | None
    venue_zh: str | None
    venue_en: str | None
    town_zh: str | None
    town_en: str | None
    venue_region_path: str | None

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def topic(self) -> str:
        return in_language(self.topic_zh, self.topic_en)

    @property
    def brand(self) -> str:
        return in_language(self.brand_zh or "", self.brand_en or "")

    @property
    def venue(self) -> str:
        return in_language(self.venue_zh or "", self.venue_en or "")

    @property
    def town(self) -> str:
        return in_language(self.town_zh or "", self.town_en or "")

    @property
    def kind_text(self) -> str:
        return str(Activity.Kind(self.kind).label)

    @property
    def audience_text(self) -> str:
        return str(Activity.Audience(self.audience).label)

    @property
    def region_path(self) -> str:
        """Of the venue, or of the activity where the venue is unknown."""
        return self.venue_region_path or self.activity_region_path or ""
