from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.core.typed import digits_of
from qixue.people.operations.phone_codes import DIGITS
from qixue.web.forms import Form
from qixue.web.workspace.forms.fields import MobileField


class NumberForm(Form):
    mobile = MobileField(label=_("Mobile number"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"].widget.attrs["autocomplete"] = "tel-national"


class PhoneCodeForm(Form):
    code = forms.CharField(
        label=_("Code from the message"),
        max_length=20,
        help_text=_("Six digits; they are good for 5 minutes."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """What cannot be a code costs none of the few tries."""
        digits = digits_of(self.cleaned_data["code"])
        if len(digits) != DIGITS:
            raise forms.ValidationError(_("Please write the six digits of the message."))
        return digits
