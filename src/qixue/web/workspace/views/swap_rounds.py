"""Swap rounds as their organisers run them: open, close entries, have them matched, compare, choose, begin, close."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.queries import organisations_for
from qixue.people.rules import Action, may
from qixue.swap.models import RoundPlan, SwapRound
from qixue.swap.operations import handovers, plans, rounds
from qixue.swap.operations.round_details import edit_round
from qixue.swap.queries.rounds import (
    agreement_in,
    comparison_of,
    counts_of,
    has_handed_over,
    outcome_of,
    plans_to_compare,
)
from qixue.web import parts
from qixue.web.forms import ConfirmableForm, Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.swap_rounds import EditRoundForm, NewRoundForm, initial_of_round
from qixue.web.workspace.reach.swap_rounds import plan_or_404, round_or_404, rounds_in_reach
from qixue.web.workspace.views import swap_round_words as words

PER_PAGE = 20
ENTRIES_PER_PAGE = 50
SECONDS_UNTIL_NEXT_LOOK = "2"
ANSWERS, AGREED, OUTCOME = (f"workspace/swap_rounds/{name}.html" for name in ("answers", "agreed", "outcome"))
State = SwapRound.State


@needs(Action.HAND_OVER_SWAPS)
def swap_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the viewer's part of the tree."""
    context = {
        "page": parts.paginate(request, rounds_in_reach(request.user), PER_PAGE),
        "may_run": organisations_for(request.user, Action.RUN_SWAP_ROUND).exists(),
    }
    return render(request, "workspace/swap_rounds/list.html", context)


