from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.web.forms import Form


class EraseForm(Form):
    """Asked once more, because it cannot be taken back."""

    is_sure = forms.BooleanField(
        label=_("Yes, delete it. I know that nobody can bring it back."),
        error_messages={"required": _("Please tick that it is to be deleted, or go back.")},
    )


class RelativesCodeField(forms.CharField):
    """That with which a relative hands somebody on."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"})

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=40, help_text=_("Twelve letters and digits, for example K7QM-2XPA-9RHT."), **options
        )


class ClaimForm(Form):
    code = RelativesCodeField(label=_("Code from the relative who signs you up"))


class TakeOverForm(Form):
    code = RelativesCodeField(label=_("Code from the relative who took care so far"))
    has_consent = forms.BooleanField(
        label=_("I am the guardian of this child under 14 and agree to the rules for children"),
        required=False,
        help_text=_("Needed for children under 14 only. The rules stand on the page about privacy."),
    )
