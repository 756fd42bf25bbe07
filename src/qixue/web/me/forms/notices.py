from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.web.forms import Form


class NoticesForm(Form):
    """What reaches the phone."""

    by_sms = forms.BooleanField(label=_("Send me an SMS when something about my registrations changes"), required=False)
