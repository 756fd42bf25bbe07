"""The end of every way in which residents sign in: on to where they wanted to go, or away with the reason."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from qixue.core.refusal import Refused
from qixue.people.models import User
from qixue.web.me.access import resident_of, with_next
from qixue.web.preferences import own_path
from qixue.web.sign_in import finish_sign_in

FOR_GOOD = {"staff_account", "account_closed"}  # another try changes nothing
OVER = "code_over"  # only another code helps


def arrive(request: HttpRequest, user: User, *, way: str, target: str, at: datetime.datetime) -> HttpResponse:
    """Signed in; of whom nothing is known yet says first who they are. `target` may be empty."""
    finish_sign_in(request, user, way=way, at=at)
    target = own_path(request, target) if target else reverse("me:home")
    return redirect(target if resident_of(request) else with_next(reverse("me:profile"), target))


def turned_away(request: HttpRequest, refusal: Refused, *, target: str) -> HttpResponse:
    """The phone or the WeChat is theirs, so they may know why."""
    context = {"refusal": refusal, "is_staff": refusal.code == "staff_account", "next": target}
    return render(request, "me/sign_in/turned_away.html", context, status=403)
