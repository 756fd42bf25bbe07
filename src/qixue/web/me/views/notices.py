"""What a resident was told about seats, queues and certificates, and whether SMS brings it to the phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qixue.core.clock import now
from qixue.people.models import NotificationPreference
from qixue.people.operations.notifications import choose_sms, mark_read, wishes_of
from qixue.people.queries import inbox_of
from qixue.web import parts
from qixue.web.me.access import for_residents, known
from qixue.web.me.forms.notices import NoticesForm

PER_PAGE = 30
TOPIC = NotificationPreference.Topic.REGISTRATIONS


@for_residents
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; everything stands here, whatever goes out by SMS."""
    user, _resident = known(request)
    sent = request.POST if request.method == "POST" else None  # a box without a tick sends nothing
    form = NoticesForm(sent, initial={"by_sms": wishes_of({user.pk: user}, TOPIC)[user.pk].by_sms})
    if form.is_valid():
        choose_sms(user, TOPIC, is_wanted=form.cleaned_data["by_sms"], at=now())
        messages.success(request, _("Saved."))
        return redirect("me:notices")
    page = parts.paginate(request, inbox_of(user), PER_PAGE)
    newest = max((notice.pk for notice in page if notice.read_at is None), default=0)
    return parts.form_page(request, "me/notices.html", form, page=page, newest=newest, has_phone=bool(user.mobile))


@require_POST
@for_residents
def read(request: HttpRequest) -> HttpResponse:
    """What is on the page that was read, and all before it, is new no more."""
    user, _resident = known(request)
    if newest := parts.number_sent(request, "upto", digits=18):
        mark_read(user, upto=newest, at=now())
    return redirect("me:notices")
