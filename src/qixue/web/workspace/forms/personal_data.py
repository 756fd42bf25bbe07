from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import PlainCharField


class PersonForm(Form):
    """Of whoever has no account nothing is kept by which to find them but the name."""

    name = PlainCharField(
        label=_("Full name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ErasePersonForm(Form):
    is_asked_for = forms.BooleanField(
        label=_("The person, or the guardian, has asked for it. I know that it cannot be taken back."),
        error_messages={"required": _("Please tick that it was asked for, or go back.")},
    )


class ForgetNameForm(Form):
    """Nothing to answer."""
