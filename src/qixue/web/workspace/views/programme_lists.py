"""The ordered lists of a set-up: the rows, a form for one more; `?edit=` and `?remove=` are about one row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.rules import Action
from qixue.programme.models import LeadingGroup, LegalBasis, Programme
from qixue.programme.operations.programme_parts import (
    Owner,
    add_row,
    confirm_legal_basis,
    edit_row,
    move_row,
    remove_row,
)
from qixue.programme.queries.programmes import channels_of, leading_group_of, legal_bases_of, members_of, tasks_of
from qixue.web import parts
from qixue.web.addresses import query_of
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.programme_setup import (
    ChannelForm,
    ForwardingForm,
    LegalBasisForm,
    LiaisonForm,
    MemberForm,
    TaskForm,
)
from qixue.web.workspace.reach.programme_setup import BIGGEST_KEY, programme_to_set_up_or_404, row_or_404

FORMS = type[LegalBasisForm | ForwardingForm | MemberForm | LiaisonForm | TaskForm | ChannelForm]


@dataclass(frozen=True)
class Words:
    """What the page of a list says."""

    title: Any
    lead: Any
    add: Any
    nothing: Any


@dataclass(frozen=True)
class List:
    """A list of rows: its words, its form, the template of a row, and from which owner which rows come."""

    words: Words
    form: FORMS
    row_template: str
    rows: Callable[[Any], QuerySet[Any]]
    shown: Callable[[Any], Any] | None = None  # the rows in another order than they are kept in

    def shown_rows(self, owner: Owner) -> Any:
        return (self.shown or self.rows)(owner)


LEGAL_BASES = List(
    Words(
        gettext_lazy("Legal bases"),
        gettext_lazy("Laws, plans and notices of a higher level that the programme carries out."),
        gettext_lazy("Add a legal basis"),
        gettext_lazy("No legal basis yet"),
    ),
    LegalBasisForm,
    "workspace/setup/rows/legal_basis.html",
    legal_bases_of,
)
CHAIN = List(
    Words(
        gettext_lazy("How the notice came down"),
        gettext_lazy("Who issued it, who forwarded it, who carries it out, from top to bottom."),
        gettext_lazy("Add a step"),
        gettext_lazy("No step yet"),
    ),
    ForwardingForm,
    "workspace/setup/rows/forwarding.html",
    lambda basis: basis.forwarding_steps.order_by("position", "pk"),
)
MEMBERS = List(
    Words(
        gettext_lazy("Seats of the leading group"),
        gettext_lazy("Head, deputies and members, each with organisation and duty."),
        gettext_lazy("Add a seat"),
        gettext_lazy("No seat yet"),
    ),
    MemberForm,
    "workspace/setup/rows/member.html",
    lambda group: group.members.select_related("organisation", "group"),
    members_of,
)
LIAISONS = List(
    Words(
        gettext_lazy("Liaison officers"),
        gettext_lazy("Whom the office calls in each organisation. The public never sees them."),
        gettext_lazy("Add a liaison officer"),
        gettext_lazy("No liaison officer yet"),
    ),
    LiaisonForm,
    "workspace/setup/rows/liaison.html",
    lambda group: group.liaisons.select_related("organisation", "group").order_by("position", "pk"),
)
TASKS = List(
    Words(
        gettext_lazy("Tasks"),
        gettext_lazy("Which organisation answers for what, and which ones help."),
        gettext_lazy("Add a task"),
        gettext_lazy("No task yet"),
    ),
    TaskForm,
    "workspace/setup/rows/task.html",
    tasks_of,
)
CHANNELS = List(
    Words(
        gettext_lazy("Publicity channels"),
        gettext_lazy("Places and media through which the programme makes itself known."),
        gettext_lazy("Add a channel"),
        gettext_lazy("No channel yet"),
    ),
    ChannelForm,
    "workspace/setup/rows/channel.html",
    channels_of,
)


@needs(Action.SET_UP_PROGRAMME)
def legal_bases(request: HttpRequest, code: str) -> HttpResponse:
    """The legal bases, or with `?chain=` the way by which one of them came down."""
    programme = programme_to_set_up_or_404(request.user, code)
    if key := request.GET.get("chain", ""):
        basis = row_or_404(legal_bases_of(programme), key)
        return list_page(request, programme, CHAIN, basis)
    if request.method == "POST" and (key := request.POST.get("confirm", "")):
        return confirmed(request, programme, row_or_404(legal_bases_of(programme), key))
    return list_page(request, programme, LEGAL_BASES, programme)


@needs(Action.SET_UP_PROGRAMME)
def members(request: HttpRequest, code: str) -> HttpResponse:
    return group_page(request, code, MEMBERS)


@needs(Action.SET_UP_PROGRAMME)
def liaisons(request: HttpRequest, code: str) -> HttpResponse:
    return group_page(request, code, LIAISONS)


@needs(Action.SET_UP_PROGRAMME)
def tasks(request: HttpRequest, code: str) -> HttpResponse:
    programme = programme_to_set_up_or_404(request.user, code)
    return list_page(request, programme, TASKS, programme)


@needs(Action.SET_UP_PROGRAMME)
def channels(request: HttpRequest, code: str) -> HttpResponse:
    programme = programme_to_set_up_or_404(request.user, code)
    return list_page(request, programme, CHANNELS, programme)


def group_page(request: HttpRequest, code: str, shown: List) -> HttpResponse:
    """A list of the leading group; where there is none yet, the way to set it up."""
    programme = programme_to_set_up_or_404(request.user, code)
    group = leading_group_of(programme)
    if group is None:
        return render(request, "workspace/setup/no_group.html", {"programme": programme, "words": shown.words})
    return list_page(request, programme, shown, group)


def list_page(request: HttpRequest, programme: Programme, shown: List, owner: Owner) -> HttpResponse:
    rows = shown.rows(owner)
    if key := request.GET.get("remove", ""):
        return removal_page(request, programme, named_row(rows, key), shown.row_template)
    if request.method == "POST" and (moved := request.POST.get("up") or request.POST.get("down")):
        return after_move(request, programme, row_or_404(rows, moved))
    row = row_or_404(rows, request.GET["edit"]) if request.GET.get("edit") else None
    initial = {"version": programme.version, **(shown.form.initial_of(row) if row else {})}
    form = shown.form(request.POST or None, initial=initial)
    differences = None
    if form.is_valid():
        try:
            save_row(request, programme, owner, row, form)
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect(address_without(request, "edit"))
    context = {"programme": programme, "list": shown, "rows": shown.shown_rows(owner), "row": row}
    context |= {"owner": owner, "above": page_above(programme, owner)}
    template = "workspace/setup/row_form.html" if row else "workspace/setup/list.html"
    return parts.form_page(request, template, form, differences=differences, **context, **state_of(programme))


def page_above(programme: Programme, owner: Owner) -> tuple[str, str] | None:
    """Name and address of the page from which the list is reached, beyond the overview."""
    if isinstance(owner, LegalBasis):
        return str(LEGAL_BASES.words.title), reverse("workspace:setup_legal_bases", args=[programme.code])
    if isinstance(owner, LeadingGroup):
        return _("Leading group"), reverse("workspace:setup_leading_group", args=[programme.code])
    return None


def save_row(request: HttpRequest, programme: Programme, owner: Owner, row: Any, form: Any) -> None:
    by, at = staff(request), now()
    if row is None:
        add_row(programme, owner=owner, details=form.details(), by=by, at=at)
    else:
        read = form.cleaned_data["version"] or 0
        edit_row(programme, row=row, details=form.details(), version=read, by=by, at=at)


def after_move(request: HttpRequest, programme: Programme, row: Any) -> HttpResponse:
    try:
        is_up, by = "up" in request.POST, staff(request)
        move_row(programme, row=row, is_up=is_up, version=version_in(request), by=by, at=now())
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=request.get_full_path())
    return redirect(request.get_full_path())


def named_row(rows: QuerySet[Any], key: str) -> Any:
    """The row that an address names; None where it is gone."""
    return rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) <= BIGGEST_KEY else None


def removal_page(request: HttpRequest, programme: Programme, row: Any, row_template: str) -> HttpResponse:
    """Ask once more, then take the row out. One that is gone already leads back to its list."""
    back = address_without(request, "remove")
    if row is None:
        return redirect(back)
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: remove_row(programme, row=row, version=version_in(request), by=staff(request), at=now()),
            back=back,
            done=_("It is taken out of the list."),
        )
    context = {"programme": programme, "row": row, "row_template": row_template, "back": back}
    return render(request, "workspace/setup/remove.html", {**context, **state_of(programme)})


def confirmed(request: HttpRequest, programme: Programme, basis: LegalBasis) -> HttpResponse:
    """A copied legal basis is still in force."""
    return parts.pressed(
        request,
        lambda: confirm_legal_basis(programme, basis=basis, version=version_in(request), by=staff(request), at=now()),
        back=request.get_full_path(),
        done=_("Marked as still in force."),
    )


def version_in(request: HttpRequest) -> int:
    """The version of the set-up that a button was made from."""
    read = request.POST.get("version", "")
    return int(read) if read.isdecimal() and len(read) < 10 else 0


def address_without(request: HttpRequest, name: str) -> str:
    """The address of the page without one of its answers."""
    return request.path + query_of(request, name)


def state_of(programme: Programme) -> dict[str, Any]:
    return {"is_open": programme.state != Programme.State.CLOSED}
