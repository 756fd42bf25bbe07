"""Calls for returns: the list, setting one up, opening and closing it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.people.rules import Action
from qixue.programme.models import Programme, ReturnCall
from qixue.programme.operations.return_calls import (
    add_field,
    choose_organisations,
    close_call,
    create_call,
    edit_call,
    edit_field,
    move_due_days,
    open_call,
    remove_field,
)
from qixue.programme.queries.return_calls import calls_for, with_counts
from qixue.programme.queries.return_sums import fields_of
from qixue.web import parts
from qixue.web.workspace.access import needs, part_in_reach, programme_or_404, staff
from qixue.web.workspace.forms.return_calls import (
    AskedForm,
    CallForm,
    DueDaysForm,
    FieldForm,
    initial_of_call,
    initial_of_field,
)
from qixue.web.workspace.reach.returns import call_to_set_up_or_404, field_to_set_up_or_404

PER_PAGE = 30


@needs(Action.SEE_RETURNS)
def calls(request: HttpRequest, code: str) -> HttpResponse:
    """The calls of a programme with how far the viewer's part has answered them."""
    programme, _part = programme_or_404(request.user, code, Action.SEE_RETURNS)
    found = with_counts(calls_for(request.user).filter(programme=programme), request.user)
    context = {
        "programme": programme,
        "page": parts.paginate(request, found, PER_PAGE),
        "may_ask": part_in_reach(request.user, programme, Action.ACCEPT_RETURN) is not None,
    }
    return render(request, "workspace/returns/list.html", context)


def asking_organisation(programme: Programme, part: str) -> Organisation:
    return Organisation.objects.get(code=part) if part else programme.organisation


