from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.report.tables import XLSX_TYPE
from qixue.web.forms import Form


class SheetForm(Form):
    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_("An .xlsx file up to 10 MB, written on our empty sheet or on the plan as it was written out."),
        widget=forms.ClearableFileInput(attrs={"accept": f".xlsx,{XLSX_TYPE}"}),
    )


class TakeOverForm(Form):
    """Nothing to answer: the draft that the reader compared the sheet with."""

    version = forms.IntegerField(widget=forms.HiddenInput)