@needs(Action.RUN_SWAP_ROUND)
def new(request: HttpRequest) -> HttpResponse:
    """Open a round in the programme that the site shows."""
    programme = parts.current_programme()
    if programme is None:
        raise Http404
    organisations = organisations_for(request.user, Action.RUN_SWAP_ROUND)
    form = NewRoundForm(request.POST or None, organisations=organisations, region=programme.region)
    if form.is_valid():
        organisation, key = form.cleaned_data["organisation"], form.cleaned_data["client_uuid"]
        try:
            made = rounds.open_round(
                programme, organisation, details=form.details(), key=key, by=staff(request), at=now()
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The round is open: things can be entered."))
            return redirect("workspace:swap_round", made.pk)
    return parts.form_page(request, "workspace/swap_rounds/new.html", form, programme=programme)


@needs(Action.RUN_SWAP_ROUND)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other hours, another place, other words, until it is matched."""
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    form = EditRoundForm(request.POST or None, region=found.programme.region, initial=initial_of_round(found))
    differences = None
    if form.is_valid():
        seen = form.cleaned_data["version"] or 0
        try:
            edit_round(found, details=form.details(), edit_count=seen, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of_round(found)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved. Whoever has entered something is told of a new time or place."))
            return redirect("workspace:swap_round", pk)
    context = {**around(found), "differences": differences}
    return parts.form_page(request, "workspace/swap_rounds/edit.html", form, **context)


@needs(Action.HAND_OVER_SWAPS)
def swap_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the round stands, the two plans side by side, and the next step."""
    found = round_or_404(request.user, pk, Action.HAND_OVER_SWAPS)
    compared = plans_to_compare(found)
    waited_since = now() - plans.LEASE  # afterwards the organiser may ask again, and the page need not look again
    is_under_way = any(plan.state == RoundPlan.State.QUEUED and plan.asked_at > waited_since for plan in compared)
    context = {
        "round": found,
        "programme": found.programme,
        "counts": counts_of(found),
        "plans": compared,
        "comparison": comparison_of(compared),
        "is_under_way": is_under_way,
        "agreement": agreement_in(found) if found.state == State.PROPOSED else None,
        "outcome": outcome_of(found) if found.handovers.exists() else None,
        "may_run": may(request.user, Action.RUN_SWAP_ROUND, found.organisation),
    }
    response = render(request, "workspace/swap_rounds/round.html", context)
    if is_under_way:  # in the header and not in the page, so that no reading aid is pulled away from its place
        response.headers["Refresh"] = SECONDS_UNTIL_NEXT_LOOK
    return response


@needs(Action.HAND_OVER_SWAPS)
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the round, whose it is, and whether they come."""
    found = round_or_404(request.user, pk, Action.HAND_OVER_SWAPS)
    rows = found.entries.select_related("listing__owner", "listing__place__parent__parent").order_by(
        "-entered_at", "-pk"
    )
    page = parts.paginate(request, rows, ENTRIES_PER_PAGE)
    return render(request, "workspace/swap_rounds/entries.html", {**around(found), "page": page})


def around(round_: SwapRound) -> dict[str, Any]:
    return {"round": round_, "programme": round_.programme}


def act_in(
    request: HttpRequest,
    round_: SwapRound,
    title: str,
    do: Callable[..., Any],
    *,
    asks: type[Form] = Form,
    **more: Any,
) -> HttpResponse:
    """The page of an act whose button says what its title says; `do` takes what the form asks, who did it and when."""
    back = reverse("workspace:swap_round", args=[round_.pk])
    crumbs = ((_("Swap rounds"), reverse("workspace:swap_rounds")), (round_.title, back))
    act = Act(title=title, about=round_.title, button=title, back=back, crumbs=crumbs, **more)
    form = sent(request, asks)
    return act_page(request, form, act, lambda: do(by=staff(request), at=now(), **form.cleaned_data))


@needs(Action.RUN_SWAP_ROUND)
def close_entries(request: HttpRequest, pk: int) -> HttpResponse:
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    counts = counts_of(found)
    return act_in(
        request,
        found,
        _("Take in nothing more"),
        partial(rounds.close_entries, found),
        above=(ANSWERS,),
        context={"round": found, "counts": counts},
        asks=ConfirmableForm,
        lead=_("Owners who have not answered are asked now whether they come."),
        in_numbers=words.when_closed(counts),
        done=_("Closed. Those who have not answered are asked."),
        fits=found.state == State.OPEN,
    )


@needs(Action.RUN_SWAP_ROUND)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Both ways at once: most people, and most things. The worker does it, and the page of the round shows it."""
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    counts = counts_of(found)
    return act_in(
        request,
        found,
        _("Match the things"),
        partial(plans.ask_for_plans, found),
        above=(ANSWERS,),
        context={"round": found, "counts": counts},
        in_numbers=words.when_matched(counts),
        asks=ConfirmableForm,
        lead=_(
            "Two plans are made: one with most people, one with most things. You compare them and choose."
            " Only things whose owners have said that they come take part."
        ),
        done=_("Being matched; the two plans appear here."),
        fits=found.state in {State.ANSWERING, State.MATCHING},
    )


@needs(Action.RUN_SWAP_ROUND)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` is that of the plan."""
    plan = plan_or_404(request.user, pk)
    return act_in(
        request,
        plan.round,
        _("Choose this plan"),
        partial(plans.choose_plan, plan),
        lead=_("%(way)s. Everybody is told what they give and what they get, and asked to agree.")
        % {"way": plan.get_objective_display()},
        done=_("Chosen. Everybody is being told."),
        fits=plan.state == RoundPlan.State.DONE and plan.round.state == State.MATCHING,
    )


@needs(Action.RUN_SWAP_ROUND)
def plan_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The round or its result, by keys without names, for `qixue swap check`."""
    plan = plan_or_404(request.user, pk)
    if plan.state != RoundPlan.State.DONE or kind not in {"instance", "result"}:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="round-{plan.round_id}-{plan.objective}-{kind}.json"'}
    if kind == "instance":
        return HttpResponse(plan.instance, content_type="application/json", headers=headers)
    return JsonResponse(plan.result, headers=headers)


@needs(Action.RUN_SWAP_ROUND)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    agreement = agreement_in(found)
    return act_in(
        request,
        found,
        _("Begin to hand over"),
        partial(handovers.begin_handover, found),
        above=(AGREED,),
        context={"agreement": agreement},
        in_numbers=words.when_begun(agreement),
        asks=ConfirmableForm,
        lead=_(
            "Who has not agreed by now is not counted on: their exchanges are off, and the others are matched anew."
        ),
        done=_("The desk is open."),
        fits=found.state == State.PROPOSED,
    )


@needs(Action.RUN_SWAP_ROUND)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    outcome = outcome_of(found)
    return act_in(
        request,
        found,
        _("Close the round"),
        partial(rounds.close_round, found),
        above=(OUTCOME,),
        context={"outcome": outcome},
        in_numbers=words.when_ended(outcome),
        asks=ConfirmableForm,
        lead=_("Exchanges of which nothing was handed over are off; their things stay on offer."),
        done=_("The round is over."),
        fits=found.state == State.HANDING_OVER,
    )


@needs(Action.RUN_SWAP_ROUND)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = round_or_404(request.user, pk, Action.RUN_SWAP_ROUND)
    return act_in(
        request,
        found,
        _("Call the round off"),
        partial(rounds.cancel_round, found),
        lead=_("All things are free again and stay on offer."),
        done=_("The round is called off."),
        fits=not found.is_over and not has_handed_over(found),
    )
