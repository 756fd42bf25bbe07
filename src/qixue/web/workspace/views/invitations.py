"""Invitations in the viewer's part of the tree: send one, see what became of it, send it again, withdraw it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import now
from qixue.people.directory import invitations_in_reach
from qixue.people.models import Invitation
from qixue.people.operations.invitations import invite_person, send_again, withdraw_invitation
from qixue.people.rules import Action, Giver, giver, givers
from qixue.web import parts
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent, way_to
from qixue.web.workspace.forms.people import InviteForm
from qixue.web.workspace.reach.people import invitation_or_404, organisation_or_404, roles_to_give

PER_PAGE = 30


@needs(Action.MANAGE_PEOPLE)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to take a role in this organisation."""
    organisation = organisation_or_404(request.user, pk, Action.MANAGE_PEOPLE)
    form = InviteForm(request.POST or None, roles=roles_to_give(request.user, organisation))
    act = Act(
        title=_("Invite somebody"),
        about=organisation.local_name,
        lead=_("Who opens the link chooses a user name and a password, or signs in, and has the role from then on."),
        button=_("Send the invitation"),
        done=_("The invitation is on its way. Its link works once, for fourteen days."),
        back=reverse("workspace:organisation", args=[pk]),
        then=reverse("workspace:invitations"),
        crumbs=way_to(organisation),
    )

    def do() -> None:
        key = form.cleaned_data["client_uuid"]
        invite_person(organisation, invited=form.invited(), by=staff(request), at=now(), client_uuid=key)

    return act_page(request, form, act, do)


def state_of(invitation: Invitation, inviter: Giver) -> str:
    """open, lapsed, expired, accepted or withdrawn, for which the template has words."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    if not invitation.is_open_at(now()):
        return "expired"
    return "open" if inviter.may_give(invitation.role, invitation.organisation) else "lapsed"


@needs(Action.MANAGE_PEOPLE)
def invitations(request: HttpRequest) -> HttpResponse:
    """Those that nobody has answered yet, or all of them; the newest first."""
    found = invitations_in_reach(request.user).order_by("-invited_at", "-pk")
    is_all = bool(request.GET.get("all"))
    page = parts.paginate(request, found if is_all else found.unanswered(), PER_PAGE)
    inviters, viewer = givers(each.invited_by_id for each in page), giver(request.user)
    rows = [
        (each, state_of(each, inviters[each.invited_by_id]), viewer.may_give(each.role, each.organisation))
        for each in page
    ]
    return render(request, "workspace/people/invitations.html", {"page": page, "rows": rows, "is_all": is_all})


@needs(Action.MANAGE_PEOPLE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = invitation_or_404(request.user, pk)
    act = Act(
        title=_("Withdraw this invitation"),
        lead=_("Its link opens nothing any more. The person is not told."),
        button=pgettext("invitation", "Withdraw"),
        done=_("The invitation is withdrawn; its link opens nothing any more."),
        about=words_of(invitation),
        back=reverse("workspace:invitations"),
        crumbs=((_("Invitations"), reverse("workspace:invitations")),),
    )
    return act_page(
        request, sent(request, Form), act, lambda: withdraw_invitation(invitation, by=staff(request), at=now())
    )


@needs(Action.MANAGE_PEOPLE)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = invitation_or_404(request.user, pk)
    act = Act(
        title=_("Send the invitation again"),
        lead=_("A new link goes to the same address, for another fourteen days. You are the one who invites."),
        button=_("Send again"),
        done=_("A new link is on its way; the former one opens nothing any more."),
        version=invitation.sent_count,
        about=words_of(invitation),
        back=reverse("workspace:invitations"),
        crumbs=((_("Invitations"), reverse("workspace:invitations")),),
    )

    def do() -> None:
        number = request.POST.get("version", "")
        sent_count = int(number) if number.isdecimal() and len(number) < 5 else 0
        send_again(invitation, sent_count=sent_count, by=staff(request), at=now())

    return act_page(request, sent(request, Form), act, do)


def words_of(invitation: Invitation) -> str:
    """Whom it is about."""
    return f"{invitation.name} · {invitation.get_role_display()} · {invitation.organisation.local_name}"
