import datetime
from collections.abc import Iterable
from itertools import groupby

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.clock_words import day as day_text
from qixue.core.rows_by_key import ObjectsByKey
from qixue.figures.for_everybody import attendances_withheld_now
from qixue.participation.listed_session import ListedSession
from qixue.participation.models import RegistrationTerms
from qixue.participation.queries import as_listed, public_sessions
from qixue.participation.queries.lotteries import entered_before_draw
from qixue.participation.queries.queue import seats_left_there
from qixue.participation.queries.registered import similar_sessions
from qixue.participation.queries.registrations import obstacle_to_registering, own_registrations, why_off
from qixue.people.namesakes import named_apart
from qixue.places.models import Region
from qixue.programme.models import Session
from qixue.web import parts, table_files
from qixue.web.me.access import own_household
from qixue.web.preferences import text_size
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.finding import context_of, counts_near, day_by_day, find, narrowed_feed, near, paper_url, ways
from qixue.web.public.session_words import sharing, structured_data
from qixue.web.public.tables import sessions_table
from qixue.web.table_files import PageTable

PER_PAGE, PER_PAGE_IN_LARGE, MOST_OTHERS = 30, 10, 5
RELATED = (
    "activity__programme", "activity__brand", "activity__organisation", "venue__region__parent", "instalment__series",
    "registration_terms__region__parent", "tally",
)  # fmt: skip
OTHERS = Exists(Session.objects.filter(activity=OuterRef("activity")).exclude(pk=OuterRef("pk")))
SHOWN = ObjectsByKey(
    Session.objects.public().select_related(*RELATED).annotate(has_others=OTHERS, seats_left=seats_left_there())
)


@for_everybody
@shared_for_a_second
def sessions(request: HttpRequest, code: str) -> HttpResponseBase:
    """The programme day by day, narrowed by what the visitor asks for."""
    form = find(request, code, at=now())
    town = form.near_town
    found = near(form, town) if town else day_by_day(form)
    page = parts.paginate(request, found, PER_PAGE_IN_LARGE if text_size(request) else PER_PAGE)
    context = {
        **context_of(form),
        "page": page,
        "groups": groups_near(page, town) if town else groups_by_day(page),
        "ways": ways(request, form),
        "paper_url": paper_url(request, form),
        "feed": narrowed_feed(form, parts.programme_on_show()),
        "is_by_day": town is None,
        "near_counts": list(zip(steps_from(town), counts_near(form, found), strict=True)) if town else [],
        "has_more": "more" in request.GET,
    }
    table = PageTable("sessions", lambda: sessions_table(pgettext("navigation", "Activities"), found))
    return table_files.page(request, "public/sessions/list.html", context, table)


def groups_by_day(page: Iterable[ListedSession]) -> list[tuple[str, list[ListedSession]]]:
    return [(day_text(day), list(rows)) for day, rows in groupby(page, key=session_day)]


def groups_near(page: Iterable[ListedSession], town: Region) -> list[tuple[str, list[ListedSession]]]:
    """In the town, elsewhere in its county, in the rest of the city."""
    headings = steps_from(town)
    grouped = groupby(page, key=lambda session: closeness(session.region_path, town.path))
    return [(headings[step], list(rows)) for step, rows in grouped]


def steps_from(town: Region) -> list[str]:
    county = town.parent.local_name if town.parent else ""
    return [town.local_name, _("Elsewhere in %(county)s") % {"county": county}, _("Further away")]


def closeness(path: str, town_path: str) -> int:
    """0 in the town itself, 1 elsewhere in its county, 2 in the rest of the city."""
    county_path = town_path.rstrip("/").rpartition("/")[0] + "/"
    return 0 if path.startswith(town_path) else 1 if path.startswith(county_path) else 2


def session_day(session: ListedSession) -> datetime.date | None:
    return local_day(session.starts_at) if session.starts_at else None


@for_everybody
@shared_for_a_second
def session(request: HttpRequest, pk: int) -> HttpResponse:
    if not (found := SHOWN.get(pk)):
        raise Http404
    programme, shared = found.activity.programme, sharing(request, found)
    tally = getattr(found, "tally", None)
    terms = getattr(found, "registration_terms", None) or RegistrationTerms(session=found)
    entered = entered_before_draw(found, terms)
    is_by_lot = entered is not None
    context = {
        "session": found,
        "sharing": shared,
        "programme": programme,
        "counted": tally.attendance if tally else None,
        "is_withheld": tally is not None and pk in attendances_withheld_now(programme.code),
        "similar": (similar := similar_to(found)),
        "others": others_of(found, but=similar) if found.has_others else [],  # type: ignore[attr-defined]  # see SHOWN
        "why_off": why_off(found),
        "obstacle": obstacle_to_registering(found, terms, at=now()),
        "terms": terms,
        "is_by_lot": is_by_lot,
        "entered_count": entered,
        **own_place(request, found),
        "structured_data": structured_data(found, url=shared["url"], image=shared["image"], is_by_lot=is_by_lot),
    }
    return render(request, "public/sessions/detail.html", context)


def own_place(request: HttpRequest, session: Session) -> dict[str, object]:
    """What the reader's household has there, and what each of them is called."""
    household = own_household(request)
    return {"own": own_registrations(household, session), "names": named_apart(household)}


def similar_to(session: Session) -> list[ListedSession]:
    """Where else there are seats for whoever wanted to come to a session that was called off."""
    if session.state != Session.State.CANCELLED:
        return []
    found = similar_sessions(session, at=now())
    rows = public_sessions(session.activity.programme).filter(pk__in=[each.pk for each in found])
    return as_listed(rows) if found else []


def others_of(session: Session, *, but: Iterable[ListedSession]) -> list[ListedSession]:
    """Further sessions of its activity than those that the page shows already."""
    others = public_sessions(session.activity.programme).filter(activity=session.activity)
    return as_listed(others.exclude(pk__in=[session.pk, *(each.pk for each in but)])[:MOST_OTHERS])
