"""A page for one act: what it is about, what it does, the form if it needs one, the button and the way back."""

from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from qixue.people.models import Organisation
from qixue.web import parts
from qixue.web.forms import Form

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True)
class Act:
    """The words of the page. `crumbs` are texts with addresses; `version` is what the reader saw, where it matters."""

    title: str
    about: str
    lead: str
    button: str
    back: str
    crumbs: tuple[tuple[str, str], ...] = ()
    version: int = 0


def act_page(request: HttpRequest, form: Form, act: Act) -> HttpResponse:
    return parts.form_page(request, "workspace/act.html", form, act=act)


def sent(request: HttpRequest, form: type[AnyForm]) -> AnyForm:
    """The form of a page that may have no field at all: bound whenever it was sent."""
    return form(request.POST if request.method == "POST" else None)


def way_to(organisation: Organisation) -> tuple[tuple[str, str], ...]:
    """The crumbs of a page about an organisation."""
    return (
        (_("Organisations"), reverse("workspace:organisations")),
        (organisation.local_name, reverse("workspace:organisation", args=[organisation.pk])),
    )
