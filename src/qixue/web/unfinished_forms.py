"""Post, redirect, get for forms with something to change or to check: browsers show such a page again without asking.

What was typed waits in the visitor's session, sealed, and `?typed=` in the address says which. Sending the form again
takes it out; of several pages the latest wait.
"""

import json
import secrets
from dataclasses import dataclass

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from qixue.core.sealed import seal, unseal
from qixue.web import parts

KEPT = NAME = PURPOSE = "typed"  # in the session, in the address, and what it is sealed for
MOST = 3  # pages of one session whose answers wait
NOT_KEPT = ("csrfmiddlewaretoken", "next")  # `next` goes into the address


@dataclass(frozen=True)
class Kept:
    """The fields of a form as they were sent, and by field what was wrong with them."""

    body: str
    errors: dict[str, list[str]]


def answers(request: HttpRequest) -> QueryDict | None:
    """What to bind the form of a page to: what was sent just now, or what waits under this address."""
    if request.method == "POST":
        take_out(request)
        return request.POST
    kept = kept_for(request)
    return QueryDict(kept.body) if kept else None


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
    if request.method == "POST":
        return redirect(keep(request, form))
    recall_refusals(request, form)
    return parts.form_page(request, template, form, **context)


def keep(request: HttpRequest, form: Form) -> str:
    """Keep what was sent; returns the address under which it waits."""
    sent = request.POST.copy()
    for name in NOT_KEPT:
        sent.pop(name, None)
    kept = {"body": sent.urlencode(), "errors": form.errors}
    key = secrets.token_urlsafe(8)
    others = list(request.session.get(KEPT, {}).items())[1 - MOST :]
    request.session[KEPT] = {**dict(others), request.path: (key, seal(json.dumps(kept), PURPOSE))}
    query = request.GET.copy()
    query[NAME] = key
    if target := request.POST.get("next"):
        query["next"] = target
    return f"{request.path}?{query.urlencode()}"


def recall_refusals(request: HttpRequest, form: Form) -> None:
    """Bring back why the operation refused; what the form itself finds wrong it finds again."""
    kept = kept_for(request)
    if kept and form.is_valid():
        for name, sentences in kept.errors.items():
            form.add_error(name if name in form.fields else None, sentences)


def is_to_check(request: HttpRequest, form: Form) -> bool:
    """Whether right answers wait for somebody to look at them once more; with `change` in the address for the form."""
    recall_refusals(request, form)
    return request.method == "GET" and "change" not in request.GET and form.is_valid()
