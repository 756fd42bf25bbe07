"""For what I would give my things."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.people.models import Resident
from qixue.swap.models import Listing, OneOf
from qixue.swap.operations.wishes import drop_one_of, save_one_of, wish_for, wish_for_kinds
from qixue.swap.queries.listings import can_be_given, shown_to
from qixue.swap.queries.wishes import liked_by
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import for_residents, for_residents_who_type, known
from qixue.web.me.forms.swap import KindsForm, OneOfForm, WishForm, initial_of_one_of
from qixue.web.me.views.swap import act_for, own_or_404
from qixue.web.workspace.act import act_page

TAKEN_BACK = gettext_lazy("Your wish is taken back.")


@for_residents_who_type
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of my things I would give for this one."""
    user, resident = known(request)
    wanted = of_others_or_404(resident, pk)
    own = list(can_be_given(resident, wanted.programme))
    if not own:
        return render(request, "me/swap/nothing_to_give.html", {"listing": wanted, "programme": wanted.programme})
    before = wanted.wished_by.filter(wisher=resident).values_list("listing_id", flat=True)
    form = WishForm(unfinished_forms.answers(request), before=[str(key) for key in before], own=own)
    act = act_for(
        wanted,
        title=_("I would like this"),
        lead=_("Its owner is not told. When a round is run, everything that fits is brought together."),
        button=_("Keep my wish"),
        back=reverse("public:listing", args=[pk]),
        done=TAKEN_BACK if form.takes_back else _("Your wish is kept. You find it under my things."),
    )
    return act_page(
        request, form, act, lambda: wish_for(wanted, wisher=resident, giving=form.keys(), by=user, at=now())
    )


def of_others_or_404(resident: Resident, pk: int) -> Listing:
    """A thing on offer of somebody with whom the resident swaps; one's own and all else looks like a missing page."""
    shown = shown_to(resident).exclude(owner=resident)
    return get_object_or_404(shown.with_details(), pk=pk)


@for_residents_who_type
def kinds(request: HttpRequest, pk: int) -> HttpResponse:
    """Any thing of a kind for one of mine."""
    user, resident = known(request)
    listing = own_or_404(resident, pk)
    before = list(listing.kind_wishes.order_by("kind").values_list("kind", flat=True))
    form = KindsForm(unfinished_forms.answers(request), before=before)
    act = act_for(
        listing,
        title=_("Any thing of a kind"),
        lead=_("Tick what you would take for it, whichever it is."),
        button=_("Keep my wish"),
        done=TAKEN_BACK if form.takes_back else _("Your wish is kept."),
        fits=listing.is_open and not listing.is_gift,
        above=("me/swap/or_a_thing.html",),
        context={"programme": listing.programme},
    )
    return act_page(
        request,
        form,
        act,
        lambda: wish_for_kinds(listing, wisher=resident, kinds=form.cleaned_data["kinds"], by=user, at=now()),
    )


@for_residents_who_type
def new_one_of(request: HttpRequest) -> HttpResponse:
    """Several things of which one is enough."""
    _user, resident = known(request)
    return one_of_page(request, resident, None)


@for_residents_who_type
def one_of(request: HttpRequest, pk: int) -> HttpResponse:
    _user, resident = known(request)
    return one_of_page(request, resident, one_of_or_404(resident, pk))


def one_of_page(request: HttpRequest, resident: Resident, before: OneOf | None) -> HttpResponse:
    user, _resident = known(request)
    programme = parts.current_programme()
    if programme is None:
        raise Http404
    own, liked = list(can_be_given(resident, programme)), list(liked_by(resident, programme))
    initial = initial_of_one_of(before) if before else {"key": uuid.uuid4()}
    form = OneOfForm(unfinished_forms.answers(request), initial=initial, own=own, liked=liked)
    act = act_for(
        title=_("Any of these, one only"),
        lead=_("You get one of the things that you tick, and give one of yours for it: never two."),
        button=_("Save"),
        done=_("Saved."),
        above=() if own and len(liked) > 1 else ("me/swap/too_few.html",),
    )
    return act_page(
        request,
        form,
        act,
        lambda: save_one_of(resident, details=form.details(), key=form.cleaned_data["key"], by=user, at=now()),
    )


@require_POST
@for_residents
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    user, resident = known(request)
    if dropped := OneOf.objects.filter(owner=resident, pk=pk).first():
        drop_one_of(dropped, by=user, at=now())
    return redirect("me:swap")


def one_of_or_404(resident: Resident, pk: int) -> OneOf:
    return get_object_or_404(OneOf.objects.filter(owner=resident), pk=pk)
