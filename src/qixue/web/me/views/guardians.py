"""Handing somebody of the household on, and taking somebody over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.operations.guardians import take_over_dependent
from qixue.people.operations.guardians import offer_dependent
from qixue.web import parts
from qixue.web.me.access import dependent_or_404, for_residents, known
from qixue.web.me.forms.data import TakeOverForm

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


@for_residents
def take_over(request: HttpRequest) -> HttpResponse:
    user, resident = known(request)
    form = TakeOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_over_dependent(**form.cleaned_data, guardian=resident, by=user, at=now())
            return redirect("me:household")
        except Refused as refusal:
            form.refuse(refusal)
    return parts.form_page(request, "me/data/take_over.html", form)
