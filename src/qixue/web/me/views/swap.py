"""My things for a swap: list one, change it, take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.people.models import Resident
from qixue.swap.models import Block, Listing
from qixue.swap.operations.listings import edit_listing, list_thing, withdraw_listing
from qixue.swap.queries.fates import fate_of
from qixue.swap.queries.listings import own_listings, wish_counts
from qixue.swap.queries.wishes import one_ofs_of, with_wishes
from qixue.web import parts, unfinished_forms
from qixue.web.forms import Form
from qixue.web.me.access import for_residents, for_residents_who_type, known
from qixue.web.me.forms.swap import ListingForm, NewListingForm, initial_of, initial_of_new
from qixue.web.workspace.act import Act, act_page, sent


@for_residents
def things(request: HttpRequest) -> HttpResponse:
    """What I offer with what I would take for it, what I look for, and what is over."""
    _user, resident = known(request)
    own = list(with_wishes(own_listings(resident)))
    context = {
        "resident": resident,
        "own": [each for each in own if not each.is_over],
        "over": [each for each in own if each.is_over],
        "wish_counts": wish_counts(own),
        "one_ofs": one_ofs_of(resident),
        "blocks": Block.objects.filter(owner=resident).order_by("-blocked_at", "-pk"),
    }
    return render(request, "me/swap/things.html", context)


@for_residents_who_type
def new(request: HttpRequest) -> HttpResponse:
    """One page: a photo, a word, three taps; the town is that of the resident."""
    user, resident = known(request)
    programme = parts.current_programme()
    if programme is None:
        return render(request, "me/swap/no_programme.html", status=409)
    form = NewListingForm(
        unfinished_forms.answers(request),
        request.FILES or None,
        initial=initial_of_new(resident),
        programme=programme,
    )
    unfinished_forms.recall_refusals(request, form)
    act = act_for(
        title=_("List a thing"),
        lead=_("A photo, a word, three taps. You can change it or take it back at any time."),
        button=_("List it"),
    )

    def do() -> HttpResponse:
        photo, key = form.photo_sent(), form.cleaned_data["key"]
        listed = list_thing(programme, owner=resident, details=form.details(), photo=photo, key=key, by=user, at=now())
        return after_listing(request, listed)

    return act_page(request, form, act, do)


def after_listing(request: HttpRequest, listed: Listing) -> HttpResponse:
    """On to what its owner would take for it; for a gift nobody asks that."""
    say_who_looks_for(request, listed)
    if listed.is_gift:
        messages.success(request, _("It is listed."))
        return redirect("me:swap")
    messages.success(request, _("It is listed. Now say what you would take for it."))
    return redirect("me:kind_wishes", listed.pk)


def say_who_looks_for(request: HttpRequest, listing: Listing) -> None:
    """That somebody waits for just such a thing; who, nobody is told."""
    if people := wish_counts([listing])[listing.pk]:
        sentence = ngettext(
            "%(people)s person looks for a thing of this kind already.",
            "%(people)s people look for a thing of this kind already.",
            people,
        )
        messages.info(request, sentence % {"people": people})


@for_residents
def thing(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one of my things, also when it is over."""
    _user, resident = known(request)
    listing = own_or_404(resident, pk)
    return render(request, "me/swap/fate.html", {"listing": listing, "fate": fate_of(listing)})


@for_residents_who_type
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    form = ListingForm(unfinished_forms.answers(request), initial=initial_of(listing), programme=listing.programme)
    act = act_for(
        listing,
        title=_("Change what is said"),
        lead=_("What becomes a gift asks for nothing in return."),
        button=_("Save"),
        done=_("Saved."),
    )
    return act_page(
        request,
        form,
        act,
        lambda: edit_listing(listing, details=form.details(), by=user, at=now()),
    )


@for_residents
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    act = act_for(
        listing,
        title=_("Take it back"),
        lead=_("It goes off the pages, with all wishes for it and with what you would take for it."),
        button=_("Take it back"),
        done=_("It is taken back."),
    )
    return act_page(request, sent(request, Form), act, lambda: withdraw_listing(listing, by=user, at=now()))


def own_or_404(resident: Resident, pk: int) -> Listing:
    """A thing of the resident; those of others look like a missing page."""
    return get_object_or_404(own_listings(resident), pk=pk)


def act_for(listing: Listing | None = None, **words: Any) -> Act:
    """A page that leads back to my things."""
    words.setdefault("back", reverse("me:swap"))
    about = listing.title if listing else ""
    return Act(about=about, about_language="zh-hans", trail="me/swap/crumbs.html", **words)
