"""The hand-over on two phones: the receiver's shows a code, the giver's scans it or types its digits."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.swap.models import Handover
from qixue.swap.operations.handovers import confirm_here, confirm_received
from qixue.swap.queries.rounds import HANDOVER_WITH, sizes_of
from qixue.web import parts
from qixue.web.me.access import for_residents, known
from qixue.web.me.forms.swap_rounds import CodeForm
from qixue.web.me.views.swap_rounds import given_by_or_404
from qixue.web.qr_pictures import qr_picture

SECONDS_UNTIL_NEXT_LOOK = "5"


@require_POST
@for_residents
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The giver is at the place, with the thing."""
    user, resident = known(request)
    handover = given_by_or_404(resident, pk)
    return parts.pressed(
        request,
        lambda: confirm_here(handover, by=user, at=now()),
        back=reverse("me:swap_round", args=[handover.round_id]),
    )


@never_cache  # going back shows no code that was used meanwhile
@for_residents
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The receiver's: a code for the giver's camera, and six digits. It looks again until the thing was handed over."""
    _user, resident = known(request)
    mine = Handover.objects.filter(receiver=resident).select_related("round__venue", *HANDOVER_WITH)
    handover = get_object_or_404(mine, pk=pk)
    here_count, size = sizes_of(handover.round, [handover.exchange])[handover.exchange]
    context = {
        "handover": handover,
        "round": handover.round,
        "picture": qr_picture(f"{settings.QIXUE['BASE_URL']}{scanned_by(handover)}?code={handover.code}"),
        "here_count": here_count,
        "size": size,
    }
    response = render(request, "me/swap_rounds/code.html", context)
    if handover.state == Handover.State.PLANNED:
        response.headers["Refresh"] = SECONDS_UNTIL_NEXT_LOOK
    return response


def scanned_by(handover: Handover) -> str:
    """The page that the code opens: that of the giver, or at a community point the desk."""
    if handover.round.is_at_point:
        return reverse("workspace:swap_desk", args=[handover.round_id])
    return reverse("me:give_swap", args=[handover.pk])


@for_residents
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """The giver's: opened by scanning, or with the digits typed. Nothing is handed over before the button."""
    user, resident = known(request)
    handover = given_by_or_404(resident, pk)
    form = CodeForm(request.POST or None, initial={"code": request.GET.get("code", "")[:6]})
    if form.is_valid():
        try:
            confirm_received(handover, code=form.cleaned_data["code"], by=user, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Handed over. Thank you!"))
            return redirect("me:swap_round", handover.round_id)
    context = {"handover": handover, "round": handover.round}
    return parts.form_page(request, "me/swap_rounds/give.html", form, **context)
