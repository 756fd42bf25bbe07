"""What somebody was told, how they want to hear of it, and which messages did not arrive."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.clock import now
from qixue.core.outbox import try_again
from qixue.core.refusal import Refused
from qixue.people.models import Notification
from qixue.people.operations.notifications import choose_channels, mark_read, reachability_of
from qixue.people.queries import inbox_of, messages_for
from qixue.people.rules import Action
from qixue.web import parts
from qixue.web.templatetags.qixue import under_prefix
from qixue.web.workspace.access import needs, staff
from qixue.web.workspace.forms.notices import NoticePreferencesForm, UpToForm, initial_of

PER_PAGE = 30


@needs(Action.SEE_WORKSPACE)
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything the viewer was told; the button marks what is on the page, and all before it, as read."""
    user = staff(request)
    if request.method == "POST":
        newest = UpToForm(request.POST)
        mark_read(user, upto=newest.cleaned_data["upto"] if newest.is_valid() else 0, at=now())
        return redirect("workspace:inbox")
    page = parts.paginate(request, inbox_of(user), PER_PAGE)
    context = {"page": page, "newest": max((notice.pk for notice in page), default=0)}
    return render(request, "workspace/notices/inbox.html", context)


@needs(Action.SEE_WORKSPACE)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice. The button goes to what it is about and marks it as read."""
    found = get_object_or_404(Notification, user=staff(request), pk=pk)
    if request.method == "POST":
        mark_read(found.user, only=found.pk, at=now())
        return redirect(under_prefix(found.link) if found.link else "workspace:inbox")
    return render(request, "workspace/notices/detail.html", {"notice": found})


@needs(Action.SEE_WORKSPACE)
def notice_preferences(request: HttpRequest) -> HttpResponse:
    user = staff(request)
    form = NoticePreferencesForm(request.POST or None, initial=initial_of(reachability_of(user)))
    if form.is_valid():
        try:
            choose_channels(user, form.reachability(), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspace:inbox")
    return parts.form_page(request, "workspace/notices/preferences.html", form)


@needs(Action.SEE_DELIVERIES)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Messages of the viewer's part of the tree, those that were given up first."""
    page = parts.paginate(request, messages_for(request.user), PER_PAGE)
    return render(request, "workspace/notices/deliveries.html", {"page": page})


@needs(Action.SEE_DELIVERIES)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One message and why it did not leave; it can be tried again."""
    message = get_object_or_404(messages_for(request.user), pk=pk)
    if request.method == "POST":
        return parts.pressed(
            request,
            lambda: try_again(message, by=staff(request), at=now()),
            back=reverse("workspace:deliveries"),
            done=_("The message is back in the queue."),
        )
    return render(request, "workspace/notices/delivery.html", {"message": message})
