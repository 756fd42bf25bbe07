"""Handing somebody of the household on, taking somebody over, and being the person who was handed on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.operations.guardians import take_over_dependent
from qixue.participation.queries.merged_people import in_common
from qixue.people.operations.guardians import claim_record, offer_dependent, offered_person
from qixue.people.personal_data import Pair
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import dependent_or_404, for_residents, for_residents_who_type, known
from qixue.web.me.forms.data import ClaimForm, TakeOverForm

CODE = "guardian_code"  # in the session, until it was shown


@for_residents
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once, then the code for the other guardian, which is shown once."""
    user, resident = known(request)
    dependent = dependent_or_404(resident, pk)
    if request.method == "POST":
        request.session[CODE] = [pk, offer_dependent(dependent, by=user, at=now())]
        return redirect("me:hand_on", pk)
    shown_for, code = request.session.pop(CODE, (0, ""))
    return render(request, "me/data/hand_on.html", {"dependent": dependent, "code": code if shown_for == pk else ""})


@for_residents_who_type
def take_over(request: HttpRequest) -> HttpResponse:
    user, resident = known(request)
    form = TakeOverForm(unfinished_forms.answers(request))
    if request.method == "POST" and form.is_valid():
        try:
            take_over_dependent(**form.cleaned_data, guardian=resident, by=user, at=now())
            return redirect("me:household")
        except Refused as refusal:
            form.refuse(refusal)
    return unfinished_forms.form_page(request, "me/data/take_over.html", form)


@for_residents_who_type
def claim(request: HttpRequest) -> HttpResponse:
    """A relative has been signing me up: the code first, then both records beside each other, then they are one."""
    user, resident = known(request)
    form = ClaimForm(unfinished_forms.answers(request))
    try:
        if "confirmed" in request.POST and form.is_valid():
            claim_record(**form.cleaned_data, person=resident, by=user, at=now())
            messages.success(request, _("Both are one record now. You find everything under “Mine”."))
            return redirect("me:home")
        if unfinished_forms.is_to_check(request, form):
            pair = Pair.of(resident, offered_person(**form.cleaned_data, at=now()))
            context = {"pair": pair, "common": in_common(pair)}
            return parts.form_page(request, "me/household/claim_check.html", form, **context)
    except Refused as refusal:
        form.refuse(refusal)
    return unfinished_forms.form_page(request, "me/household/claim.html", form)
