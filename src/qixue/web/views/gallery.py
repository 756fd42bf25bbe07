"""One page that shows every component with its states."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qixue.core.audience import for_signed_in
from qixue.core.quantity import ATTENDANCE, PERSON, Qualifier, Quantity
from qixue.web.forms import Form


@dataclass(frozen=True)
class SampleFigure:
    name: str
    quantity: Quantity | None


class SampleForm(Form):
    title = forms.CharField(label=_("Title"), help_text=_("As it will stand on the poster."))
    phone = forms.CharField(label=_("Phone"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("a", _("Lecture")), ("b", _("Training"))], widget=forms.RadioSelect
    )


@for_signed_in
def components(request: HttpRequest) -> HttpResponse:
    samples = [Quantity(1234, ATTENDANCE), Quantity(4000, PERSON, Qualifier.CONTRADICTORY), None]
    samples += [Quantity(3500, ATTENDANCE, qualifier) for qualifier in (Qualifier.AT_LEAST, Qualifier.ABOUT)]
    context = {
        "figures": [SampleFigure(str(_("Attendances")), quantity) for quantity in samples],
        "form": SampleForm({}),
        "tones": ["", "tea", "river", "seal", "ochre"],
    }
    return render(request, "gallery.html", context)
