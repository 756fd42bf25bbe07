"""My passkeys: add one with a name, remove one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import Passkey, User
from qixue.people.operations.passkeys import add_passkey, ask_for_new_passkey, remove_passkey
from qixue.web import parts
from qixue.web.account_access import confirmed_account, wanted
from qixue.web.account_forms import PasskeyForm
from qixue.web.sign_in import confirm, keep_question, passkey_site, take_question, takes_passkeys
from qixue.web.views.account_factors import after_set_up, removal_page


@confirmed_account
def new(request: HttpRequest, user: User) -> HttpResponse:
    """The script asks the browser for a new key and puts its answer into the form."""
    form = PasskeyForm(request.POST or None)
    if form.is_valid():
        try:
            add_passkey(
                user,
                name=form.cleaned_data["name"],
                answer=form.cleaned_data["answer"],
                state=take_question(request),
                site=passkey_site(request),
                keep=request.session.session_key or "",
                by=user,
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The passkey was added. You can sign in with it from now on."))
            return after_set_up(request, user)
    context = {"next": wanted(request), "takes_passkeys": takes_passkeys(request)}
    return parts.form_page(request, "accounts/new_passkey.html", form, **context)


@require_POST
@confirmed_account
def question(request: HttpRequest, user: User) -> HttpResponse:
    return JsonResponse(keep_question(request, ask_for_new_passkey(user, site=passkey_site(request))))


@confirmed_account
def removal(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey, user=user, pk=pk)
    if request.method == "POST":
        remove_passkey(passkey, by=user, at=now())
        confirm(request, at=now())
        messages.success(request, _("The passkey was removed."))
        return redirect("account:home")
    return removal_page(request, user, what=_("Remove the passkey “%(name)s”") % {"name": passkey.name})
