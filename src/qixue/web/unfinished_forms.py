"""Post, redirect, get for forms with something to change or to check: browsers show such a page again without asking.

What was typed waits in the visitor's session, sealed, and `?typed=` in the address says which. Sending the form again
takes it out; of several pages the latest wait. More than a form of people holds is not kept: sessions need no account.
"""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from qixue.core.sealed import seal, unseal
from qixue.web import parts
from qixue.web.addresses import query_of
from qixue.web.forms import Form
from qixue.web.preferences import own_path

KEPT = NAME = PURPOSE = "typed"  # in the session, in the address, and what it is sealed for
MOST = 3  # pages of one session whose answers wait
LARGEST = 20_000  # bytes of one page
NOT_TYPED = ("csrfmiddlewaretoken", "next")
CHANGE = "change"  # in the address: the form is wanted although the answers are right


@dataclass(frozen=True)
class Kept:
    """The fields of a form as they were sent, and by field what was wrong with them; of a file there is its name."""

    answers: dict[str, list[str]]
    errors: dict[str, list[str]]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Keeping:
    """What waits behind the sign-in of what somebody sent who was signed out.

    Without `names` it is every field. `largest` in bytes. `route` names the page that shows it, with the same
    arguments, where another one was sent to.
    """

    names: tuple[str, ...] = ()
    largest: int = LARGEST
    route: str = ""


def answers(request: HttpRequest) -> MultiValueDict[str, str] | None:
    """What to bind the form of a page to: what was sent just now, or what waits under this address."""
    if request.method == "POST":
        take_out(request)
        return request.POST
    return waiting(request)


def waiting(request: HttpRequest) -> MultiValueDict[str, str] | None:
    """What waits under this address."""
    kept = kept_for(request)
    return MultiValueDict(kept.answers) if kept else None


def take_out(request: HttpRequest) -> None:
    waiting = request.session.get(KEPT, {})
    if waiting.pop(request.path, None):
        request.session[KEPT] = waiting


def kept_for(request: HttpRequest) -> Kept | None:
    key, sealed = request.session.get(KEPT, {}).get(request.path, ("", "")) if NAME in request.GET else ("", "")
    text = unseal(sealed, PURPOSE) if sealed and key == request.GET[NAME] else None
    return Kept(**json.loads(text)) if text else None


def form_page(request: HttpRequest, template: str, form: Form, **context: object) -> HttpResponse:
    """A page with a form, as `parts.form_page` makes it. After a POST the answers are kept, and it is shown by GET."""
    if request.method == "POST" and (text := keepable(request, form)):
        return redirect(keep(request, text))
    recall_refusals(request, form)
    return parts.form_page(request, template, form, **context)


def keepable(request: HttpRequest, form: Form) -> str:
    """What was sent for the fields of the form, and what was wrong with it; empty when it is too much to be kept."""
    names = {form.add_prefix(name) for name in form.fields}
    sent = {name: values for name, values in request.POST.lists() if name in names}
    text = json.dumps({"answers": sent, "errors": form.errors}, ensure_ascii=False)
    return text if len(text.encode()) <= LARGEST else ""


def address_after_sign_in(request: HttpRequest, keeping: Keeping | None, arguments: dict[str, Any]) -> str:
    """The page that was asked for, or where its button stood, or the one that keeps what was sent, if not too much."""
    if keeping is None:
        return page_before(request) if request.method == "POST" else request.get_full_path()
    path = reverse(keeping.route, kwargs=arguments) if keeping.route else request.path
    names = keeping.names or tuple(name for name in request.POST if name not in NOT_TYPED)
    sent = {name: request.POST.getlist(name) for name in names if name in request.POST}
    files = {name: uploads[-1].name for name, uploads in request.FILES.lists()}
    text = json.dumps({"answers": sent, "errors": {}, "files": files}, ensure_ascii=False)
    if sent and len(text.encode()) <= keeping.largest:
        return keep(request, text, path=path)
    return path if keeping.route else request.get_full_path()


def page_before(request: HttpRequest) -> str:
    """Where a button stood that was pressed: what it leads to is often no page that could be opened."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.get_full_path()
    path = before._replace(scheme="", netloc="", fragment="").geturl()
    return own_path(request, path) if path else request.get_full_path()


def waits_behind(request: HttpRequest, target: str) -> bool:
    """Whether what somebody typed before they were signed out waits under the address to which the sign-in leads."""
    address = urlsplit(target)
    key, _sealed = request.session.get(KEPT, {}).get(address.path, ("", ""))
    return bool(key) and parse_qs(address.query).get(NAME) == [key]


def new_session(request: HttpRequest) -> None:
    """In place of the one before. What was typed by somebody who was signed out goes along; nothing of an account."""
    waiting = {} if request.user.is_authenticated else request.session.get(KEPT, {})
    request.session.flush()
    if waiting:
        request.session[KEPT] = waiting


def keep(request: HttpRequest, text: str, *, path: str = "") -> str:
    """Returns the address under which it waits; without `path` that of the page itself."""
    path = path or request.path
    key = secrets.token_urlsafe(8)
    others = list(request.session.get(KEPT, {}).items())[1 - MOST :]
    request.session[KEPT] = {**dict(others), path: (key, seal(text, PURPOSE))}
    changes = {NAME: key} | ({"next": target} if (target := request.POST.get("next")) else {})
    return path + query_of(request, CHANGE, **changes)


def recall_refusals(request: HttpRequest, form: Form) -> None:
    """Bring back why the operation refused, and which files have to be chosen once more; what the form itself finds
    wrong it finds again.
    """
    kept = kept_for(request)
    if kept is None:
        return
    if form.is_valid():
        for name, sentences in kept.errors.items():
            form.add_error(name if name in form.fields else None, sentences)
    form.ask_again_for(kept.files)


def is_to_check(request: HttpRequest, form: Form) -> bool:
    """Whether right answers are there for somebody to look at once more; with `change` in the address for the form."""
    recall_refusals(request, form)
    is_asked = CHANGE not in request.GET if request.method == "GET" else not keepable(request, form)
    return is_asked and form.is_valid()
