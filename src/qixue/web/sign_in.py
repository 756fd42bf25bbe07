"""The steps of signing in, as the session remembers them. Each step gives the session a new key."""

import datetime
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from qixue.people.models import User
from qixue.people.operations.accounts import record_sign_in
from qixue.people.operations.passkeys import Question, Site
from qixue.people.session_store import SIGNED_IN_AT, USER_AGENT
from qixue.web.parts import site_name
from qixue.web.unfinished_forms import new_session

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING, CONFIRMED_AT, QUESTION = "sign_in_pending", "confirmed_at", "passkey_question"
PATIENCE = datetime.timedelta(minutes=10)  # for the second step, and for changes after the person was confirmed


def begin_second_step(request: HttpRequest, user: User, target: str, *, at: datetime.datetime) -> None:
    """The password was right. Nobody is signed in yet, and whoever was is no longer."""
    new_session(request)
    request.session[PENDING] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "at": at.isoformat(),
        "next": target,
    }


def pending(request: HttpRequest, *, at: datetime.datetime) -> tuple[User, str] | None:
    """Who gave the right password just now and where they wanted to go; nobody once it was changed or took too long."""
    kept = request.session.get(PENDING)
    if not kept or at > datetime.datetime.fromisoformat(kept["at"]) + PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["password"], user.get_session_auth_hash()):
        return None
    return user, kept["next"]


def finish_sign_in(request: HttpRequest, user: User, *, way: str, at: datetime.datetime) -> None:
    new_session(request)
    login(request, user, backend=BACKEND)
    request.session[SIGNED_IN_AT] = at.isoformat()
    request.session[USER_AGENT] = request.headers.get("User-Agent", "")[:300]
    request.session[CONFIRMED_AT] = at.isoformat()
    record_sign_in(user, way=way, by=user, at=at)


def confirm(request: HttpRequest, *, at: datetime.datetime) -> None:
    """The person in front of the browser has shown once more who they are."""
    request.session.cycle_key()
    request.session[CONFIRMED_AT] = at.isoformat()


def was_confirmed(request: HttpRequest, *, at: datetime.datetime) -> bool:
    confirmed_at = request.session.get(CONFIRMED_AT)
    return confirmed_at is not None and at <= datetime.datetime.fromisoformat(confirmed_at) + PATIENCE


def passkey_site(request: HttpRequest) -> Site:
    host = request.get_host()
    return Site(host=host.partition(":")[0], name=site_name(), origin=f"{request.scheme}://{host}")


def takes_passkeys(request: HttpRequest) -> bool:
    """Browsers keep passkeys for names, not for numbers, and only where nobody can listen."""
    host = request.get_host().partition(":")[0]
    is_name = not host.replace(".", "").isdigit() and not host.startswith("[")
    return is_name and (request.is_secure() or host == "localhost")


def keep_question(request: HttpRequest, question: Question) -> dict[str, Any]:
    request.session[QUESTION] = question.state
    return question.options


def take_question(request: HttpRequest) -> Any:
    """The state of the last question; it can be answered once."""
    return request.session.pop(QUESTION, None)
