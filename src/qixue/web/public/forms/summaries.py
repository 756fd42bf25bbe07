from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qixue.web.forms import Form

LARGEST_FILE = 10 * 2**20  # bytes


class SummaryFileForm(Form):
    """A file of an issued summary."""

    file = forms.FileField(
        label=_("File of the work summary"),
        help_text=_("Word (.docx), PDF, or the evidence annex (.xlsx), 10 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("Please choose a file of 10 MB at most."))
        return file
