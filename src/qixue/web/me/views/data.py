"""What is kept about me: a copy to take away, and being forgotten."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qixue.core.audience import for_everybody
from qixue.core.clock import local_day, now
from qixue.core.models import record_audit
from qixue.core.refusal import Refused
from qixue.participation.queries.registrations import seats_to_lose
from qixue.people.models import ConfirmedMobile, Resident, User
from qixue.people.operations.erasure import account_subject, erase_account, erase_dependent
from qixue.people.operations.phone_codes import confirm_by_phone, send_phone_code
from qixue.people.personal_data import Section, Subject, holdings
from qixue.web import parts
from qixue.web.account_access import way_to_confirm
from qixue.web.files import own_file
from qixue.web.me.access import dependent_or_404, for_residents, known, names_at_home
from qixue.web.me.arrival import OVER
from qixue.web.me.forms.data import EraseForm
from qixue.web.me.forms.sign_in import PhoneCodeForm
from qixue.web.me.views.sign_in import browser_of
from qixue.web.personal_copy import zipped
from qixue.web.sign_in import was_confirmed

ERASING = "erasing"  # in the session: whom the next code erases, 0 for the whole account


@for_residents
def my_data(request: HttpRequest) -> HttpResponse:
    user, _resident = known(request)
    context = {"sections": all_about(user), "has_wechat": hasattr(user, "wechat")}
    return render(request, "me/data/overview.html", context)


def all_about(user: User) -> list[Section]:
    """Of the account as well, also where it would stay behind an erasure."""
    return holdings.copy(Subject(account_subject(user).people, user))


@require_POST
@for_residents
def copy(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the household, as one file."""
    user, resident = known(request)
    at = now()
    day = local_day(at).isoformat()
    content = zipped(all_about(user), day=day)
    record_audit("resident.copy_taken", resident, by=user, at=at)
    return own_file(content, "application/zip", f"qixue-{day}.zip")


@for_residents
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; whoever goes on gets a code on their phone."""
    user, _resident = known(request)
    return check_page(request, account_subject(user), dependent=None)


@for_residents
def erase_one(request: HttpRequest, pk: int) -> HttpResponse:
    _user, resident = known(request)
    dependent = dependent_or_404(resident, pk)
    return check_page(request, Subject((dependent,)), dependent=dependent)


def check_page(request: HttpRequest, subject: Subject, *, dependent: Resident | None) -> HttpResponse:
    _user, resident = known(request)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return way_on(request, dependent.pk if dependent else 0)
        except Refused as refusal:
            form.refuse(refusal)
    context = {
        "subject": subject,
        "names": names_at_home(resident),
        "dependent": dependent,
        "is_account": dependent is None,
        "coming": seats_to_lose(subject.people, at=now()),
        "stays": holdings.stays(subject, at=now()),
        "account_stays": dependent is None and subject.user is None,
    }
    return parts.form_page(request, "me/data/erase.html", form, **context)


def way_on(request: HttpRequest, pk: int) -> HttpResponse:
    """To the code on the phone; who has no confirmed phone shows a password. Refused as `send_phone_code` refuses."""
    user, _resident = known(request)
    confirmed = ConfirmedMobile.objects.filter(user=user).first()
    if confirmed is None:
        if not was_confirmed(request, at=now()):
            return redirect(way_to_confirm(request))
        return erased(request, user, pk)
    send_phone_code(confirmed.mobile, browser=browser_of(request), language=get_language() or "", at=now())
    request.session[ERASING] = pk
    return redirect("me:erase_code")


@for_residents
@sensitive_post_parameters("code")
def erase_code(request: HttpRequest) -> HttpResponse:
    """The code that the phone received; then it is done."""
    user, resident = known(request)
    confirmed = ConfirmedMobile.objects.filter(user=user).first()
    if ERASING not in request.session or confirmed is None:
        return redirect("me:erase")
    pk = request.session[ERASING]
    form = PhoneCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_by_phone(user, browser=browser_of(request), digits=form.cleaned_data["code"], at=now())
            return erased(request, user, request.session.pop(ERASING))
        except Refused as refusal:
            if refusal.code == OVER:
                messages.warning(request, refusal.sentence)
                return redirect(beginning(request.session.pop(ERASING)))
            form.refuse(refusal)
    context = {
        "subject": subject_of(request, pk),
        "names": names_at_home(resident),
        "ending": confirmed.mobile[-4:],
        "beginning": beginning(pk),
    }
    return parts.form_page(request, "me/data/code.html", form, **context)


def beginning(pk: int) -> str:
    """The page that sends the code to erase somebody, or the whole account."""
    return reverse("me:erase_dependent", args=[pk]) if pk else reverse("me:erase")


def subject_of(request: HttpRequest, pk: int) -> Subject:
    """Whom a code erases: somebody of the household, or with 0 the whole account."""
    user, resident = known(request)
    return Subject((dependent_or_404(resident, pk),)) if pk else account_subject(user)


def erased(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Refused as the erasure refuses."""
    _user, resident = known(request)
    subject = subject_of(request, pk)
    counted = bool(holdings.stays(subject, at=now()))
    if pk:
        erase_dependent(subject.people[0], guardian=resident, at=now())
    else:
        erase_account(user, at=now())
        request.session.flush()
    return redirect(reverse("me:erased") + ("?counted=on" if counted else ""))


@for_everybody
def erased_page(request: HttpRequest) -> HttpResponse:
    """Whoever comes here is nobody any more, or had a dependent erased; no ticket of either stays on the phone. That
    they were counted somewhere stands in the address.
    """
    return render(request, "me/data/erased.html", {"forgets_tickets": True, "was_counted": "counted" in request.GET})
