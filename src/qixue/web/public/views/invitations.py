"""The page behind the link of an invitation: who holds the link sees who invites to what, and accepts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from qixue.core.audience import for_everybody
from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.directory import invitation_of
from qixue.people.models import Invitation, User
from qixue.people.operations.invitations import accept_invitation, join
from qixue.people.rules import is_vouched_for
from qixue.web import parts
from qixue.web.public.forms.invitations import CredentialsForm, JoinForm
from qixue.web.sign_in import finish_sign_in


@for_everybody
@sensitive_post_parameters("password", "repeated")
@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Nobody needs an account to open it; a link that was used, ran out or was withdrawn says so."""
    found = invitation_of(secret)
    if found is None:
        raise Http404
    if not found.is_open_at(now()) or not is_vouched_for(found):
        return over(request, found)
    if isinstance(request.user, User):
        return accept(request, found, request.user)
    form = JoinForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            user = join(found, account=form.account(get_language() or ""), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            finish_sign_in(request, user, way="invitation", at=now())
            messages.success(request, _("Welcome. This is your workspace."))
            return redirect("workspace:home")
    return parts.form_page(request, "public/invitations/join.html", form, invitation=found)


def accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    """Who has an account already takes the role with it; a resident chooses user name and password first."""
    if not user.has_usable_password():
        return accept_as_resident(request, found, user)
    if request.method == "POST":
        try:
            accept_invitation(found, by=user, at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal)
        messages.success(request, _("The role is yours from now on."))
        return redirect("workspace:home")
    return render(request, "public/invitations/accept.html", {"invitation": found})


def accept_as_resident(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    """With a role the phone alone opens the account no more."""
    form = CredentialsForm(request.POST or None)
    if form.is_valid():
        try:
            accept_invitation(found, by=user, at=now(), credentials=form.credentials())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            finish_sign_in(request, user, way="invitation", at=now())
            messages.success(request, _("The role is yours from now on."))
            return redirect("workspace:home")
    return parts.form_page(request, "public/invitations/accept.html", form, invitation=found)


def over(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Why the link opens nothing any more, and what to do; its own person goes on to the workspace."""
    if found.accepted_by_id and found.accepted_by_id == request.user.pk:
        return redirect("workspace:home")
    return render(request, "public/invitations/over.html", {"invitation": found, "at": now()}, status=410)
