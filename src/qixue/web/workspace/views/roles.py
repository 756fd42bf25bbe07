"""One's own roles: see them, let somebody stand in for some days, hand one over for good."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qixue.core.clock import now
from qixue.people.directory import colleagues, hand_overs_of, own_roles
from qixue.people.models import RoleAssignment
from qixue.people.operations.hand_overs import hand_over
from qixue.people.operations.stand_ins import arrange_stand_in, end_stand_in
from qixue.people.rules import Action
from qixue.web.forms import Form
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.act import Act, act_page, sent
from qixue.web.workspace.forms.people import HandOverForm, StandInForm
from qixue.web.workspace.reach.people import own_role_or_404, stand_in_or_404
from qixue.web.workspace.role_words import WORDS


@needs(Action.SEE_WORKSPACE)
def my_roles(request: HttpRequest) -> HttpResponse:
    """What one may do where, who stands in for whom, and what was handed over with which note."""
    user, at = staff(request), now()
    roles = list(own_roles(user))
    context = {
        "roles": [(each, WORDS[each.role]) for each in roles if each.ended_at is None],
        "former": [each for each in roles if each.ended_at],
        "hand_overs": hand_overs_of(user),
        "at": at,
    }
    return render(request, "workspace/people/my_roles.html", context)


@needs(Action.SEE_WORKSPACE)
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody holds one's role while one is away."""
    user, at = staff(request), now()
    role = own_role_or_404(user, pk)
    form = StandInForm(request.POST or None, people=colleagues(role.organisation, at).exclude(pk=user.pk))
    act = Act(
        title=_("Let somebody stand in"),
        about=words_of(role),
        lead=_("Both of you hold the role on these days. It ends by itself, and either of you can end it earlier."),
        button=_("Let them stand in"),
        done=_("Arranged. Both of you find a notice about it."),
        back=reverse("workspace:my_roles"),
        crumbs=to_my_roles(),
    )

    def do() -> None:
        days = form.cleaned_data
        arrange_stand_in(role, stand_in=days["person"], first=days["first"], last=days["last"], by=user, at=at)

    return act_page(request, form, act, do)


@needs(Action.SEE_WORKSPACE)
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """One's role goes to a successor for good."""
    user, at = staff(request), now()
    role = own_role_or_404(user, pk)
    form = HandOverForm(request.POST or None, people=colleagues(role.organisation, at).exclude(pk=user.pk))
    act = Act(
        title=_("Hand over for good"),
        about=words_of(role),
        lead=_(
            "Your role ends and goes to the successor with all that waits for it. Only somebody else can give it back "
            "to you."
        ),
        button=pgettext("role", "Hand over"),
        done=_("Handed over. Thank you for your work."),
        back=reverse("workspace:my_roles"),
        then=reverse("workspace:home"),
        crumbs=to_my_roles(),
    )

    def do() -> None:
        answers = form.cleaned_data
        hand_over(role, successor=answers["person"], note=answers["note"], by=user, at=at)

    return act_page(request, form, act, do)


def words_of(role: RoleAssignment) -> str:
    return f"{role.get_role_display()} · {role.organisation.local_name}"


def to_my_roles() -> tuple[tuple[str, str], ...]:
    return ((_("My roles"), reverse("workspace:my_roles")),)


@needs(Action.SEE_WORKSPACE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stand-in back before its last day."""
    found = stand_in_or_404(staff(request), pk)
    act = Act(
        title=_("Take the stand-in back"),
        about=f"{found.user.display_name} · {found.get_role_display()} · {found.organisation.local_name}",
        lead=_("The role of the stand-in ends at once; the one who was away goes on."),
        button=_("Take it back"),
        done=_("Taken back. Both of you find a notice about it."),
        back=reverse("workspace:my_roles"),
        then=reverse("workspace:home"),
        crumbs=to_my_roles(),
    )
    return act_page(request, sent(request, Form), act, lambda: end_stand_in(found, by=staff(request), at=now()))
