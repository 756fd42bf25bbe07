"""The photos of one of my things: add one, put one first, take one away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.swap.models import Listing, ListingPhoto
from qixue.swap.operations.photos import add_photo, put_photo_first, remove_photo
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.me.access import for_residents, known
from qixue.web.me.forms.swap import PhotoForm
from qixue.web.me.views.swap import act_for, own_or_404
from qixue.web.workspace.act import act_page, sent


@for_residents
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    """All of them in their order, and one more as long as there is room."""
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if form.is_valid():
        try:
            add_photo(listing, photo=form.photo_sent(), by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("me:listing_photos", pk)
    context = {
        "listing": listing,
        "can_change": listing.state == Listing.State.LISTED,
        "has_room": len(listing.photos.all()) < ListingPhoto.MOST,
        "most": ListingPhoto.MOST,
    }
    return parts.form_page(request, "me/swap/photos.html", form, **context)


@require_POST
@for_residents
def put_first(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    return parts.pressed(
        request,
        lambda: put_photo_first(listing, address=digest, by=user, at=now()),
        back=reverse("me:listing_photos", args=[pk]),
    )


@for_residents
def remove(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """Asked once more: the picture is gone for good."""
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    act = act_for(
        listing,
        title=_("Take this photo away"),
        lead=_("It is gone for good. You can add another one."),
        button=_("Take this photo away"),
        back=reverse("me:listing_photos", args=[pk]),
        done=_("The photo is gone."),
    )
    return act_page(request, sent(request, Form), act, lambda: remove_photo(listing, address=digest, by=user, at=now()))
