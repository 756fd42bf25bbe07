"""Swap rounds as the owners of things go through them: enter, say that one comes, see the result, agree."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import Resident
from qixue.programme.models import Programme
from qixue.swap.models import Handover, Listing, RoundEntry, SwapRound
from qixue.swap.models.listings import photos_in_order
from qixue.swap.operations import entries, handovers
from qixue.swap.queries.rounds import (
    HANDOVER_WITH,
    ROUND_WITH,
    can_be_entered,
    in_other_rounds,
    own_things_in,
    rounds_for,
)
from qixue.web import parts
from qixue.web.me.access import for_residents, known
from qixue.web.me.forms.swap_rounds import EnterForm


def round_or_404(pk: int) -> SwapRound:
    shown = SwapRound.objects.filter(programme__state__in=Programme.PUBLIC_STATES)
    return get_object_or_404(shown.select_related(*ROUND_WITH), pk=pk)


def own_entry_or_404(resident: Resident, pk: int) -> RoundEntry:
    own = RoundEntry.objects.of([resident]).select_related("round", "listing")
    return get_object_or_404(own, pk=pk)


def given_by_or_404(resident: Resident, pk: int) -> Handover:
    own = Handover.objects.filter(giver=resident).select_related("round__venue", *HANDOVER_WITH)
    return get_object_or_404(own, pk=pk)


@for_residents
def rounds(request: HttpRequest) -> HttpResponse:
    """Rounds that take in things, and those in which one's own things are or were."""
    _user, resident = known(request)
    shown = SwapRound.objects.filter(programme__state=Programme.State.PUBLISHED)
    found = rounds_for(resident, shown.filter(state=SwapRound.State.OPEN))
    return render(request, "me/swap_rounds/list.html", {"page": parts.paginate(request, found, 20)})


@for_residents
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What becomes of one's things: each with its answer, its exchange, or why there is none."""
    _user, resident = known(request)
    found = round_or_404(pk)
    can_answer = found.state in SwapRound.ENTERING_STATES and now() < found.answers_until
    things = own_things_in(found, resident)
    context = {
        "round": found,
        "programme": found.programme,
        "things": things,
        "leaving": [thing for thing in things if thing.can_leave],
        "can_enter": can_enter(found),
        "can_answer": can_answer,
        "is_handing_over": found.state == SwapRound.State.HANDING_OVER,
        "is_past": not found.is_over and now() >= found.ends_at,
        "agree_until": found.starts_at if now() < found.starts_at else found.ends_at,  # a desk may open late
        "others": can_be_entered(found, resident).exists(),
    }
    return render(request, "me/swap_rounds/round.html", context)


def can_enter(round_: SwapRound) -> bool:
    return round_.state == SwapRound.State.OPEN and now() < round_.entries_close_at


@for_residents
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what goes into the round, all in one step."""
    user, resident = known(request)
    found = round_or_404(pk)
    things = list(can_be_entered(found, resident).with_details()) if can_enter(found) else []
    form = EnterForm(request.POST or None, things=things, there=things_there(found, resident))
    if form.is_valid():
        try:
            for thing in form.chosen():
                entries.enter_thing(found, listing=thing, comes=form.comes_for_sure(), by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect("me:swap_round", pk)
    context = {
        "round": found,
        "programme": found.programme,
        "things": things,
        "elsewhere": in_other_rounds(found, resident),
    }
    return parts.form_page(request, "me/swap_rounds/enter.html", form, **context)


def things_there(round_: SwapRound, resident: Resident) -> list[Listing]:
    """What is in the round already, and may be sent once more."""
    there = RoundEntry.objects.of([resident]).filter(round=round_, state=RoundEntry.State.IN)
    listings = there.select_related("listing").prefetch_related(photos_in_order("listing__photos"))
    return [entry.listing for entry in listings.order_by("pk")]


@require_POST
@for_residents
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether one comes with the thing: the button says which."""
    user, resident = known(request)
    entry = own_entry_or_404(resident, pk)
    return parts.pressed(
        request,
        lambda: entries.answer_for(entry, comes=request.POST.get("comes") == "yes", by=user, at=now()),
        back=reverse("me:swap_round", args=[entry.round_id]),
    )


@for_residents
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Taking a thing out is asked once more: it may end an exchange of others."""
    user, resident = known(request)
    entry = own_entry_or_404(resident, pk)
    back = reverse("me:swap_round", args=[entry.round_id])
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: entries.leave_round(entry, by=user, at=now()),
            back=back,
            done=_("Taken out of the round. The thing stays on offer."),
        )
    return render(request, "me/swap_rounds/leave.html", {"entry": entry, "round": entry.round, "back": back})


@require_POST
@for_residents
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """To giving this for what one gets; both stand above the button."""
    user, resident = known(request)
    handover = given_by_or_404(resident, pk)
    return parts.pressed(
        request,
        lambda: handovers.agree(handover, by=user, at=now()),
        back=reverse("me:swap_round", args=[handover.round_id]),
    )
