"""Everybody can check a certificate: by its number, by the code on the paper, or by the signed credential itself."""

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.learning_hours import learning_hours
from qixue.participation.models import Certificate
from qixue.participation.operations.verification import is_name, look_up, masked, verify_credential
from qixue.participation.serials import printed
from qixue.web import parts
from qixue.web.public.forms.verify import CredentialForm, NameForm, SerialForm

TOO_MANY = 429


@for_everybody
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Type the number; the answer has an address of its own, which the code on the paper leads to."""
    form = SerialForm(request.POST or None)
    if form.is_valid():
        return redirect("public:certificate", printed(form.cleaned_data["serial"]))
    return parts.form_page(request, "public/verify/number.html", form)


@for_everybody
@never_cache
@sensitive_post_parameters("name")
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    """Valid, revoked or unknown; the whole name only for who knows it already. Unknown numbers all look alike."""
    at, address = now(), address_of(request)
    form = NameForm(request.POST or None)
    try:
        found = look_up(serial, address=address, at=at)
        if found is None:
            return render(request, "public/verify/unknown.html", status=404)
        is_right = form.is_valid() and is_name(found, form.cleaned_data["name"], address=address, at=at)
    except Refused as refusal:
        response = parts.refusal_page(request, refusal)
        response.status_code = TOO_MANY
        return response
    context = {**facts(found), "is_name_right": is_right, "is_name_wrong": form.is_valid() and not is_right}
    return parts.form_page(request, "public/verify/certificate.html", form, **context)


def facts(found: Certificate) -> dict[str, object]:
    return {
        "certificate": found,
        "programme": found.activity.programme,
        "masked_name": masked(found.name) if found.name else "",
        "hours": learning_hours(found.minutes) if found.minutes else None,
    }


def address_of(request: HttpRequest) -> str:
    """Of the browser, as far as the proxies in front of us are trusted to say it."""
    return str(get_client_ip_address(request) or "")


@for_everybody
@never_cache
def credential(request: HttpRequest) -> HttpResponse:
    """Send in the signed credential: to the bit as it was signed, or refused."""
    form = CredentialForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            verified = verify_credential(form.text())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if verified.certificate is None:
                return render(request, "public/verify/unknown.html", status=404)
            context = {**facts(verified.certificate), "is_signed": True, "form": NameForm()}
            return render(request, "public/verify/certificate.html", context)
    return parts.form_page(request, "public/verify/credential.html", form)
