"""When something is wrong: report a thing, keep apart from its owner."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.people.models import Resident
from qixue.swap.models import Block, Listing
from qixue.swap.operations.blocks import block_owner, lift_block
from qixue.swap.operations.reports import report_listing
from qixue.swap.queries.rounds import things_of_partners, things_received
from qixue.web import unfinished_forms
from qixue.web.forms import Form
from qixue.web.me.access import for_residents, for_residents_who_type, known
from qixue.web.me.forms.swap import ReportForm
from qixue.web.me.views.swap import act_for
from qixue.web.me.views.swap_wishes import of_others_or_404
from qixue.web.workspace.act import act_page, sent


def concerned_or_404(resident: Resident, pk: int) -> Listing:
    """Something of others on the pages, or that somebody brings with whom the resident is to exchange things."""
    partners = things_of_partners(resident).exclude(owner=resident).with_details()
    return partners.filter(pk=pk).first() or of_others_or_404(resident, pk)


def reportable_or_404(resident: Resident, pk: int) -> Listing:
    """The same, or what was received and turned out to be something else."""
    return things_received(resident).with_details().filter(pk=pk).first() or concerned_or_404(resident, pk)


def page_of(listing: Listing) -> str:
    return reverse("public:listing", args=[listing.pk]) if listing.is_open else reverse("me:swap_rounds")


@for_residents_who_type
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the staff that a thing should not be on the pages, or is not what it was said to be."""
    user, resident = known(request)
    listing = reportable_or_404(resident, pk)
    form = ReportForm(unfinished_forms.answers(request))
    act = act_for(
        listing,
        title=_("Report this thing"),
        lead=_("The staff look at it. Its owner is not told who reported it."),
        button=_("Report it"),
        back=page_of(listing),
        done=_("Thank you. The staff look at it."),
    )
    return act_page(
        request, form, act, lambda: report_listing(listing, reporter=resident, **form.cleaned_data, by=user, at=now())
    )


@for_residents
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep apart from the owner of a thing. Whoever sends it twice is where they wanted to be."""
    user, resident = known(request)
    if Block.objects.filter(owner=resident, blocked__swap_listings=pk).exists():
        return redirect("me:swap")
    listing = concerned_or_404(resident, pk)
    act = act_for(
        listing,
        title=_("Do not swap with this owner"),
        lead=_("You two see nothing of each other's things from then on, and are never matched. They are not told."),
        button=_("Do not swap with this owner"),
        done=_("You are not matched with this owner any more."),
        fits=listing.owner is not None,
    )
    return act_page(request, sent(request, Form), act, lambda: block_owner(listing, person=resident, by=user, at=now()))


@require_POST
@for_residents
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user, resident = known(request)
    if block := Block.objects.filter(owner=resident, pk=pk).first():
        lift_block(block, by=user, at=now())
    return redirect("me:swap")
