import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.fields import person_name_validator, plain_text_validator
from qixue.programme.operations.objections import LONGEST, ObjectionDetails
from qixue.web.forms import Form


class ObjectionForm(Form):
    """What somebody objects to. Name and phone go together; without both it is noted only."""

    text = forms.CharField(
        label=_("What do you object to, and why?"),
        max_length=LONGEST,
        validators=[plain_text_validator],
        widget=forms.Textarea,
        help_text=_("Facts that can be checked help most: when, where, who else knows of it."),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        required=False,
        validators=[person_name_validator],
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=30,
        required=False,
        validators=[plain_text_validator],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("For example 139 0000 0000. Name and number are read only by those who settle objections."),
    )
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def details(self) -> ObjectionDetails:
        return ObjectionDetails(**{name: self.cleaned_data[name] for name in ("text", "name", "phone")})
