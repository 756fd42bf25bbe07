"""A page on which one thing is done: what it means, a form, one operation, then back to where it belongs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from qixue.core.refusal import Refused
from qixue.web import parts
from qixue.web.forms import Form


@dataclass(frozen=True)
class ActPage:
    """Its words; `done` is said afterwards at `back`. Where the act does not fit the record as it stands, no form."""

    title: str
    lead: str
    button: str
    done: str
    back: str
    fits: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)


def act_page(request: HttpRequest, form: Form, page: ActPage, act: Callable[[], Any]) -> HttpResponse:
    """Do it when the form is right; refusals stand beside their field and nothing that was typed is lost."""
    if page.fits and form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, page.done)
            return redirect(page.back)
    return parts.form_page(request, "workspace/recognitions/act.html", form, act=page, **page.context)
