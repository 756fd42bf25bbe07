"""Two accounts of one person, each with a phone of its own: who holds both makes one of them."""

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from qixue.core.clock import now
from qixue.core.refusal import Refused
from qixue.participation.queries.merged_people import in_common
from qixue.people.models import User
from qixue.people.operations.merging import accounts_to_merge, merge_accounts
from qixue.people.operations.phone_codes import holder_by_phone, send_phone_code
from qixue.web import parts, unfinished_forms
from qixue.web.me.access import for_residents, known
from qixue.web.me.arrival import OVER
from qixue.web.me.forms.sign_in import NumberForm, PhoneCodeForm
from qixue.web.me.views.sign_in import browser_of

OTHER_NUMBER = "other_number"  # in the session: to which the code was sent
OTHER_ACCOUNT = "other_account"  # in the session: whose phone answered, 0 for nobody's, and until when that is good
PROVED_FOR = datetime.timedelta(minutes=15)


@for_residents
def number(request: HttpRequest) -> HttpResponse:
    """The number of the other account. The answer is the same whether there is one."""
    known(request)
    form = NumberForm(unfinished_forms.answers(request))
    if request.method == "POST" and form.is_valid():
        mobile = form.cleaned_data["mobile"]
        try:
            send_phone_code(mobile, browser=browser_of(request), language=get_language() or "", at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            request.session[OTHER_NUMBER] = mobile
            return redirect("me:other_number_code")
    return unfinished_forms.form_page(request, "me/data/other_number.html", form)


@for_residents
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """The code that the other phone received. It is used up here; who held that phone is remembered for a while."""
    known(request)
    mobile = request.session.get(OTHER_NUMBER)
    if mobile is None:
        return redirect("me:other_number")
    form = PhoneCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            other = holder_by_phone(mobile, browser=browser_of(request), digits=form.cleaned_data["code"], at=now())
        except Refused as refusal:
            if refusal.code == OVER:
                messages.warning(request, refusal.sentence)
                return redirect("me:other_number")
            form.refuse(refusal)
        else:
            del request.session[OTHER_NUMBER]
            request.session[OTHER_ACCOUNT] = [other.pk if other else 0, (now() + PROVED_FOR).isoformat()]
            return redirect("me:other_account")
    return parts.form_page(request, "me/data/other_number_code.html", form, ending=mobile[-4:])


@for_residents
def check(request: HttpRequest) -> HttpResponse:
    """Whom the other account is of, and what both have in common; or why they stay two. Then both are one."""
    user, resident = known(request)
    account, until = request.session.get(OTHER_ACCOUNT, (0, ""))
    if not until or now() >= datetime.datetime.fromisoformat(until):
        return redirect("me:other_number")
    other = User.objects.filter(pk=account).first()
    try:
        if request.method == "POST":
            merge_accounts(resident, other, by=user, at=now())
            del request.session[OTHER_ACCOUNT]
            messages.success(request, _("Both are one record now. You find everything under “Mine”."))
            return redirect("me:home")
        pair = accounts_to_merge(resident, other, by=user)
    except Refused as refusal:
        return parts.refusal_page(request, refusal, back=reverse("me:data"))
    return render(request, "me/data/other_account.html", {"pair": pair, "common": in_common(pair)})
