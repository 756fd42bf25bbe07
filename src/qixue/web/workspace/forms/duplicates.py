from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.people.models import Merge
from qixue.web.forms import Form

GROUNDS = [(ground.value, ground.label) for ground in Merge.Ground if ground != Merge.Ground.PROVED]


class MergeForm(Form):
    ground = forms.ChoiceField(
        label=_("Why we know that it is one person"),
        choices=GROUNDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how you know that it is one person.")},
    )
