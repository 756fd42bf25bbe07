"""The programme as files to pass on: a picture of a session, the programme of a week on paper."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.clock_words import clock
from qixue.core.clock_words import day as day_text
from qixue.core.digests import digest
from qixue.core.long_work import Busy
from qixue.core.outages import Outage
from qixue.core.refusal import Refused
from qixue.participation.queries import listed
from qixue.programme.models import Session
from qixue.report.installed import installed_fonts
from qixue.report.programme_papers import PAPERS, SHAPES, card_png, programme_pdf
from qixue.web import parts
from qixue.web.addresses import query_of
from qixue.web.public.finding import find, in_order
from qixue.web.public.forms.sessions import SessionFilters
from qixue.web.public.kept_files import kept_file
from qixue.web.public.session_words import card_data, place_of
from qixue.web.views.errors import outage_page

MOST_ON_PAPER = 2000  # sessions in one file: some eighty pages of A4
LAYOUTS = 3  # one more for each change of a layout: what was drawn with the former one is drawn anew
TOO_MANY = gettext_lazy(
    "%(count)s sessions are too many for one printed programme, which holds %(most)s. Please choose a county or a day."
)


@for_everybody
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """A session on a picture, for links in chats (wide) or for saving (tall)."""
    session = get_object_or_404(listed(Session.objects.public()), pk=pk)
    shape = request.GET.get("shape", "")
    data = {"shape": shape if shape in SHAPES else SHAPES[0], **card_data(request, session)}
    return file_answer(request, "cards", data, "png", f"session-{pk}.png")


@for_everybody
def programme_paper(request: HttpRequest, code: str) -> HttpResponse:
    """What the list shows, on A4 or A3. Unlike the list it begins with the first day, unless a day is asked for."""
    form = find(request, code, at=now(), with_past="day" not in request.GET)
    paper = request.GET.get("paper", "")
    paper = paper if paper in PAPERS else PAPERS[0]
    count = len(form.narrowed.found)
    if count > MOST_ON_PAPER:
        refusal = Refused("too_many_sessions", TOO_MANY, count=count, most=MOST_ON_PAPER)
        return parts.refusal_page(request, refusal, back=reverse("public:sessions", args=[code]))
    return file_answer(request, "programmes", paper_data(request, form, paper), "pdf", f"{code}-{paper}.pdf")


def file_answer(request: HttpRequest, kind: str, data: dict[str, Any], suffix: str, name: str) -> HttpResponse:
    """The file, or 304 for somebody who has it; a page that asks again where others are being made."""
    tag = digest({"layouts": LAYOUTS, **data})
    answer = get_conditional_response(request, etag=quote_etag(tag))
    if answer is None:
        make = card_png if suffix == "png" else programme_pdf
        try:
            content = kept_file(kind, tag, f".{suffix}", lambda: make(data, installed_fonts()))
        except Busy:
            return outage_page(request, Outage.BUSY)
        types = {"png": "image/png", "pdf": "application/pdf"}
        answer = HttpResponse(content, content_type=types[suffix])
        answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    answer.headers["ETag"] = quote_etag(tag)
    answer.headers["Cache-Control"] = "max-age=60, public"
    return answer


def paper_data(request: HttpRequest, form: SessionFilters, paper: str) -> dict[str, Any]:
    """What stands on the paper. Seats are those of the session, not those left, so that it stays true."""
    programme = form.listings.programme
    keys = form.listings.index.keys(form.narrowed.found, 0, MOST_ON_PAPER)
    path = reverse("public:sessions", args=[programme.code]) + query_of(request, "paper")
    return {
        "paper": paper,
        "lang": (get_language() or "zh")[:2],
        "title": programme.local_name,
        "subtitle": " · ".join(
            [_("Programme of sessions"), *(label for _name, label in form.chosen_labels()), *asked_words(form)]
        ),
        "notice": parts.synthetic_notice(is_synthetic=programme.is_synthetic),
        "hint": _("Scan to sign up"),
        "footer": _("Times and places can change: what stands on the site counts."),
        "url": request.build_absolute_uri(path),
        "columns": [_("Time"), _("What"), pgettext("meeting place", "Where"), _("Organiser"), _("Seats")],
        "days": days_of(in_order(keys, listed(Session.objects.public()).in_bulk(keys))),
    }


def asked_words(form: SessionFilters) -> list[str]:
    return [form.answers["q"]] if "q" in form.answers else []


def days_of(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    by_day = groupby(sessions, key=lambda session: day_text(session.starts_at))
    return [{"heading": heading, "rows": [row_of(session) for session in rows]} for heading, rows in by_day]


def row_of(session: Session) -> dict[str, str]:
    end = f"-{clock(session.ends_at)}" if session.ends_at else ""
    return {
        "time": f"{clock(session.starts_at)}{end}" or "—",
        "title": session.local_full_title,
        "place": place_of(session),
        "organiser": session.activity.organisation.local_name,
        "seats": seats_text(session),
    }


def seats_text(session: Session) -> str:
    if session.state == Session.State.CANCELLED:
        return _("cancelled")
    if session.state == Session.State.POSTPONED:
        return _("postponed")
    return _("%(count)s, sign up") % {"count": session.seat_count} if session.seat_count else _("just come")
