"""Sealed figures between a city and its province: what the city sends, what the province takes in and adds up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action, may
from qixue.programme.models import Programme
from qixue.report.models import AcceptedKey, Seal
from qixue.report.province_returns import (
    accept_key,
    checked_return,
    keys_behind,
    return_of,
    stop_accepting_key,
    take_in_return,
)
from qixue.report.province_totals import cities_of, standing_of, totals_of
from qixue.report.seal_format import base64url
from qixue.web import parts, table_files
from qixue.web.files import attached
from qixue.web.table_files import PageTable
from qixue.web.workspace.access import needs, staff, whole_programme_or_404
from qixue.web.workspace.act import Act, act_page
from qixue.web.workspace.forms.province_returns import CityKeyForm, ReturnFileForm, SeenReturnForm, StopKeyForm
from qixue.web.workspace.tables.province import province_table

TAKE_IN = "workspace/province/take_in.html"


@needs(Action.ISSUE_REPORT)
def send(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What to do so that the province gets the figures of one issue: nothing leaves by itself."""
    seal = seal_to_report(request, code, number)
    try:
        sent = return_of(seal)
    except Refused as refusal:
        return cannot_report(request, seal, refusal)
    context = {
        "programme": seal.programme,
        "seal": seal,
        "sent": sent,
        "public_key": base64url(sent.public_key),
        "file_name": file_name(seal),
    }
    return render(request, "workspace/province/send.html", context)


@needs(Action.ISSUE_REPORT)
def file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The file that a city gives to its province of one issue."""
    seal = seal_to_report(request, code, number)
    try:
        sent = return_of(seal)
    except Refused as refusal:
        return cannot_report(request, seal, refusal)
    return attached(sent.text().encode(), "application/json", file_name(seal))


def seal_to_report(request: HttpRequest, code: str, number: int) -> Seal:
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    seals = Seal.objects.select_related("programme__organisation", "programme__region__parent")
    return get_object_or_404(seals, programme=programme, number=number)


def cannot_report(request: HttpRequest, seal: Seal, refusal: Refused) -> HttpResponse:
    back = reverse("workspace:seal", args=[seal.programme.code, seal.number])
    return parts.refusal_page(request, refusal, back=back)


def file_name(seal: Seal) -> str:
    return f"{seal.programme.region.name}-{seal.programme.name}-{seal.number}.json"


@needs(Action.SEE_REPORT)
def totals(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the cities report together, what each has sent, and who has sent nothing."""
    programme = whole_programme_or_404(request.user, code, Action.SEE_REPORT)
    found = totals_of(programme)
    cities = standing_of(found)
    context = {
        "programme": programme,
        "totals": found,
        "cities": cities,
        "has_keys": any(city.keys for city in cities),
        "may_take_in": may(request.user, Action.ISSUE_REPORT, programme.organisation),
    }
    table = PageTable("province", lambda: province_table(programme, found))
    return table_files.page(request, "workspace/province/totals.html", context, table)


@needs(Action.ISSUE_REPORT)
def take_in(request: HttpRequest, code: str) -> HttpResponse:
    """A file is looked at first: from whom it is and whether it holds. One that is refused can be checked again."""
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    has_looked = "content" in request.POST
    form = SeenReturnForm(request.POST) if has_looked else ReturnFileForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return parts.form_page(request, TAKE_IN, form, programme=programme)
    [sent] = form.cleaned_data.values()  # each of the forms has one field
    form = SeenReturnForm({"content": sent.text()})
    form.full_clean()
    try:
        if has_looked:
            kept = take_in_return(programme, sent.text(), by=staff(request), at=now())
            messages.success(request, _("The return of %(city)s is taken in.") % {"city": kept.city.local_name})
            return redirect("workspace:province_totals", code)
        checked_return(programme, sent.text())
    except Refused as refusal:
        form.refuse(refusal)
    return parts.form_page(request, TAKE_IN, form, programme=programme, sent=sent, keys=keys_behind(sent))


@needs(Action.ISSUE_REPORT)
def accept_city_key(request: HttpRequest, code: str) -> HttpResponse:
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    cities = cities_of(programme)
    form = CityKeyForm(request.POST or None, cities=cities)

    def do() -> AcceptedKey:
        answers = form.cleaned_data
        return accept_key(answers["city"], answers["key"], by=staff(request), at=now())

    return act_page(request, form, key_act(programme, fits=cities.exists()), do)


def key_act(programme: Programme, *, fits: bool) -> Act:
    back = reverse("workspace:province_totals", args=[programme.code])
    return Act(
        title=_("Accept the key of a city"),
        about=programme.local_name,
        lead=_("Let the city read its key out to you, by telephone for example. The key in its file proves nothing."),
        button=_("Accept the key"),
        back=back,
        crumbs=((_("Figures of the cities"), back),),
        done=_("The key is accepted: what it has signed is taken in from now on."),
        fits=fits,
        context={"programme": programme},
    )


@needs(Action.ISSUE_REPORT)
def stop_city_key(request: HttpRequest, code: str) -> HttpResponse:
    programme = whole_programme_or_404(request.user, code, Action.ISSUE_REPORT)
    keys = AcceptedKey.objects.filter(city__in=cities_of(programme)).select_related("city")
    form = StopKeyForm(request.POST or None, keys=keys.order_by("city__code", "accepted_at", "pk"))
    back = reverse("workspace:province_totals", args=[code])
    act = Act(
        title=_("Stop accepting a key"),
        about=programme.local_name,
        lead=_("Nothing more that it signed is taken in. What was taken in before stays."),
        button=_("Stop accepting this key"),
        back=back,
        crumbs=((_("Figures of the cities"), back),),
        done=_("The key is no longer accepted."),
        fits=keys.exists(),
        context={"programme": programme},
    )
    return act_page(
        request, form, act, lambda: stop_accepting_key(form.cleaned_data["key"], by=staff(request), at=now())
    )
