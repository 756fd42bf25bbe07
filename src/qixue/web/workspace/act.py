"""A page for one act: what it is about, what it does, the form if it needs one, the button and the way back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.core.refusal import Refused
from qixue.people.models import Organisation
from qixue.web import parts
from qixue.web.forms import Form

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True)
class Act:
    """The words of the page, and what stands around them.

    `crumbs` are texts with addresses, `trail` a template that writes them itself. `above` names the templates between
    the words and the form. `version` is what the reader saw, where the form has no field for it. Where the act does not
    fit the record as it stands there is no form. `done` is said at `then`, by itself `back`; False in `has_way_out`
    leaves out the link back.
    """

    title: str
    about: str
    lead: str
    button: str
    back: str
    crumbs: tuple[tuple[str, str], ...] = ()
    trail: str = ""
    above: tuple[str, ...] = ()
    about_language: str = ""
    version: int = 0
    fits: bool = True
    why_not: str = ""  # why it does not fit, where one can say
    note: str = ""  # what the act brings with it, in a frame of its own
    in_numbers: str = ""  # the same beside the question, where the operation asks once more
    done: str = ""
    then: str = ""
    has_way_out: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)


def act_page(request: HttpRequest, form: Form, act: Act, do: Callable[[], Any]) -> HttpResponse:
    """Do it when the form is right; refusals stand beside their field and nothing that was typed is lost.

    Where `do` answers with a page of its own, that is sent; else people read that it is done, and where they go on.
    """
    if act.fits and request.method == "POST" and form.is_valid():
        try:
            outcome = do()
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if isinstance(outcome, HttpResponse):
                return outcome
            messages.success(request, act.done)
            return redirect(act.then or act.back)
    return page_of_act(request, form, act)


def page_of_act(request: HttpRequest, form: Form, act: Act) -> HttpResponse:
    """The page only, for a view that does it in its own way."""
    return parts.form_page(request, "workspace/act.html", form, act=act, **act.context)


def sent(request: HttpRequest, form: type[AnyForm]) -> AnyForm:
    """The form of a page that may have no field at all: bound whenever it was sent."""
    return form(request.POST if request.method == "POST" else None)


def way_to(organisation: Organisation) -> tuple[tuple[str, str], ...]:
    """The crumbs of a page about an organisation."""
    return (
        (_("Organisations"), reverse("workspace:organisations")),
        (organisation.local_name, reverse("workspace:organisation", args=[organisation.pk])),
    )
