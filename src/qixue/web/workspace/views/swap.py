"""What the staff do about swaps: decide about reported things, take want lists out and in."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.people.rules import Action
from qixue.programme.models import Programme
from qixue.swap.models import Listing
from qixue.swap.operations.reports import decide_reports
from qixue.swap.operations.want_lists import import_want_list
from qixue.swap.queries.reports import hidden_listings, reported_listings, reports_of, swap_numbers
from qixue.swap.queries.want_lists import want_list_of
from qixue.swap.rules import may_manage_swaps
from qixue.web.files import own_file
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page
from qixue.web.workspace.forms.swap import DecisionForm, WantListForm


@needs(Action.MANAGE_SWAPS)
def swap(request: HttpRequest, code: str) -> HttpResponse:
    """Reported things first, then those that were taken off the pages, and the want list."""
    programme = whole_programme_or_404(request.user, code, Action.MANAGE_SWAPS)
    context = {
        "programme": programme,
        "reported": reported_listings(programme),
        "hidden": hidden_listings(programme),
        "numbers": swap_numbers(programme),
    }
    return render(request, "workspace/swap/overview.html", context)


@needs(Action.MANAGE_SWAPS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A thing with all that was said about it; hidden or kept, now or again later."""
    listing = listing_or_404(request, pk)
    reports = list(reports_of(listing))
    seen = max((report.pk for report in reports), default=0)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"seen": seen})
    act = act_for(
        listing.programme,
        title=_("Decide about a thing"),
        lead=_("Its owner sees what was decided, not who reported it."),
        button=_("Decide"),
        done=_("Decided."),
        above=("workspace/swap/reported.html",),
        context={"listing": listing, "reports": reports},
    )
    return act_page(request, form, act, lambda: decide_reports(listing, **form.values(), by=staff(request), at=now()))


@needs(Action.MANAGE_SWAPS)
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """A picture of a thing, also of one that is off the pages: the first, or that of the `number`."""
    photos = {str(number): each for number, each in enumerate(listing_or_404(request, pk).photos.all(), start=1)}
    found = photos.get(request.GET.get("number", "1"))
    if found is None:
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def listing_or_404(request: HttpRequest, pk: int) -> Listing:
    listing = get_object_or_404(Listing.objects.with_details(), pk=pk)
    if not may_manage_swaps(request.user, listing.programme):
        raise Http404
    return listing


@needs(Action.MANAGE_SWAPS)
def want_list(request: HttpRequest, code: str) -> HttpResponse:
    """Everything on offer with what its owners would take for it; people are numbers."""
    programme = whole_programme_or_404(request.user, code, Action.MANAGE_SWAPS)
    return own_file(want_list_of(programme, at=now()), "text/plain; charset=utf-8", f"{programme.code}-want-list.txt")


@needs(Action.MANAGE_SWAPS)
def import_list(request: HttpRequest, code: str) -> HttpResponse:
    programme = whole_programme_or_404(request.user, code, Action.MANAGE_SWAPS)
    form = WantListForm(request.POST or None, request.FILES or None)
    act = act_for(
        programme,
        title=_("Take a want list in"),
        lead=_("The wishes in the file take the place of those that its things have now; other things keep theirs."),
        button=_("Take it in"),
        done=_("The wishes of the list are kept."),
    )

    def take_in() -> None:
        file = form.cleaned_data["file"]
        import_want_list(programme, file.read(), file=file.name, by=staff(request), at=now())

    return act_page(request, form, act, take_in)


def act_for(programme: Programme, **words: Any) -> Act:
    """A page that leads back to the swaps of the programme."""
    context = {"programme": programme, **words.pop("context", {})}
    return Act(
        about=programme.local_name,
        back=reverse("workspace:swap", args=[programme.code]),
        trail="workspace/swap/crumbs.html",
        context=context,
        **words,
    )
