"""Sessions as iCalendar (RFC 5545), for the calendars people already use."""

import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.copies import Copies
from qixue.core.digests import digest
from qixue.people.models import Organisation
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.programme.models.activities import SessionQuerySet
from qixue.programme.queries import region_condition
from qixue.web import parts
from qixue.web.public.calendar_file import Event, calendar_text

PAST, AHEAD = datetime.timedelta(days=60), datetime.timedelta(days=400)  # what a feed holds
MOST_EVENTS = 10_000
KEPT_FEEDS = 32  # per process; one of 10,000 sessions has some 3 MB
COLUMNS = (
    "pk", "starts_at", "ends_at", "topic", "state", "version", "activity__title", "activity__version", "venue__name",
    "venue__address", "venue__region__name", "venue__region__parent__name",
)  # fmt: skip
feeds: Copies[bytes] = Copies(KEPT_FEEDS)


@for_everybody
def calendar(request: HttpRequest) -> HttpResponse:
    """The current programme, narrowed by ?county= (or a town), ?organisation= or ?brand=."""
    programme = parts.current_programme()
    if programme is None:
        raise Http404
    at = now()
    sessions = Session.objects.public().filter(activity__programme=programme)
    sessions = sessions.filter(starts_at__gte=at - PAST, starts_at__lt=at + AHEAD)
    narrowing: list[QuerySet[Any]] = []  # what of the records names the narrowed feed
    if county := request.GET.get("county"):
        sessions = sessions.filter(region_condition(county, ""))
        narrowing.append(Region.objects.filter(code=county))
    if organisation := request.GET.get("organisation"):
        sessions = sessions.filter(activity__organisation__code=organisation)
        narrowing.append(Organisation.objects.filter(code=organisation))
    if brand := request.GET.get("brand"):
        sessions = sessions.filter(activity__brand__code=brand)
        narrowing.append(programme.brands.filter(code=brand))
    names = [name for records in narrowing for name in records.order_by("pk").values_list("name", flat=True)[:1]]
    return feed_of(request, sessions, " · ".join([programme.name, *names]), at=at)


def feed_of(request: HttpRequest, sessions: SessionQuerySet, name: str, *, at: datetime.datetime) -> HttpResponse:
    """The feed, or 304 for a calendar that has it: what it holds is made again only when something in it changed."""
    sums = sessions.order_by().aggregate(
        Count("pk"), Sum("pk"), Sum("version"), Sum("activity__version"), Max("pk"), Max("starts_at")
    )
    asked = [request.get_host(), request.get_full_path(), name, local_day(at).isoformat()]
    tag = digest([*asked, *map(str, sums.values())])
    answer = get_conditional_response(request, etag=quote_etag(tag))
    if answer is None:
        rows = sessions.order_by("starts_at", "pk").values(*COLUMNS)[:MOST_EVENTS]
        body = feeds.get(tag) or feeds.keep(tag, calendar_text(name, (event(request, row) for row in rows), at=at))
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer.headers["ETag"] = quote_etag(tag)
    answer.headers["Cache-Control"] = "max-age=300, public"
    return answer


@for_everybody
def session_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Session.objects.public().exclude(starts_at=None).filter(pk=pk)
    row = visible.values(*COLUMNS).first()
    if row is None:
        raise Http404
    body = calendar_text(row["activity__title"], [event(request, row)], at=now())
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def event(request: HttpRequest, row: dict[str, Any]) -> Event:
    place = f"{row['venue__region__parent__name'] or ''}{row['venue__region__name'] or ''}{row['venue__address'] or ''}"
    return Event(
        uid=f"session-{row['pk']}@{request.get_host()}",
        summary=f"{row['activity__title']}{'：' if row['topic'] else ''}{row['topic']}",
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        location=f"{row['venue__name'] or ''} {place}".strip(),
        url=request.build_absolute_uri(reverse("public:session", args=[row["pk"]])),
        sequence=row["version"] + row["activity__version"],
        is_cancelled=row["state"] == Session.State.CANCELLED,
    )
