"""What a resident was told about seats, queues and certificates, and whether SMS brings it to the phone."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.participation.notices import party_page
from qixue.participation.queries.registrations import Party, parties_of
from qixue.people.models import Notification, NotificationPreference, Resident
from qixue.people.operations.notifications import choose_sms, mark_read, wishes_of
from qixue.people.queries import inbox_of
from qixue.web import parts
from qixue.web.me.access import for_residents, household_of, known, names_at_home
from qixue.web.me.forms.notices import NoticesForm

PER_PAGE = 30
TOPIC = NotificationPreference.Topic.REGISTRATIONS


@dataclass(frozen=True)
class Told:
    """What somebody was told, word for word, and the registration that it is about as it stands now, if it is one."""

    notice: Notification
    party: Party | None
    is_over: bool


@for_residents
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; everything stands here, whatever goes out by SMS."""
    user, resident = known(request)
    sent = request.POST if request.method == "POST" else None  # a box without a tick sends nothing
    form = NoticesForm(sent, initial={"by_sms": wishes_of({user.pk: user}, TOPIC)[user.pk].by_sms})
    if form.is_valid():
        choose_sms(user, TOPIC, is_wanted=form.cleaned_data["by_sms"], at=now())
        messages.success(request, _("Saved."))
        return redirect("me:notices")
    page = parts.paginate(request, inbox_of(user), PER_PAGE)
    newest = max((notice.pk for notice in page if notice.read_at is None), default=0)
    context = {"page": page, "told": told(page, resident, at=now()), "newest": newest, "has_phone": bool(user.mobile)}
    context["names"] = names_at_home(resident)
    return parts.form_page(request, "me/notices.html", form, **context)


def told(notices: Iterable[Notification], resident: Resident, *, at: datetime.datetime) -> list[Told]:
    parties = {party_page(party.key): party for party in parties_of(household_of(resident))}
    found = [(notice, parties.get(notice.link)) for notice in notices]
    return [Told(notice, party, is_over=party is not None and party.is_over_at(at)) for notice, party in found]


@require_POST
@for_residents
def read(request: HttpRequest) -> HttpResponse:
    """What is on the page that was read, and all before it, is new no more."""
    user, _resident = known(request)
    if newest := parts.number_sent(request, "upto", digits=18):
        mark_read(user, upto=newest, at=now())
    return redirect("me:notices")
