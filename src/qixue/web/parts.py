"""What pages share: the site's frame, the programme in question, forms and refusals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.copies import Brief
from qixue.core.refusal import Refused
from qixue.people.rules import Action, may_anywhere
from qixue.programme.models import Programme
from qixue.report.hindrances import is_interim
from qixue.web.addresses import kept_by_language
from qixue.web.preferences import SIZES, text_size


def current_programme() -> Programme | None:
    """The programme that the city shows first: the one it set, else the latest published one."""
    published = Programme.objects.published().select_related("region", "organisation")
    if code := settings.QIXUE["PROGRAMME"]:
        return published.filter(code=code).first()
    return published.order_by("-year", "-starts_on", "-pk").first()


on_show: Brief[Programme | None] = Brief(most=1)


def programme_on_show() -> Programme | None:
    """The current programme as it was less than a second ago, for pages that many ask for."""
    return on_show.have("", current_programme)


def programme_shown_to(request: HttpRequest) -> Programme | None:
    """Whoever is signed in sees at once which programme is the current one."""
    return current_programme() if request.user.is_authenticated else programme_on_show()


def get_programme_or_404(code: str) -> Programme:
    programme = Programme.objects.published().select_related("region", "organisation").filter(code=code).first()
    if programme is None:
        raise Http404
    return programme


def issue_shown(programme: Programme) -> dict[str, Any]:
    """For `public/programmes/issued.html`: the latest issue of the work summary, if there is one."""
    issued = programme.seals.order_by("-number").first()
    return {"issued": issued, "is_interim": issued is not None and is_interim(issued)}


def site_name() -> str:
    return str(settings.QIXUE["SITE_NAME"])


def synthetic_notice(*, is_synthetic: bool) -> str:
    return _("Demonstration data: people, organisations and numbers are made up.") if is_synthetic else ""


def paginate(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int) -> Page[Any]:
    """The page that the address asks for; a number out of range gives the nearest page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def number_sent(request: HttpRequest, name: str, *, digits: int) -> int | None:
    """What a button or a hidden field says; None for all that is no whole number of at most so many digits."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the frame around it."""
    programme, size = programme_shown_to(request), text_size(request)
    is_staff_member = request.user.is_authenticated and may_anywhere(request.user, Action.SEE_WORKSPACE)
    return {
        "site": settings.QIXUE,
        "current_programme": programme,
        "contact_phone": settings.QIXUE["CONTACT_PHONE"] or (programme.organisation.phone if programme else ""),
        "nav_links": nav_links(request, programme, is_staff_member=is_staff_member),
        "text_size": size,
        "next_size": SIZES[(SIZES.index(size) + 1) % len(SIZES)],
        "is_staff_member": is_staff_member,
    }


@dataclass(frozen=True)
class NavLink:
    """`short` is what stands on the bar at the bottom of a phone, where five share a row in the largest text."""

    text: str
    url: str
    is_current: bool
    short: str = ""


def nav_links(request: HttpRequest, programme: Programme | None, *, is_staff_member: bool) -> tuple[NavLink, ...]:
    """The few places that are always one step away."""
    code = programme.code if programme else ""
    places = places_at_hand(code, is_staff_member=is_staff_member)
    own = reverse("public:programme", args=[code]) if code else ""
    matching = [
        url for _text, url, _short in places if request.path == url or (url != "/" and request.path.startswith(url))
    ]
    current = max(matching, key=len, default="")
    if own and request.path.startswith(own) and not current.startswith(own):
        current = ""  # a further page of the present week belongs to no past one
    return tuple(NavLink(text, url, url == current, short) for text, url, short in places)


@kept_by_language
def places_at_hand(code: str, *, is_staff_member: bool) -> tuple[tuple[str, str, str], ...]:
    """Texts, addresses and short texts of the navigation."""
    activities, figures = pgettext("navigation", "Activities"), pgettext("navigation", "Figures")
    places = [(_("Home"), reverse("public:home"), _("Home"))]
    if code:
        places.append((activities, reverse("public:sessions", args=[code]), pgettext("tab bar", "Events")))
        places.append((figures, reverse("public:figures", args=[code]), figures))
    places.append((_("Past weeks"), reverse("public:programmes"), pgettext("tab bar", "Past")))
    if is_staff_member:
        places.append((_("Workspace"), reverse("workspace:home"), pgettext("tab bar", "Work")))
    else:
        places.append((pgettext("navigation", "Mine"), reverse("me:home"), pgettext("navigation", "Mine")))
    return tuple(places)


def form_page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """A page with a form; 422 when the form was sent and something in it has to be changed."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def refusal_page(request: HttpRequest, refusal: Refused, *, back: str = "", **context: Any) -> HttpResponse:
    """Why something cannot be done, and where to go instead. Nothing was changed."""
    return render(request, "errors/refused.html", {"refusal": refusal, "back": back, **context}, status=409)


def pressed(
    request: HttpRequest, do: Callable[[], Any], *, back: str, done: str | Callable[[Any], str] = ""
) -> HttpResponse:
    """A button was pressed that needs no form: do it, say so and go back, or say why it cannot be done.

    `done` can say it of what `do` returned.
    """
    try:
        outcome = do()
    except Refused as refusal:
        return refusal_page(request, refusal, back=back)
    if said := done(outcome) if callable(done) else done:
        messages.success(request, said)
    return redirect(back)