@needs(Action.ACCEPT_RETURN)
def new(request: HttpRequest, code: str) -> HttpResponse:
    programme, part = programme_or_404(request.user, code, Action.ACCEPT_RETURN)
    form = CallForm(request.POST or None)
    if form.is_valid():
        asker, key = asking_organisation(programme, part), form.cleaned_data["key"] or uuid.uuid4()
        try:
            call = create_call(programme, asker, details=form.details(), key=key, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The draft is saved. Now add its fields and choose who files."))
            return redirect("workspace:return_call", code, call.number)
    return parts.form_page(request, "workspace/returns/call_form.html", form, programme=programme, fits=True)


@needs(Action.ACCEPT_RETURN)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The words and days of a draft; of an open call the days only."""
    call = call_to_set_up_or_404(request.user, code, number)
    if call.state == ReturnCall.State.OPEN:
        return move_days(request, call)
    form = CallForm(request.POST or None, initial=initial_of_call(call))
    differences = None
    if form.is_valid():
        read = form.cleaned_data["version"] or 0
        try:
            edit_call(call, details=form.details(), edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of_call(call)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:return_call", code, number)
    context = {**context_of(call), "differences": differences}
    return parts.form_page(request, "workspace/returns/call_form.html", form, **context)


def move_days(request: HttpRequest, call: ReturnCall) -> HttpResponse:
    form = DueDaysForm(request.POST or None, initial=initial_of_call(call))
    differences = None
    if form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("town_due_on", "county_due_on")}
        read = form.cleaned_data["version"] or 0
        try:
            move_due_days(call, **days, edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of_call(call)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("The last days have moved; those who still have to file are told."))
            return redirect("workspace:return_call", call.programme.code, call.number)
    context = {**context_of(call), "fits": True, "is_open": True, "differences": differences}
    return parts.form_page(request, "workspace/returns/call_form.html", form, **context)


def context_of(call: ReturnCall) -> dict[str, Any]:
    return {"programme": call.programme, "call": call, "fits": call.state == ReturnCall.State.DRAFT}


@needs(Action.ACCEPT_RETURN)
def organisations(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Who has to file. The search is a button of the same form, so that nothing ticked is lost by it."""
    call = call_to_set_up_or_404(request.user, code, number)
    asked = list(call.asked.values_list("pk", flat=True))
    words = request.POST.get("q", request.GET.get("q", "")).strip()
    form = AskedForm(
        request.POST or None,
        call=call,
        words=words,
        initial={"organisations": asked, "version": call.edit_count, "q": words},
    )
    if form.is_valid():
        read = form.cleaned_data["version"]
        try:
            choose_organisations(call, form.chosen(), edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if "search" in request.POST:
                return redirect(f"{request.path}?{urlencode({'q': words})}")
            messages.success(request, _("Saved."))
            return redirect("workspace:return_call", code, number)
    context = {**context_of(call), "asked_count": len(asked), "words": words}
    return parts.form_page(request, "workspace/returns/organisations.html", form, **context)


@needs(Action.ACCEPT_RETURN)
def new_field(request: HttpRequest, code: str, number: int) -> HttpResponse:
    call = call_to_set_up_or_404(request.user, code, number)
    form = FieldForm(request.POST or None, initial={"version": call.edit_count})
    if form.is_valid():
        read = form.cleaned_data["version"]
        try:
            add_field(call, details=form.details(), edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The field is added."))
            return redirect("workspace:return_call", code, number)
    return parts.form_page(request, "workspace/returns/field_form.html", form, **context_of(call))


@needs(Action.ACCEPT_RETURN)
def change_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = field_to_set_up_or_404(request.user, pk)
    call = field.call
    form = FieldForm(request.POST or None, initial=initial_of_field(field))
    differences = None
    if form.is_valid():
        read = form.cleaned_data["version"]
        try:
            edit_field(field, details=form.details(), edit_count=read, by=staff(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
            differences = form.differences(initial_of_field(field)) if refusal.code == "changed_meanwhile" else None
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:return_call", call.programme.code, call.number)
    context = {**context_of(call), "field": field, "differences": differences}
    return parts.form_page(request, "workspace/returns/field_form.html", form, **context)


@needs(Action.ACCEPT_RETURN)
def drop_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = field_to_set_up_or_404(request.user, pk)
    call = field.call
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: remove_field(field, edit_count=version_of(request), by=staff(request), at=now()),
            back=address_of(call),
            done=_("The field is taken out."),
        )
    return render(request, "workspace/returns/drop_field.html", {**context_of(call), "field": field})


def version_of(request: HttpRequest) -> int:
    """The number of edits that the page was made from; a missing one fits no record."""
    read = request.POST.get("version", "")
    return int(read) if read.isdecimal() and len(read) < 10 else 0


def address_of(call: ReturnCall) -> str:
    return reverse("workspace:return_call", args=[call.programme.code, call.number])


@needs(Action.ACCEPT_RETURN)
def start(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Everything once more before everybody is asked."""
    call = call_to_set_up_or_404(request.user, code, number)
    if request.method == "POST":
        try:
            open_call(call, edit_count=version_of(request), by=staff(request), at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=address_of(call))
        messages.success(request, _("The call is open; everybody is told."))
        return redirect("workspace:return_call", code, number)
    asked = call.asked.select_related("region").order_by("path", "pk")
    context = {**context_of(call), "fields": fields_of(call), "asked": asked}
    return render(request, "workspace/returns/open.html", context)


@needs(Action.ACCEPT_RETURN)
def close(request: HttpRequest, code: str, number: int) -> HttpResponse:
    call = call_to_set_up_or_404(request.user, code, number)
    if request.method == "POST":
        try:
            close_call(call, by=staff(request), at=now())
        except Refused as refusal:
            return parts.refusal_page(request, refusal, back=address_of(call))
        messages.success(request, _("The call is closed."))
        return redirect("workspace:return_call", code, number)
    context = {**context_of(call), "fits": call.state == ReturnCall.State.OPEN}
    return render(request, "workspace/returns/close.html", context)
