"""One's own keys for programs, also those of residents: make one, see which there are, revoke one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.directory import tokens_of
from qixue.people.models import User
from qixue.people.operations.tokens import make_token, revoke_token
from qixue.web import parts
from qixue.web.account_access import own_account, way_to_confirm
from qixue.web.forms import Form
from qixue.web.sign_in import was_confirmed
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.people import TokenForm
from qixue.web.workspace.reach.people import own_token_or_404


@own_account
def tokens(request: HttpRequest, user: User) -> HttpResponse:
    """The list, and for a person who was just confirmed a form for a new key, which is on the answer and nowhere else.

    A key acts for a person without their second step, so it takes more than a browser that was left open.
    """
    at = now()
    is_confirmed = was_confirmed(request, at=at)
    if request.method == "POST" and not is_confirmed:
        return redirect(way_to_confirm(request))
    form = TokenForm(request.POST or None)
    key = ""
    if form.is_valid():
        answers = form.cleaned_data
        try:
            _token, key = make_token(
                user, name=answers["name"], lasts=form.lasts(), at=at, client_uuid=answers["client_uuid"]
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if not key:
                return redirect("workspace:tokens")
            form = TokenForm()
    context = {"tokens": [(each, each.is_valid_at(at)) for each in tokens_of(user)], "key": key}
    context["confirm_url"] = "" if is_confirmed else way_to_confirm(request)
    return parts.form_page(request, "workspace/people/tokens.html", form, **context)


@own_account
def revoke(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    token = own_token_or_404(user, pk)
    act = Act(
        title=_("Revoke this key"),
        about=token.name,
        lead=_("Programs with it are refused from now on. This cannot be taken back."),
        button=_("Revoke"),
        done=_("The key is revoked; programs with it are refused from now on."),
        back=reverse("workspace:tokens"),
    )
    return act_page(request, sent(request, Form), act, lambda: revoke_token(token, by=user, at=now()))
