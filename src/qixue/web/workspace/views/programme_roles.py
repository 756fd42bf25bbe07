"""Who hosts, organises and helps: in the programme, in one of its events, in one of its brands; and the events."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import Activity, Brand, Involvement, Programme
from qixue.programme.operations.ceremonies import plan_ceremony
from qixue.programme.operations.programme_parts import give_role
from qixue.programme.queries.programmes import events_of
from qixue.programme.rules import may_change_brand
from qixue.web import parts
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.programme_setup import CeremonyForm, RoleForm
from qixue.web.workspace.reach.programme_setup import programme_to_set_up_or_404, row_or_404, subject_or_404
from qixue.web.workspace.views.programme_lists import after_move, named_row, removal_page, state_of


@needs(Action.SET_UP_PROGRAMME)
def roles(request: HttpRequest, code: str) -> HttpResponse:
    """The roles in one thing: `?activity=` or `?brand=` of the programme, else the programme itself."""
    programme = programme_to_set_up_or_404(request.user, code)
    subject = subject_or_404(request, programme)
    rows = roles_of(subject)
    if key := request.GET.get("remove", ""):
        return removal_page(request, programme, named_row(rows, key), "workspace/setup/rows/role.html")
    if request.method == "POST" and (moved := request.POST.get("up") or request.POST.get("down")):
        return after_move(request, programme, row_or_404(rows, moved))
    form = RoleForm(request.POST or None, is_brand=isinstance(subject, Brand))
    if form.is_valid():
        role, organisations = form.cleaned_data["role"], form.cleaned_data["organisations"]
        given = {"subject": subject, "role": role, "organisations": organisations}
        try:
            made = give_role(programme, **given, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            text = ngettext("%(count)s organisation is added.", "%(count)s organisations are added.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect(request.get_full_path())
    context = {"programme": programme, "rows": in_order(rows), **subject_words(request.user, programme, subject)}
    return parts.form_page(request, "workspace/setup/roles.html", form, **context)


def roles_of(subject: Programme | Brand | Activity) -> Any:
    return subject.involvements.select_related("organisation", "programme", "brand", "activity")


def in_order(rows: Any) -> list[Involvement]:
    """By role as documents name them, then in the order that was given."""
    order = list(Involvement.Role.values)
    return sorted(rows.order_by("position", "pk"), key=lambda row: order.index(row.role))


def subject_words(user: Any, programme: Programme, subject: Programme | Brand | Activity) -> dict[str, Any]:
    """What the roles are about, what else they can be about, and whether they can be changed here."""
    is_own = not isinstance(subject, Brand) or may_change_brand(user, subject)
    name = subject.local_title if isinstance(subject, Activity) else subject.local_name
    events = list(events_of(programme))
    if isinstance(subject, Activity) and subject not in events:
        events.append(subject)
    return {
        "subject": subject,
        "subject_name": name,
        "is_open": state_of(programme)["is_open"] and is_own,
        "events": events,
        "brands": programme.brands.order_by("name", "pk"),
    }


@needs(Action.SET_UP_PROGRAMME)
def ceremonies(request: HttpRequest, code: str) -> HttpResponse:
    """Launch and closing ceremonies with their sessions, and a form for one more."""
    programme = programme_to_set_up_or_404(request.user, code)
    form = CeremonyForm(request.POST or None, programme=programme)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            made = plan_ceremony(
                programme,
                organisation=answers["organisation"],
                details=form.activity(),
                session=form.session(),
                client_uuid=answers["client_uuid"],
                confirmed=answers["confirmed"],
                by=staff(request),
                at=now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The ceremony is drafted. Say who hosts it, and publish it on its own page."))
            return redirect(f"{reverse('workspace:setup_roles', args=[code])}?activity={made.pk}")
    context = {"programme": programme, "events": events_of(programme), **state_of(programme)}
    return parts.form_page(request, "workspace/setup/ceremonies.html", form, **context)
