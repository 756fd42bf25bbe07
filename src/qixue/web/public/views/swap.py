"""Things on offer for a swap, for everybody: what and in which town, never whose home."""

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qixue.core.audience import for_everybody
from qixue.swap.models import ListingPhoto
from qixue.swap.queries.listings import (
    Narrowing,
    found_by_less,
    kinds_of,
    narrowed,
    on_offer,
    places_of,
    public_name,
    shown_to,
    wish_counts,
)
from qixue.swap.queries.rounds import things_of_partners
from qixue.swap.queries.wishes import given_for
from qixue.web import parts
from qixue.web.me.access import resident_of
from qixue.web.preferences import text_size
from qixue.web.public.cache import shared_for_a_second
from qixue.web.public.forms.swap import BrowseForm

PER_PAGE, PER_PAGE_IN_LARGE = 24, 8  # one thing fills a phone where letters are large
FEWEST_WISHERS = 5  # that are counted in public: of fewer, one who knows the others knows who the last one is


@for_everybody
@shared_for_a_second
def swap(request: HttpRequest, code: str) -> HttpResponse:
    """What can be had in a programme, the newest first, narrowed by what the visitor asks for."""
    programme = parts.get_programme_or_404(code)
    offered = on_offer(programme, viewer=resident_of(request))
    form = BrowseForm(request.GET, places=places_of(offered))
    asked = form.narrowing()
    is_large = bool(text_size(request))
    page = parts.paginate(request, narrowed(offered, asked), PER_PAGE_IN_LARGE if is_large else PER_PAGE)
    context = {
        "programme": programme,
        "filters": form,
        "kinds": kinds_of(offered) if is_large else [],
        "page": page,
        "shorter": [] if page.object_list else found_by_less(offered, asked),
        "is_narrowed": asked != Narrowing(),
    }
    return render(request, "public/swap/list.html", context)


@for_everybody
@shared_for_a_second
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """One thing. What is not on offer any more, or of somebody with whom one does not swap, looks like it never was; to
    its owner another page says what became of it.
    """
    viewer = resident_of(request)
    found = shown_to(viewer).with_details().filter(pk=pk).first()
    if found is None and viewer and viewer.swap_listings.filter(pk=pk).exists():
        return redirect("me:thing", pk)
    if found is None:
        raise Http404
    context = {
        "listing": found,
        "programme": found.programme,
        "owner_name": public_name(found),
        "is_own": viewer is not None and found.owner == viewer,
        "given": list(given_for(found, viewer)) if viewer else [],
        "wish_count": wish_counts([found])[found.pk],
        "fewest_shown": FEWEST_WISHERS,
    }
    return render(request, "public/swap/detail.html", context)


@for_everybody
def photo(request: HttpRequest, pk: int, digest: str, size: str) -> FileResponse:
    """A picture of a thing that is on offer, of the visitor's own, or of what they are to get in an exchange."""
    viewer = resident_of(request)
    own = Q(listing__owner=viewer) | Q(listing__in=things_of_partners(viewer)) if viewer else Q(pk__in=[])
    shown = Q(listing__in=shown_to(viewer)) | own
    found = ListingPhoto.objects.filter(shown, listing=pk, digest__startswith=digest).order_by("position").first()
    if found is None:
        raise Http404
    response = FileResponse((found.small if size == "small" else found.file).open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
